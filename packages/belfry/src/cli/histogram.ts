import { toIso } from "../run/record.ts";

const hourMinutes = 60;
const minuteMs = 60_000;
const barWidth = 40;

/** Counts by the minute as a bar for each hour from `from` on, the longest 40 characters; an hour with any has one. */
export function histogramLines(from: string, perMinute: readonly number[]): string[] {
  const begin = new Date(from).getTime();
  const hours = Array.from({ length: Math.ceil(perMinute.length / hourMinutes) }, (_, hour) =>
    perMinute.slice(hour * hourMinutes, (hour + 1) * hourMinutes).reduce((sum, count) => sum + count, 0),
  );
  const most = Math.max(1, ...hours);
  const width = String(most).length;
  return hours.map((count, hour) => {
    const at = toIso(begin + hour * hourMinutes * minuteMs).slice(0, 16);
    const bar = "#".repeat(Math.ceil((count / most) * barWidth));
    return `${at}Z  ${String(count).padStart(width)}  ${bar}`.trimEnd();
  });
}
