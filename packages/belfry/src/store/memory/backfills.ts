import type { BackfillRow, BackfillStep, BackfillStore, NewBackfill } from "../backfills.ts";
import { take } from "./ordered.ts";
import type { MemoryBackfill } from "./rows.ts";
import type { MemoryState } from "./state.ts";

const runningMax = 1_000;

export function memoryBackfills(state: MemoryState): BackfillStore {
  const { backfills } = state;
  const copy = (row: MemoryBackfill | undefined): BackfillRow | undefined => row && toRow(row);
  return {
    create: async (items) => items.map((item) => copy(create(state, item))),
    get: async (ids) => ids.map((id) => copy(backfills.get(id))),
    list: async ({ taskId, before, limit }) => {
      const rows: BackfillRow[] = [];
      const last = before === undefined ? undefined : (backfills.get(before)?.seq ?? 0);
      for (const row of backfills.all.downFrom(({ seq }) => last !== undefined && seq >= last)) {
        if (rows.length >= limit) break;
        if (taskId === undefined || row.taskId === taskId) rows.push(toRow(row));
      }
      return rows;
    },
    running: async () => take(runnable(state), runningMax).map(toRow),
    step: async (items) => items.map((item) => step(state, item)),
    set: async (items) =>
      items.map(({ id, state: wanted }) => {
        const row = backfills.get(id);
        if (row?.state === "running" || row?.state === "paused") {
          backfills.setState(row, wanted, state.now());
          state.changes += 1;
        }
        return copy(row);
      }),
  };
}

/** Whether its task is there, and enabled. */
function mayRun(state: MemoryState, { taskId }: MemoryBackfill): boolean {
  const task = state.tasks.get(taskId);
  return task?.enabled === true && task.defined;
}

function* runnable(state: MemoryState): Iterable<MemoryBackfill> {
  for (const row of state.backfills.running) if (mayRun(state, row)) yield row;
}

function toRow({ seq: _, ...row }: MemoryBackfill): BackfillRow {
  return row;
}

function create(state: MemoryState, item: NewBackfill): MemoryBackfill | undefined {
  const known = state.backfills.get(item.id);
  if (known) return known;
  const schedule = state.schedules.get(item.scheduleId);
  if (!schedule || schedule.removed) return undefined;
  const { taskId, task, key, spec, payload, priority } = schedule;
  const row: MemoryBackfill = {
    ...item,
    ...{ taskId, task, key, spec, payload, priority, state: "running", exhausted: false },
    ...{ made: 0, passed: 0, unfinished: 0, createdAt: state.now(), seq: state.nextNumber() },
  };
  state.backfills.add(row);
  state.changes += 1;
  return row;
}

function step(state: MemoryState, item: BackfillStep): "stepped" | "stale" {
  const row = state.backfills.get(item.id);
  if (row?.state !== "running" || row.exhausted || row.position !== item.position) return "stale";
  if (row.unfinished + item.runs.length > row.concurrency || !mayRun(state, row)) return "stale";
  const { id: backfillId, taskId, key, scheduleId, priority, payload, reason } = row;
  for (const { id, instant } of item.runs) {
    state.addRun({
      ...{ id, taskId, trigger: "backfill", backfillId, priority, payload, reason },
      ...{ scheduleKey: key, scheduleId, scheduledFor: instant },
    });
  }
  row.position = item.newPosition ?? row.position;
  row.exhausted = item.exhausted;
  row.made += item.runs.length;
  row.unfinished += item.runs.length;
  row.passed += item.passed;
  state.backfills.endIfDone(row, state.now());
  state.changes += 1;
  return "stepped";
}
