import type { Failure } from "../../run/failure.ts";
import { cancelledFailure, noHandlerFailure } from "../../run/failure.ts";
import type { RunEvent } from "../../run/states.ts";
import type { CancelAnswer } from "../runs.ts";
import { noteEnd } from "./ends.ts";
import { allows, moves, unfinished } from "./states.ts";
import type { Turn } from "./turn.ts";

const keepError =
  "INSERT INTO details (run, error) VALUES (?, ?) ON CONFLICT (run) DO UPDATE SET error = excluded.error";

/** The first reason stays. */
const keepReason = `INSERT INTO details (run, cancel_reason) VALUES (?, ?)
  ON CONFLICT (run) DO UPDATE SET cancel_reason = coalesce(cancel_reason, excluded.cancel_reason)`;

/** `RunStore.cancel`. */
export function cancel(turn: Turn, items: readonly { id: string; reason?: string }[]): CancelAnswer[] {
  return items.map(({ id, reason }) => cancelOne(turn, id, reason));
}

function cancelOne(turn: Turn, id: string, reason: string | undefined): CancelAnswer {
  const { db } = turn;
  const run = db.get<{ seq: number; isLive: number }>(`SELECT seq, ${unfinished} AS isLive FROM runs WHERE id = ?`, id);
  if (!run) return { outcome: "unknown" };
  if (!run.isLive) return { outcome: "ended", now: false };
  return cancelLive(turn, run.seq, reason) ? { outcome: "ended", now: true } : { outcome: "requested" };
}

/** Ends an unfinished run where it waits, and marks it where it runs; answers whether it has ended. */
export function cancelLive(turn: Turn, seq: number, reason: string | undefined): boolean {
  turn.db.run(`UPDATE runs SET cancel_requested = 1 WHERE seq = ? AND cancel_requested = 0`, seq);
  if (reason !== undefined) turn.db.run(keepReason, seq, reason);
  return endIfCancelled(turn, seq);
}

/** Ends a run that waits and is to be cancelled; false where it is not, or runs. */
export function endIfCancelled(turn: Turn, seq: number): boolean {
  const sql = `SELECT d.cancel_reason AS reason FROM runs r LEFT JOIN details d ON d.run = r.seq
    WHERE r.seq = ? AND r.cancel_requested = 1 AND ${allows("cancel")}`;
  const marked = turn.db.get<{ reason: string | null }>(sql, seq);
  if (marked) endWaiting(turn, seq, "cancel", cancelledFailure(marked.reason ?? undefined));
  return marked !== undefined;
}

/** Ends a run that waits: no attempt of it is under way. */
function endWaiting(turn: Turn, seq: number, event: Extract<RunEvent, "cancel" | "expire">, failure: Failure): void {
  const sql = `UPDATE runs SET ${moves(event)}, completed_at = max(?, coalesce(started_at, triggered_at)), outcome = ?
    WHERE seq = ? AND ${allows(event)}`;
  turn.db.run(sql, turn.now, failure.code, seq);
  turn.db.run(keepError, seq, JSON.stringify(failure));
  turn.forgetReady();
  turn.forgetDelayed();
  noteEnd(turn, event, { seq });
}

/** `RunStore.expire`. */
export function expire(
  turn: Turn,
  { readyBefore, limit }: { readyBefore: number; limit: number },
): { id: string; task: string }[] {
  const { db } = turn;
  const lists = db.tuples<[string]>("SELECT task_ids FROM nodes WHERE ended_at IS NULL");
  const handled = new Set(lists.flatMap(([ids]) => JSON.parse(ids) as string[]));
  turn.promote();
  const ended: { id: string; task: string }[] = [];
  for (const key of turn.readyTasks()) {
    const task = turn.task(key);
    if (!task || handled.has(task.id)) continue;
    const sql = `SELECT seq, id FROM runs INDEXED BY runs_ready WHERE ${allows("claim")} AND task = ? AND available_at <= ? LIMIT ?`;
    const failure = noHandlerFailure(task.name);
    for (const [seq, id] of db.tuples<[number, string]>(sql, key, readyBefore, limit - ended.length)) {
      endWaiting(turn, seq, "expire", failure);
      ended.push({ id, task: task.name });
    }
  }
  return ended;
}
