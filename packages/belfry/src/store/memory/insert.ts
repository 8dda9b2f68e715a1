import { limits } from "../../base/limits.ts";
import type { Claimant } from "../claim.ts";
import type { InsertAnswer, NewRun } from "../runs.ts";
import type { MemoryRun, RunAnswer } from "./rows.ts";
import type { MemoryState } from "./state.ts";

/** `RunStore.insert`. */
export function insert(state: MemoryState, runs: readonly NewRun[], by?: Claimant): InsertAnswer[] {
  const claimant = by && state.renew(by.epoch) ? by : undefined;
  state.promote();
  let slots = claimant && !hasWaiting(state, claimant) ? claimant.slots : 0;
  return runs.map((item) => {
    const answer = insertOne(state, item);
    if (answer.outcome !== "created" || !claimant || slots === 0) return answer;
    const run = state.findRun(item.id) as MemoryRun;
    const claimed = run.state === "ready" ? state.tryClaim(run, claimant) : undefined;
    if (claimed) slots -= 1;
    return claimed ? { ...answer, claimed } : answer;
  });
}

function hasWaiting(state: MemoryState, { taskIds }: Claimant): boolean {
  for (const _ of state.readyOf(taskIds)) return true;
  return false;
}

function insertOne(state: MemoryState, { idempotency, ...item }: NewRun): InsertAnswer {
  const known = state.findRun(item.id);
  if (known) return { outcome: "replayed", ...answerOf(known) };
  const task = state.tasks.get(item.taskId);
  if (!task?.defined) return { outcome: "unknownTask" };
  const name = `${item.taskId}/${idempotency?.key}`;
  const key = idempotency && state.keys.get(name);
  if (key && key.madeAt + limits.idempotencyKeptMs > state.now()) {
    return key.request === idempotency.request ? { outcome: "replayed", ...key.answer } : { outcome: "conflict" };
  }
  if (!task.enabled) return { outcome: "disabled" };
  const run = state.addRun({ ...item, scheduleId: state.schedules.find(item.taskId, item.scheduleKey)?.id });
  const answer = answerOf(run);
  if (idempotency) {
    state.keys.delete(name);
    state.keys.set(name, { request: idempotency.request, answer, madeAt: state.now() });
  }
  return { outcome: "created", ...answer };
}

function answerOf({ id, taskId, task, triggeredAt, availableAt }: MemoryRun): RunAnswer {
  return { run: { id, taskId, task, triggeredAt }, availableAt };
}
