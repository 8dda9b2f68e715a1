import { BelfryError } from "../../base/errors.ts";
import { limits } from "../../base/limits.ts";
import { cancelledFailure, noHandlerFailure } from "../../run/failure.ts";
import { hasEnded, statusOf } from "../../run/states.ts";
import type { CancelAnswer, Finish, FinishAnswer, InsertAnswer, NewRun, RunQuery, RunStore } from "../runs.ts";
import type { Claimant, ClaimedRun } from "../store.ts";
import type { MemoryRun, MemoryState, RunAnswer } from "./state.ts";

export function memoryRuns(state: MemoryState): RunStore {
  return {
    insert: async (runs, by) => insert(state, runs, by),
    claim: async (by) => {
      if (!state.isLive(by.epoch)) return { outcome: "dead" };
      state.promote();
      const claimed: ClaimedRun[] = [];
      for (const run of state.readyOf(by.taskIds)) {
        if (claimed.length >= by.slots) break;
        const held = state.tryClaim(run, by);
        if (held) claimed.push(held);
      }
      if (claimed.length > 0) state.renew(by.epoch);
      const delayed = [...state.runs.values()].filter((run) => run.state === "delayed").map((run) => run.availableAt);
      return { outcome: "claimed", runs: claimed, ...(delayed.length > 0 ? { nextDueAt: Math.min(...delayed) } : {}) };
    },
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
    held: async (epoch) => {
      const runs = state.heldBy(epoch);
      return {
        runs: runs.map((run) => state.toClaimed(run)),
        cancelled: state.cancelledOf(epoch),
      };
    },
    get: async (ids) => ids.map((id) => copy(state.findRun(id))),
    list: async (query) => list(state, query),
    expire: async (readyBefore, limit) => expire(state, readyBefore, limit),
    prune: async (endedBefore, limit) => prune(state, endedBefore, limit),
  };
}

function insert(state: MemoryState, runs: readonly NewRun[], by?: Claimant): InsertAnswer[] {
  const claimant = by && state.renew(by.epoch) ? by : undefined;
  state.promote();
  let slots = claimant && state.readyOf(claimant.taskIds).length === 0 ? claimant.slots : 0;
  return runs.map((item) => {
    const answer = insertOne(state, item);
    if (answer.outcome !== "created" || !claimant || slots === 0) return answer;
    const run = state.findRun(item.id) as MemoryRun;
    const claimed = run.state === "ready" ? state.tryClaim(run, claimant) : undefined;
    if (claimed) slots -= 1;
    return claimed ? { ...answer, claimed } : answer;
  });
}

function insertOne(state: MemoryState, item: NewRun): InsertAnswer {
  const known = state.findRun(item.id);
  if (known) return { outcome: "replayed", ...answerOf(known) };
  const task = state.tasks.get(item.taskId);
  if (!task?.defined) return { outcome: "unknownTask" };
  const name = `${item.taskId}/${item.idempotency?.key}`;
  const key = item.idempotency && state.keys.get(name);
  if (key && key.madeAt + limits.idempotencyKeptMs > state.now()) {
    return key.request === item.idempotency?.request ? { outcome: "replayed", ...key.answer } : { outcome: "conflict" };
  }
  if (!task.enabled) return { outcome: "disabled" };
  const schedule = [...state.schedules.values()].find(
    ({ taskId, key }) => taskId === item.taskId && key === item.scheduleKey,
  );
  const run = state.addRun({ ...item, scheduleId: schedule?.id });
  const answer = answerOf(run);
  if (item.idempotency) state.keys.set(name, { request: item.idempotency.request, answer, madeAt: state.now() });
  return { outcome: "created", ...answer };
}

function answerOf({ id, taskId, task, triggeredAt, availableAt }: MemoryRun): RunAnswer {
  return { run: { id, taskId, task, triggeredAt }, availableAt };
}

function finish(state: MemoryState, item: Finish): FinishAnswer {
  const run = state.findRun(item.id);
  if (run && hasEnded(run.state) && endedUnder(run, item.token)) return "done";
  if (!state.holds(run, item.token) || !state.move(run, item.event)) return "stale";
  switch (item.event) {
    case "complete":
      run.outcome = "completed";
      run.result = item.result;
      run.resultError = item.resultError;
      state.endAttempt(run, "completed");
      break;
    case "fail":
      run.outcome = item.error.code;
      state.endAttempt(run, item.error.code, item.error);
      break;
    case "retry":
      run.failures += 1;
      run.availableAt = state.now() + item.delayMs;
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
  if (!run) return { outcome: "unknown" };
  if (hasEnded(run.state)) return { outcome: "ended", now: false };
  run.cancelRequested = true;
  run.cancelReason ??= reason;
  state.changes += 1;
  if (!state.move(run, "cancel")) return { outcome: "requested" };
  state.endWithoutAttempt(run, cancelledFailure(run.cancelReason));
  return { outcome: "ended", now: true };
}

function list(state: MemoryState, query: RunQuery): { items: MemoryRun[]; cursor?: string } {
  const before = query.cursor === undefined ? Number.POSITIVE_INFINITY : Number(query.cursor);
  if (query.cursor !== undefined && !/^[1-9]\d{0,15}$/.test(query.cursor))
    throw new BelfryError("E_CURSOR", { value: query.cursor });
  const matching = [...state.runs.values()]
    .filter((run) => run.seq < before && matches(run, query))
    .sort((a, b) => b.seq - a.seq);
  const items = matching.slice(0, query.limit).map((run) => copy(run) as MemoryRun);
  const last = items.at(-1);
  return matching.length > items.length && last ? { items, cursor: String(last.seq) } : { items };
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
  const waiting = [...state.runs.values()].filter(
    (run) =>
      run.availableAt <= readyBefore && !handled.has(run.taskId) && (run.state === "ready" || run.state === "delayed"),
  );
  return waiting.slice(0, limit).map((run) => {
    if (state.move(run, "expire")) state.endWithoutAttempt(run, noHandlerFailure(run.task));
    return { id: run.id, task: run.task };
  });
}

function prune(state: MemoryState, endedBefore: number, limit: number): number {
  const old = [...state.runs.values()]
    .filter((run) => (run.completedAt ?? Number.POSITIVE_INFINITY) < endedBefore)
    .slice(0, limit);
  for (const run of old) {
    state.runs.delete(run.id);
    state.logs.delete(run.id);
  }
  for (const [name, { madeAt }] of state.keys) {
    if (madeAt < Math.min(endedBefore, state.now() - limits.idempotencyKeptMs)) state.keys.delete(name);
  }
  state.spans.drop(endedBefore);
  return old.length;
}

function copy<T>(value: T): T {
  return structuredClone(value);
}
