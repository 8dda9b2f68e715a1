import { limits } from "../base/limits.ts";
import type { CronFields } from "./cron.ts";
import type { Reading, Stretches } from "./timeline.ts";
import { nextWall, previousWall } from "./wall.ts";
import { eraMs, erasCount, type Zone } from "./zone.ts";

/**
 * The first instant later than `after` that is due, in milliseconds; undefined when there is none until 2099.
 * Asks nothing of Intl, but for the first time in an era of a zone.
 */
export function nextInstant(fields: CronFields, zone: Zone, reading: Reading, after: number): number | undefined {
  const start = Math.max(0, Math.floor(after) + 1);
  for (let era = Math.floor(start / eraMs); era < erasCount; era++) {
    const instant = firstIn(zone.stretches(reading, era), fields, start);
    if (instant !== Infinity) return instant <= limits.instantMax ? instant : undefined;
  }
  return undefined;
}

/** The last instant earlier than `before` that is due, in milliseconds; undefined when there is none from 1970 on. */
export function previousInstant(fields: CronFields, zone: Zone, reading: Reading, before: number): number | undefined {
  const start = Math.min(limits.instantMax, Math.ceil(before) - 1);
  for (let era = Math.floor(start / eraMs); era >= 0; era--) {
    const instant = lastIn(zone.stretches(reading, era), fields, start);
    if (instant !== -Infinity) return instant;
  }
  return undefined;
}

function firstIn(stretches: Stretches, fields: CronFields, start: number): number {
  const { from, until, offset } = stretches;
  let first = Infinity;
  // No local time from `clearFrom` until before `clearUntil` matches: a sparse pattern passes over whole stretches.
  let clearFrom = Infinity;
  let clearUntil = -Infinity;
  // The stretch before the one that begins last may run on past a gap.
  for (let index = Math.max(0, lastBegun(from, start) - 1); index < from.length; index++) {
    const begins = Math.max(start, from[index] as number);
    if (begins >= first) break;
    const ends = until[index] as number;
    const shift = offset[index] as number;
    if (begins >= ends || (begins + shift >= clearFrom && ends + shift <= clearUntil)) continue;
    clearFrom = begins + shift;
    clearUntil = nextWall(fields, clearFrom);
    if (clearUntil - shift < ends) first = Math.min(first, clearUntil - shift);
  }
  return first;
}

function lastIn(stretches: Stretches, fields: CronFields, start: number): number {
  const { from, until, offset } = stretches;
  let last = -Infinity;
  let clearFrom = Infinity;
  let clearUpTo = -Infinity;
  for (let index = lastBegun(from, start); index >= 0; index--) {
    const ends = Math.min(start, (until[index] as number) - 1);
    if (ends <= last) break;
    const begins = from[index] as number;
    const shift = offset[index] as number;
    if (begins > ends || (begins + shift > clearFrom && ends + shift <= clearUpTo)) continue;
    clearUpTo = ends + shift;
    clearFrom = previousWall(fields, clearUpTo);
    if (clearFrom - shift >= begins) last = Math.max(last, clearFrom - shift);
  }
  return last;
}

/** The last stretch that begins at `instant` or before; 0 when none does. */
function lastBegun(from: Float64Array, instant: number): number {
  let low = 0;
  let high = from.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((from[middle] as number) <= instant) low = middle;
    else high = middle - 1;
  }
  return low;
}
