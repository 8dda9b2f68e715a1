import type { Offsets, Transition } from "./transitions.ts";

/**
 * What becomes of the local times that a gap leaves out (they come later by the gap's length, all come at the
 * transition, or they do not come), and at which pass of a repeat its local times count. `skip-both` is real time: it
 * is due whenever the wall clock shows a time that is listed.
 */
export type Reading = `${"shift" | "transition" | "skip"}-${"first" | "last" | "both"}`;

/**
 * Stretches of time, each with one offset between local time and UTC, ascending by `from`: stretch i holds the instants
 * from[i] <= t < until[i] and their local times t + offset[i], all in milliseconds. An instant is due when a stretch
 * that holds it has a matching local time there. A stretch whose `reach` is later than its `until` is one instant at
 * which all local times up to reach[i] + offset[i] come.
 *
 * All rules for changing clocks are in where stretches begin and end. Shifted, a stretch runs on past a gap by its
 * length, over the next one: that moves its local times later. Of a repeat the first pass is left out by a stretch that
 * begins late, the last one by a stretch that ends early. So with the rules `shift` and `first` every local time is in
 * exactly one stretch, but for lost dates, which are in none.
 */
export interface Stretches {
  readonly from: Float64Array;
  readonly until: Float64Array;
  readonly reach: Float64Array;
  readonly offset: Float64Array;
}

/** A longer gap is a lost date (Samoa had no 30 December 2011), not a clock that is set forward (Vixie cron). */
const filledGapMsMax = 3 * 3_600_000;

interface Stretch {
  from: number;
  until: number;
  reach: number;
  offset: number;
}

/** The stretches of a zone from instant `from` until `until`, of offsets that are known for a day more on both sides. */
export function stretchesOf(offsets: Offsets, reading: Reading, from: number, until: number): Stretches {
  const { first, transitions } = offsets;
  const stretches: Stretch[] = [];
  for (let index = 0; index <= transitions.length; index++) {
    const [begin, end] = [transitions[index - 1], transitions[index]];
    const starts = Math.max(from, begin ? startAfter(begin, reading) : from);
    const ends = Math.min(until, end ? endBefore(end, reading) : until);
    if (starts < ends) stretches.push({ from: starts, until: ends, reach: ends, offset: begin?.after ?? first });
    const point = end && reading.startsWith("transition") && end.at >= from && end.at < until ? filledGapOf(end) : 0;
    if (end && point > 0) {
      stretches.push({ from: end.at, until: end.at + 1, reach: end.at + point, offset: end.before });
    }
  }
  return {
    from: Float64Array.from(stretches, (stretch) => stretch.from),
    until: Float64Array.from(stretches, (stretch) => stretch.until),
    reach: Float64Array.from(stretches, (stretch) => stretch.reach),
    offset: Float64Array.from(stretches, (stretch) => stretch.offset),
  };
}

function startAfter({ at, before, after }: Transition, reading: Reading): number {
  return reading.endsWith("first") ? at + Math.max(0, before - after) : at;
}

function endBefore(transition: Transition, reading: Reading): number {
  const { at, before, after } = transition;
  const repeat = reading.endsWith("last") ? Math.max(0, before - after) : 0;
  return at - repeat + (reading.startsWith("shift") ? filledGapOf(transition) : 0);
}

/** The length of a gap that is filled; 0 for a lost date and for a repeat. */
export function filledGapOf({ before, after }: Transition): number {
  const gap = after - before;
  return gap > 0 && gap <= filledGapMsMax ? gap : 0;
}
