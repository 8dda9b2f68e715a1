import { BelfryError } from "../../base/errors.ts";
import { noHandlerFailure } from "../../run/failure.ts";
import { hasEnded, statusOf } from "../../run/states.ts";
import type { Claimant, ClaimedRun } from "../claim.ts";
import type { CancelAnswer, ClaimAnswer, Finish, FinishAnswer, RunQuery, RunStore } from "../runs.ts";
import { insert } from "./insert.ts";
import type { Ordered } from "./ordered.ts";
import { prune } from "./prune.ts";
import type { MemoryRun } from "./rows.ts";
import type { MemoryState } from "./state.ts";

export function memoryRuns(state: MemoryState): RunStore {
  return {
    insert: async (runs, by) => insert(state, runs, by),
    claim: async (by) => claim(state, by),
    finish: async (items) => items.map((item) => finish(state, item)),
    progress: async (items) =>
      items.map(({ id, token, value, note }) => {
        const run = state.findRun(id);
        if (!state.holds(run, token)) return "stale";
        state.changes += 1;
        run.progress = note === undefined ? { value } : { value, note };
        return "done";
      }),
    cancel: async (items) => items.map(({ id, reason }) => cancel(state, id, reason)),
    held: async (epoch) => ({
      runs: state.heldBy(epoch).map((run) => state.toClaimed(run)),
      cancelled: state.cancelledOf(epoch),
    }),
    get: async (ids) => ids.map((id) => copy(state.findRun(id))),
    list: async (query) => list(state, query),
    expire: async (readyBefore, limit) => expire(state, readyBefore, limit),
    prune: async (endedBefore, limit) => prune(state, endedBefore, limit),
  };
}

function claim(state: MemoryState, by: Claimant): ClaimAnswer {
  if (!state.isLive(by.epoch)) return { outcome: "dead" };
  state.promote();
  const claimed: ClaimedRun[] = [];
  for (const run of state.readyOf(by.taskIds)) {
    if (claimed.length >= by.slots) break;
    const held = state.tryClaim(run, by);
    if (held) claimed.push(held);
  }
  if (claimed.length > 0) state.renew(by.epoch);
  const nextDueAt = state.runs.delayed.first?.availableAt;
  return { outcome: "claimed", runs: claimed, ...(nextDueAt === undefined ? {} : { nextDueAt }) };
}

function finish(state: MemoryState, item: Finish): FinishAnswer {
  const run = state.findRun(item.id);
  if (run && hasEnded(run.state) && endedUnder(run, item.token)) return "done";
  if (!state.holds(run, item.token)) return "stale";
  const availableAt = item.event === "retry" ? state.now() + item.delayMs : run.availableAt;
  const outcome = item.event === "fail" ? { outcome: item.error.code } : {};
  if (!state.move(run, item.event, { availableAt, ...outcome })) return "stale";
  switch (item.event) {
    case "complete":
      run.outcome = "completed";
      run.result = item.result;
      run.resultError = item.resultError;
      state.endAttempt(run, "completed");
      break;
    case "fail":
      state.endAttempt(run, item.error.code, item.error);
      break;
    case "retry":
      run.failures += 1;
      state.endAttempt(run, item.error.code, item.error);
      break;
    case "release":
      state.endAttempt(run, "released");
  }
  return state.endIfCancelled(run) ? "cancelled" : "done";
}

/** Whether it was the attempt with this token that ended the run, and by itself: not where it was lost. */
function endedUnder({ attempts }: MemoryRun, token: number): boolean {
  const last = attempts.at(-1);
  return last !== undefined && last.attempt > 0 && last.token === token && last.outcome !== "lost";
}

function cancel(state: MemoryState, id: string, reason?: string): CancelAnswer {
  const run = state.findRun(id);
  return run ? state.cancel(run, reason) : { outcome: "unknown" };
}

function list(state: MemoryState, query: RunQuery): { items: MemoryRun[]; cursor?: string } {
  const before = query.cursor === undefined ? Number.POSITIVE_INFINITY : Number(query.cursor);
  if (query.cursor !== undefined && !/^[1-9]\d{0,15}$/.test(query.cursor))
    throw new BelfryError("E_CURSOR", { value: query.cursor });
  const items: MemoryRun[] = [];
  for (const run of candidates(state, query).downFrom(({ seq }) => seq >= before)) {
    if (!matches(run, query)) continue;
    const last = items.at(-1);
    if (last && items.length >= query.limit) return { items: items.map(copy), cursor: String(last.seq) };
    items.push(run);
  }
  return { items: items.map(copy) };
}

/** The shortest list that has all that may match. */
function candidates({ runs }: MemoryState, { task, status }: RunQuery): Ordered<MemoryRun> {
  const lists = [runs.all];
  if (task !== undefined) lists.push(runs.byTask.of(task));
  if (status !== undefined) lists.push(runs.byStatus.of(status));
  return lists.reduce((shortest, one) => (one.size < shortest.size ? one : shortest));
}

function matches(run: MemoryRun, { task, status, trigger, from, to }: RunQuery): boolean {
  return (
    (task === undefined || run.task === task) &&
    (status === undefined || statusOf(run.state, run.startedAt !== undefined) === status) &&
    (trigger === undefined || run.trigger === trigger) &&
    (from === undefined || run.triggeredAt >= from) &&
    (to === undefined || run.triggeredAt < to)
  );
}

function expire(state: MemoryState, readyBefore: number, limit: number): { id: string; task: string }[] {
  const handled = new Set([...state.nodes.values()].flatMap((node) => node.taskIds));
  const waiting = [...state.runs.ready, ...state.runs.delayed].filter(
    (run) => run.availableAt <= readyBefore && !handled.has(run.taskId),
  );
  const oldest = waiting.sort((a, b) => a.seq - b.seq).slice(0, limit);
  return oldest.map((run) => {
    if (state.move(run, "expire")) state.endWithoutAttempt(run, noHandlerFailure(run.task));
    return { id: run.id, task: run.task };
  });
}

function copy<T>(value: T): T {
  return structuredClone(value);
}
