import { limits } from "../../base/limits.ts";
import type { DecidedLink } from "../ledger.ts";
import { replacedReason } from "../reasons.ts";
import { take } from "./ordered.ts";
import type { MemorySchedule } from "./rows.ts";
import type { MemoryState } from "./state.ts";

/** What becomes of an instant: its run starts, its run waits, or it does not fire. */
export type Place = "free" | "held" | "overlap" | "bufferFull";

/** Judges an instant that would fire by the schedule's unfinished runs. Those that it ends go into `replaced`. */
export function placeOf(
  state: MemoryState,
  { id, overlap }: MemorySchedule,
  { instant, queued }: Extract<DecidedLink, { instant: number }>,
  replaced: string[],
): Place {
  if (state.runs.unfinished.of(id).size === 0) return "free";
  if (queued) return "held";
  switch (overlap) {
    case "allow":
      return "free";
    case "skip":
      return "overlap";
    case "bufferOne":
      return hasRoom(state, id, 1) ? "held" : "bufferFull";
    case "bufferAll":
      return hasRoom(state, id, limits.bufferedMax) ? "held" : "bufferFull";
    case "cancelOther":
      replaced.push(...replace(state, id, instant));
      return state.runs.unfinished.of(id).size > 0 ? "held" : "free";
  }
}

/** Whether fewer than `max` runs of the schedule are held. */
function hasRoom(state: MemoryState, scheduleId: number, max: number): boolean {
  const unfinished = state.runs.unfinished.of(scheduleId);
  const others = unfinished.size - take(unfinished, unfinished.size).filter((run) => run.state === "held").length;
  return unfinished.size - others < max;
}

/** Cancels what is unfinished, the newest first: so nothing that is held goes on meanwhile. Answers what ended. */
function replace(state: MemoryState, scheduleId: number, instant: number): string[] {
  const unfinished = [...state.runs.unfinished.of(scheduleId)].reverse();
  const ended = unfinished.filter((run) => state.cancel(run, replacedReason(instant)).outcome === "ended");
  return ended.map(({ id }) => id);
}
