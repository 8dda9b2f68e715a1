import type { RunTrigger } from "../../run/record.ts";
import { endedStates, type RunEvent, type RunState, transitions } from "../../run/states.ts";
import type { ScheduleOrigin } from "../schedules.ts";

/** States as the file keeps them: what has not ended comes first, so that "unfinished" is one comparison. */
export const stateNames = [
  "held",
  "delayed",
  "ready",
  "running",
  "completed",
  "failed",
] as const satisfies readonly RunState[];

/** Triggers as the file keeps them. */
export const triggerNames = ["schedule", "manual", "retry", "backfill"] as const satisfies readonly RunTrigger[];

/** Origins of schedules as the file keeps them. */
export const originNames = ["code", "runtime"] as const satisfies readonly ScheduleOrigin[];

/** The number of a state. */
export function numberOf(state: RunState): number {
  return stateNames.indexOf(state);
}

/** The condition that a run has not ended. It is spelled as the partial indexes spell it. */
export const unfinished = `state < ${Math.min(...endedStates.map(numberOf))}`;

/** The condition that a firing made a run. It is spelled as the partial indexes spell it. */
export const isFired = `trigger = ${triggerNames.indexOf("schedule")}`;

/** The condition that a run points to an instant that a firing had. It is spelled as the partial index spells it. */
export const isAgain = `trigger > ${triggerNames.indexOf("manual")}`;

/** The condition that a run is in this state. It is spelled as the partial indexes spell it. */
export function isIn(state: RunState): string {
  return `state = ${numberOf(state)}`;
}

/** The condition that `event` may happen to a run: the transition table's from-states. */
export function allows(event: RunEvent): string {
  const from = transitions[event].from;
  const [only] = from;
  return from.length === 1 && only ? isIn(only) : `state IN (${from.map(numberOf).sort().join(", ")})`;
}

/** The assignment that moves a run along `event`. */
export function moves(event: RunEvent): string {
  return isIn(transitions[event].to);
}
