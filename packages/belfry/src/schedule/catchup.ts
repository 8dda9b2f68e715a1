import type { CompiledSchedule } from "./compile.ts";

/** What becomes of missed instants: none of them fires, or the latest one does if it is within the window. */
export type CatchUp = "skip" | "latest";

/** What is decided about the due instants of one schedule. */
export interface Decision {
  /** The instants later than `after`, up to and including `upTo`, that do not fire; absent when there are none. */
  missed?: { after: number; upTo: number };
  /** The instant that fires; absent when none does. */
  fire?: number;
  /** Up to where everything is decided now: the newest due instant. */
  cursor: number;
  /** The first instant after `cursor`; undefined when the schedule is never due again. */
  nextAt: number | undefined;
}

/** Where a schedule stands, and its rules. All in milliseconds. */
export interface DueInput {
  /** Up to where everything was decided before. */
  cursor: number;
  /** The store's clock. */
  now: number;
  catchUp: CatchUp;
  /** How old the latest missed instant may be for `catchUp: "latest"` to fire it. */
  catchUpWindowMs: number;
  /** How old an instant is when it counts as missed. */
  lateAfterMs: number;
}

/**
 * Decides every instant that is due: later than `cursor`, up to and including `now`. Missed is an instant when a later
 * one is due too, or when it is older than `lateAfterMs`; others fire whatever `catchUp` says. Undefined when nothing
 * is due, as after a step back of the clock. Costs the same for one missed instant and for a million.
 */
export function decideDue(schedule: CompiledSchedule, input: DueInput): Decision | undefined {
  const { cursor, now } = input;
  const newest = schedule.previous(Math.floor(now) + 1);
  if (newest === undefined || newest <= cursor) return undefined;
  const nextAt = schedule.next(newest);
  if (!fires(newest, input)) return { missed: { after: cursor, upTo: newest }, cursor: newest, nextAt };
  const earlier = schedule.previous(newest);
  if (earlier === undefined || earlier <= cursor) return { fire: newest, cursor: newest, nextAt };
  return { missed: { after: cursor, upTo: earlier }, fire: newest, cursor: newest, nextAt };
}

function fires(newest: number, { now, catchUp, catchUpWindowMs, lateAfterMs }: DueInput): boolean {
  const ageMs = now - newest;
  return ageMs <= lateAfterMs || (catchUp === "latest" && ageMs <= catchUpWindowMs);
}
