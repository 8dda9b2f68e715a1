import type { RunEvent } from "../../run/states.ts";
import { failurePauseAuthor, failurePauseReason } from "../reasons.ts";
import { endIfDone } from "./backfills.ts";
import { allows, isFired, isIn, moves, triggerNames, unfinished } from "./states.ts";
import type { Turn } from "./turn.ts";

/** What ends a run. */
type End = Extract<RunEvent, "complete" | "fail" | "giveUp" | "cancel" | "expire">;

interface EndedRun {
  readonly trigger: number;
  readonly schedule: number | null;
  readonly backfill: number | null;
  readonly outcome: string | null;
}

const columns = "SELECT trigger, schedule, backfill, outcome FROM runs";
const scheduled = triggerNames.indexOf("schedule");

/** Tells of a run's end to what waits for it or counts it: in most stores to nothing, and then it costs nothing. */
export function noteEnd(turn: Turn, event: End, run: { readonly seq: number } | { readonly id: string }): void {
  const { db, followers } = turn;
  if (!followers.isAny) return;
  const row =
    "seq" in run
      ? db.get<EndedRun>(`${columns} WHERE seq = ?`, run.seq)
      : db.get<EndedRun>(`${columns} WHERE id = ?`, run.id);
  if (row?.backfill != null && followers.areDraining) endIfDone(turn, row.backfill);
  if (row?.trigger !== scheduled || row.schedule === null) return;
  if (followers.areCounting) countEnd(turn, event, row.schedule, row.outcome);
  if (followers.areHeld) proceed(turn, row.schedule);
}

const counts = "schedule = ? AND removed = 0 AND pause_on_failure IS NOT NULL";

function countEnd(turn: Turn, event: End, schedule: number, outcome: string | null): void {
  const { db, now } = turn;
  if (event === "complete") db.run(`UPDATE schedules SET failures = 0 WHERE ${counts} AND failures > 0`, schedule);
  if ((event !== "fail" && event !== "giveUp") || outcome === "E_CANCELLED") return;
  const sql = `UPDATE schedules SET failures = failures + 1 WHERE ${counts}
    RETURNING failures, failures >= pause_on_failure AND (pause IS NULL OR pause ->> 'until' <= ?) AS isEnough`;
  const counted = db.get<{ failures: number; isEnough: number }>(sql, schedule, now);
  if (counted?.isEnough !== 1) return;
  const pause = { at: now, reason: failurePauseReason(counted.failures), author: failurePauseAuthor };
  const set = "UPDATE schedules SET pause = ?, version = version + 1 WHERE schedule = ?";
  db.run(set, JSON.stringify(pause), schedule);
}

/** The schedule's oldest held run goes on, once no earlier one is unfinished. */
function proceed(turn: Turn, schedule: number): void {
  const { db, now } = turn;
  const first = `SELECT seq, task, available_at AS availableAt, ${isIn("held")} AS isHeld FROM runs
    WHERE schedule = ? AND ${isFired} AND ${unfinished} ORDER BY seq LIMIT 1`;
  const run = db.get<{ seq: number; task: number; availableAt: number; isHeld: number }>(first, schedule);
  if (run?.isHeld !== 1) return;
  // It waited for others until now: for a handler it waits from now on.
  const proceeds = `UPDATE runs SET ${moves("proceed")}, available_at = max(available_at, ?) WHERE seq = ? AND ${allows("proceed")}`;
  db.run(proceeds, now, run.seq);
  if (run.availableAt > now) return turn.noteDelayed(run.availableAt);
  db.run(`UPDATE runs SET ${moves("due")} WHERE seq = ? AND ${allows("due")}`, run.seq);
  turn.noteReady(run.task);
}
