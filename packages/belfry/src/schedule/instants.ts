import { limits } from "../base/limits.ts";
import { eraMs, erasCount, lastBegun, type Timeline } from "./eras.ts";
import type { CronFields } from "./fields.ts";
import type { Stretches } from "./timeline.ts";
import { nextWall, previousWall } from "./wall.ts";

/**
 * The first instant later than `after` that is due, in milliseconds; undefined when there is none until 2099.
 * Asks nothing of Intl, but for the first time in an era of a zone.
 */
export function nextInstant(fields: CronFields, timeline: Timeline, after: number): number | undefined {
  const start = Math.max(0, Math.floor(after) + 1);
  for (let era = Math.floor(start / eraMs); era < erasCount; era++) {
    const instant = firstIn(timeline.stretches(era), fields, start);
    if (instant !== Infinity) return instant <= limits.instantMax ? instant : undefined;
  }
  return undefined;
}

/** The last instant earlier than `before` that is due, in milliseconds; undefined when there is none from 1970 on. */
export function previousInstant(fields: CronFields, timeline: Timeline, before: number): number | undefined {
  const start = Math.min(limits.instantMax, Math.ceil(before) - 1);
  for (let era = Math.floor(start / eraMs); era >= 0; era--) {
    const instant = lastIn(timeline.stretches(era), fields, start);
    if (instant !== -Infinity) return instant;
  }
  return undefined;
}

/**
 * Farther from an instant than its local time ever is, and than clocks are ever set back. A stretch may be passed over
 * unseen if it is so far from the match that it cannot have it, and from where the search began, so that no repeat
 * leads back before that.
 */
const farMs = 48 * 3_600_000;

function firstIn(stretches: Stretches, fields: CronFields, start: number): number {
  const { from, until, reach, offset } = stretches;
  let first = Infinity;
  // No local time from `clearFrom` until before `match` matches: a sparse pattern passes over whole stretches.
  let clearFrom = Infinity;
  let match = -Infinity;
  // The stretch before the one that begins last may run on past a gap.
  for (let index = Math.max(0, lastBegun(from, start) - 1); index < from.length; index++) {
    const begins = Math.max(start, from[index] as number);
    if (begins >= first) break;
    const ends = until[index] as number;
    if (begins >= ends) continue;
    const shift = offset[index] as number;
    const opens = begins + shift;
    if (opens < clearFrom || opens > match) {
      clearFrom = opens;
      match = nextWall(fields, opens);
    }
    if (match - shift < (reach[index] as number)) first = Math.min(first, match - shift, ends - 1);
    else if (match - farMs > ends && ends + shift - farMs > clearFrom)
      index = Math.max(index, lastBegun(from, match - farMs) - 1);
  }
  return first;
}

function lastIn(stretches: Stretches, fields: CronFields, start: number): number {
  const { from, until, reach, offset } = stretches;
  let last = -Infinity;
  // No local time later than `match` up to `clearUpTo` matches.
  let clearUpTo = -Infinity;
  let match = Infinity;
  for (let index = lastBegun(from, start); index >= 0; index--) {
    const ends = Math.min(start, (until[index] as number) - 1);
    if (ends <= last) break;
    const begins = from[index] as number;
    if (begins > ends) continue;
    const shift = offset[index] as number;
    const reaches = reach[index] as number;
    const closes = (reaches > (until[index] as number) ? reaches - 1 : ends) + shift;
    if (closes > clearUpTo || closes < match) {
      clearUpTo = closes;
      match = previousWall(fields, closes);
    }
    if (match - shift >= begins) last = Math.max(last, Math.min(match - shift, ends));
    else if (match + farMs < begins && begins + shift + farMs < clearUpTo)
      index = Math.min(index, lastBegun(from, match + farMs) + 1);
  }
  return last;
}
