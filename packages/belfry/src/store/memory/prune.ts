import { limits } from "../../base/limits.ts";
import { take } from "./ordered.ts";
import type { MemoryState } from "./state.ts";

/** `RunStore.prune`. */
export function prune(state: MemoryState, endedBefore: number, limit: number): number {
  const isOld = (at: number | undefined) => at !== undefined && at < endedBefore;
  const old = take(state.runs.ended, limit, ({ completedAt }) => isOld(completedAt));
  for (const { id } of old) {
    state.runs.delete(id);
    state.logs.delete(id);
  }
  pruneKeys(state, Math.min(endedBefore, state.now() - limits.idempotencyKeptMs));
  state.spans.drop(endedBefore);
  for (const [id, past] of state.past) {
    const kept = past.filter(({ upTo }) => !isOld(upTo));
    if (kept.length > 0) state.past.set(id, kept);
    else state.past.delete(id);
  }
  for (const row of state.backfills.all)
    if (isOld(row.endedAt) && state.runs.byBackfill.of(row.id).size === 0) state.backfills.drop(row);
  // As long as runs of that age are left, one may still name its node.
  if (old.length < limit)
    for (const [epoch, { endedAt }] of state.formerNodes) if (isOld(endedAt)) state.formerNodes.delete(epoch);
  return old.length;
}

function pruneKeys(state: MemoryState, madeBefore: number): void {
  for (const [name, { madeAt }] of state.keys) {
    if (madeAt >= madeBefore) return;
    state.keys.delete(name);
  }
}
