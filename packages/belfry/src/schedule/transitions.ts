/** An instant at which a zone's offset changes. Offsets are local time minus UTC, in milliseconds. */
export interface Transition {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** A zone's offset over some time: at its begin, and every change in it, ascending. */
export interface Offsets {
  readonly first: number;
  readonly transitions: readonly Transition[];
}

/**
 * How far apart the zone is looked at. The shortest time between two changes from 1970 to 2099 in any zone is 6.96
 * days (Boa Vista 2000, Gaza around Ramadan): in less than that a change and its taking back are never both hidden.
 */
const stepMs = 6 * 86_400_000;

/** Finds the offsets of an IANA zone from instant `from` until `until` through Intl, to the second. */
export function findOffsets(timezone: string, from: number, until: number): Offsets {
  const offsetAt = offsetReader(timezone);
  const first = offsetAt(from);
  const transitions: Transition[] = [];
  let before = first;
  for (let start = from; start < until; start += stepMs) {
    const end = Math.min(start + stepMs, until);
    const after = offsetAt(end);
    if (after !== before) transitions.push({ at: bisect(offsetAt, start, end, before), before, after });
    before = after;
  }
  return { first, transitions };
}

/** The first whole second in (start, end] at which the offset is no longer `before`. */
function bisect(offsetAt: (instant: number) => number, start: number, end: number, before: number): number {
  let [low, high] = [Math.floor(start / 1_000), Math.ceil(end / 1_000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * 1_000) === before) low = middle;
    else high = middle;
  }
  return high * 1_000;
}

/** The weekday is there because Intl adds a longer date where none is asked for. */
const offsetOnly = { weekday: "narrow", timeZoneName: "longOffset" } as const;

/** Reads offsets off texts such as `T, GMT+01:00`, `T, GMT` and `F, GMT-00:44:30` (Monrovia until 1972). */
function offsetReader(timezone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: timezone, ...offsetOnly });
  return (instant) => parseOffset(format.format(instant)) ?? 0;
}

const offsetShape = /([+\-\u2212])(\d\d):(\d\d)(?::(\d\d))?$/;

/** The milliseconds of an offset such as `+02:00` at the end of `text`; undefined where there is none. */
export function parseOffset(text: string): number | undefined {
  const parts = offsetShape.exec(text);
  if (!parts) return undefined;
  const [, sign, hours, minutes, seconds = "0"] = parts;
  const ms = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1_000;
  return sign === "+" || ms === 0 ? ms : -ms;
}
