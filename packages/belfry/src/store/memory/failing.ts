import type { RunEvent } from "../../run/states.ts";
import { failurePauseAuthor, failurePauseReason } from "../reasons.ts";
import type { MemoryRun } from "./rows.ts";
import type { MemoryState } from "./state.ts";

/** Counts a run's end: for its backfill, and for a schedule that is paused after so many failed ones. */
export function countEnd(state: MemoryState, run: MemoryRun, event: RunEvent): void {
  const backfill = state.backfills.get(run.backfillId ?? "");
  if (backfill) state.backfills.countEnd(backfill, state.now());
  if (run.trigger !== "schedule") return;
  if (event === "complete") countFailures(state, run, () => 0);
  const isCancelled = run.outcome === "E_CANCELLED";
  if ((event === "fail" && !isCancelled) || event === "giveUp") countFailures(state, run, (failures) => failures + 1);
}

function countFailures(state: MemoryState, run: MemoryRun, count: (failures: number) => number): void {
  const schedule = state.schedules.get(run.scheduleId ?? 0);
  if (!schedule || schedule.removed || schedule.pauseOnFailure === undefined) return;
  schedule.failures = count(schedule.failures);
  const { pause } = schedule;
  const isPaused = pause !== undefined && (pause.until === undefined || pause.until > state.now());
  if (schedule.failures < schedule.pauseOnFailure || isPaused) return;
  schedule.version += 1;
  const reason = failurePauseReason(schedule.failures);
  schedule.pause = { at: state.now(), reason, author: failurePauseAuthor };
}
