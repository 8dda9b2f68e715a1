import { type PutAnswer, type RemoveAnswer, type SchedulePut, standsAs } from "../schedules.ts";
import { define, isLate, isSettled, remove, seen, settle, unfinishedOf } from "./definitions.ts";
import type { MemoryState } from "./state.ts";

/** One item of `ScheduleStore.put`. */
export function putSchedule(state: MemoryState, item: SchedulePut): PutAnswer {
  const { taskId, definition, draftedAt, author } = item;
  const task = state.tasks.get(taskId);
  if (!task?.defined) return { outcome: "unknownTask" };
  const known = state.schedules.current(taskId, definition.key);
  if (known?.origin === "code") return { outcome: "code" };
  if (known && standsAs(known, definition)) return { outcome: "unchanged", ...seen(state, known) };
  const now = state.now();
  if (draftedAt > now || isLate(definition, now)) return { outcome: "stale", now };
  if (known) {
    if (!isSettled(state, known, item.settle)) return { outcome: "stale", now };
    settle(state, known, item.settle);
  }
  const schedule = define(state, task, definition, { origin: "runtime", author });
  state.changes += 1;
  return { outcome: known ? "changed" : "created", ...seen(state, schedule) };
}

/** One item of `ScheduleStore.remove`. */
export function removeSchedule(state: MemoryState, taskId: string, key: string): RemoveAnswer {
  const schedule = state.schedules.current(taskId, key);
  if (!schedule) return { outcome: "unknown" };
  if (schedule.origin === "code") return { outcome: "code" };
  remove(state, schedule);
  state.changes += 1;
  return { outcome: "removed", runs: unfinishedOf(state, schedule) };
}
