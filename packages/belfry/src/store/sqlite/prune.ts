import { limits } from "../../base/limits.ts";
import type { Turn } from "./turn.ts";

/** Per call, for each run that may go: spans, keys and nodes are small. */
const othersPerRun = 10;

/** `RunStore.prune`. Every step is led by an index on age, so that it costs what it deletes. */
export function prune(turn: Turn, { endedBefore, limit }: { endedBefore: number; limit: number }): number {
  const { db } = turn;
  const old = db.tuples<[number]>(
    "SELECT seq FROM runs WHERE completed_at < ? ORDER BY completed_at LIMIT ?",
    endedBefore,
    limit,
  );
  if (old.length > 0) {
    const seqs = `[${old.join()}]`;
    for (const [table, column] of [
      ["details", "run"],
      ["attempts", "run"],
      ["lines", "run"],
      ["runs", "seq"],
    ] as const) {
      db.run(`DELETE FROM ${table} WHERE ${column} IN (SELECT value FROM json_each(?))`, seqs);
    }
  }
  const othersMax = limit * othersPerRun;
  pruneKeys(turn, Math.min(endedBefore, turn.now - limits.idempotencyKeptMs), othersMax);
  pruneSpans(turn, endedBefore, othersMax);
  prunePast(turn, endedBefore, othersMax);
  pruneBackfills(turn, endedBefore, othersMax);
  // As long as runs of that age are left, one may still name its node.
  if (old.length < limit) pruneNodes(turn, endedBefore);
  return old.length;
}

function pruneKeys({ db }: Turn, madeBefore: number, limit: number): void {
  const sql =
    "DELETE FROM keys WHERE (task, key) IN (SELECT task, key FROM keys WHERE made_at < ? ORDER BY made_at LIMIT ?)";
  db.run(sql, madeBefore, limit);
}

/** Old spans go, but each schedule's newest: the chain's end stays. */
function pruneSpans({ db }: Turn, endedBefore: number, limit: number): void {
  const sql = `DELETE FROM spans WHERE (schedule, up_to) IN (
    SELECT old.schedule, old.up_to FROM spans old WHERE old.up_to < ?
      AND EXISTS (SELECT 1 FROM spans newer WHERE newer.schedule = old.schedule AND newer.up_to > old.up_to)
    ORDER BY old.up_to LIMIT ?)`;
  db.run(sql, endedBefore, limit);
}

/** A node's last attempt ended before it did, so runs that name it are gone when all that ended before are. */
function pruneNodes({ db }: Turn, endedBefore: number): void {
  db.run("DELETE FROM nodes WHERE ended_at < ?", endedBefore);
}

/** Definitions whose instants are all as old as runs that are no longer kept. */
function prunePast({ db }: Turn, endedBefore: number, limit: number): void {
  const sql = `DELETE FROM past_schedules WHERE (schedule, up_to) IN
    (SELECT schedule, up_to FROM past_schedules WHERE up_to < ? ORDER BY up_to LIMIT ?)`;
  db.run(sql, endedBefore, limit);
}

/** A backfill goes once none of its runs is left: each names it. */
function pruneBackfills({ db }: Turn, endedBefore: number, limit: number): void {
  const sql = `DELETE FROM backfills WHERE backfill IN (SELECT backfill FROM backfills b WHERE ended_at < ?
    AND NOT EXISTS (SELECT 1 FROM runs WHERE backfill = b.backfill) ORDER BY ended_at LIMIT ?)`;
  db.run(sql, endedBefore, limit);
}
