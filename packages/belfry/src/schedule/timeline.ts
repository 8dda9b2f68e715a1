import type { Offsets } from "./transitions.ts";

/**
 * How a schedule reads a day on which the clocks change. `real`: it is due whenever the wall clock shows a time that
 * it lists. `once`: it is due exactly once for every local time that it lists.
 */
export type Reading = "real" | "once";

/**
 * Stretches of time, each with one offset between local time and UTC, ascending by `from`: stretch i holds the instants
 * from[i] <= t < until[i] and their local times t + offset[i], all in milliseconds. An instant is due when a stretch
 * that holds it has a matching local time there.
 *
 * All rules for changing clocks are in where stretches begin and end. Read as `once`, a stretch runs on past a gap by
 * its length, over the next one: that moves its local times forward. After a repeat a stretch begins late, where its
 * local times are new. So every local time is in exactly one stretch, but for lost dates, which are in none.
 */
export interface Stretches {
  readonly from: Float64Array;
  readonly until: Float64Array;
  readonly offset: Float64Array;
}

/** A longer gap is a lost date (Samoa had no 30 December 2011), not a clock that is set forward (Vixie cron). */
const shiftedGapMsMax = 3 * 3_600_000;

/** The stretches of a zone from instant `from` until `until`, of offsets that are known from a day before. */
export function stretchesOf(offsets: Offsets, reading: Reading, from: number, until: number): Stretches {
  const { first, transitions } = offsets;
  const stretches: { from: number; until: number; offset: number }[] = [];
  for (let index = 0; index <= transitions.length; index++) {
    const [begin, end] = [transitions[index - 1], transitions[index]];
    const repeat = begin && reading === "once" ? Math.max(0, begin.before - begin.after) : 0;
    const gap = end && reading === "once" ? Math.max(0, end.after - end.before) : 0;
    const starts = Math.max(from, begin ? begin.at + repeat : from);
    const ends = Math.min(until, end ? end.at + (gap <= shiftedGapMsMax ? gap : 0) : until);
    if (starts < ends) stretches.push({ from: starts, until: ends, offset: begin?.after ?? first });
  }
  return {
    from: Float64Array.from(stretches, (stretch) => stretch.from),
    until: Float64Array.from(stretches, (stretch) => stretch.until),
    offset: Float64Array.from(stretches, (stretch) => stretch.offset),
  };
}
