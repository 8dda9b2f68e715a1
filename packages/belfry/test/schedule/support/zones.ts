const minute = 60_000;
const day = 1_440 * minute;

/** Zones that between them have most of what zones do. */
export const variedZones = [
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "America/Santiago",
  "America/Havana",
  "America/Scoresbysund",
  "America/Nuuk",
  "Australia/Lord_Howe",
  "Pacific/Chatham",
  "Asia/Beirut",
  "Asia/Gaza",
  "Africa/Cairo",
  "Africa/Casablanca",
  "Antarctica/Troll",
  "Antarctica/Casey",
  "Antarctica/Vostok",
];

export const allZones = Intl.supportedValuesOf("timeZone");

export type OffsetReader = (instant: number) => number;

/** Reads a zone's wall clock: wall time minus UTC, in milliseconds. Another spelling of Intl than the evaluator's. */
export function offsetReader(timeZone: string): OffsetReader {
  const two = "2-digit";
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    year: "numeric",
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
    hourCycle: "h23",
  });
  return (instant) => {
    // 03/29/2026, 02:30:00
    const text = format.format(instant);
    const [month, dayOfMonth, year] = [text.slice(0, 2), text.slice(3, 5), text.slice(6, 10)].map(Number) as Numbers;
    const [hours, minutes, seconds] = [text.slice(12, 14), text.slice(15, 17), text.slice(18)].map(Number) as Numbers;
    return Date.UTC(year, month - 1, dayOfMonth, hours, minutes, seconds) - Math.floor(instant / 1_000) * 1_000;
  };
}

type Numbers = [number, number, number];

/** In five days no zone changes its offset twice: the shortest that one was kept since 1970 is seven. */
const step = 5 * day;

/** The instants from `from` until `until` at which the offset changes, to the minute. */
export function changesOf(offsetAt: OffsetReader, from: number, until: number): number[] {
  const changes: number[] = [];
  let before = offsetAt(from);
  for (let start = from; start < until; start += step) {
    const end = Math.min(start + step, until);
    const after = offsetAt(end);
    if (after !== before) changes.push(changeIn(offsetAt, start, end, before));
    before = after;
  }
  return changes;
}

function changeIn(offsetAt: OffsetReader, start: number, end: number, before: number): number {
  let [low, high] = [start, end];
  while (high - low > minute) {
    const middle = low + Math.floor((high - low) / 2 / minute) * minute;
    if (offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
