import { expect } from "vitest";
import type { RunRow } from "../../../src/run/record.ts";
import type { TaskRow } from "../../../src/store/tasks.ts";

const fields = {
  ...{ id: true, taskId: true, task: true, app: true, trigger: true, state: true, priority: true },
  ...{
    triggeredAt: true,
    availableAt: true,
    startedAt: true,
    completedAt: true,
    scheduleKey: true,
    scheduledFor: true,
    backfillId: true,
  },
  ...{ rootId: true, retryOf: true, reason: true, payload: true, result: true, resultError: true, progress: true },
  ...{ attempts: true, current: true, outcome: true, cancelRequested: true },
} as const satisfies Record<keyof RunRow, true>;

/** The contract's fields of a row. */
export function rowOf(run: RunRow): RunRow {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, run[name as keyof RunRow]])) as unknown as RunRow;
}

/** Checks every field of a row: those not given are absent, or as in a run made by hand that nobody touched. */
export function expectRow(run: RunRow, { task, ...expected }: Partial<Omit<RunRow, "task">> & { task: TaskRow }): void {
  const fresh = { trigger: "manual", priority: 0, attempts: [], cancelRequested: false };
  expect(rowOf(run)).toEqual({ ...fresh, taskId: task.id, task: task.name, app: task.app, ...expected });
}
