import { limits } from "../../base/limits.ts";
import type { PutAnswer, RemoveAnswer, ScheduleDefinition, SchedulePut, ScheduleRow } from "../schedules.ts";
import { findKnown, insertSchedule, isLate, isSame, isSettled, redefine, removeKnown, settle } from "./definitions.ts";
import { scheduleOf } from "./schedule-rows.ts";
import { isFired, originNames, unfinished } from "./states.ts";
import type { TaskInfo, Turn } from "./turn.ts";

const code = originNames.indexOf("code");

/** `ScheduleStore.put`. */
export function putSchedules(turn: Turn, items: readonly SchedulePut[]): PutAnswer[] {
  return items.map((item) => putOne(turn, item));
}

function putOne(turn: Turn, item: SchedulePut): PutAnswer {
  const { taskId, definition, draftedAt, author } = item;
  const { now } = turn;
  const task = turn.taskById(taskId);
  if (!task?.defined) return { outcome: "unknownTask" };
  const by = { origin: "runtime", author } as const;
  const isStale = draftedAt > now || isLate(turn, definition);
  if (!isStale) {
    const added = insertSchedule(turn, task.task, definition, by);
    if (added) return { outcome: "created", row: newRow(turn, task, definition, added.schedule, author), runs: [] };
  }
  const known = findKnown(turn, task.task, definition.key);
  const current = known?.removed === 0 ? known : undefined;
  if (current?.origin === code) return { outcome: "code" };
  if (current && isSame(current, definition)) return { outcome: "unchanged", ...seen(turn, current.schedule) };
  if (isStale || !known) return { outcome: "stale", now };
  if (current) {
    if (!isSettled(turn, current, item.settle)) return { outcome: "stale", now };
    settle(turn, current, item.settle);
  }
  redefine(turn, known, definition, by);
  return { outcome: current ? "changed" : "created", ...seen(turn, known.schedule) };
}

/** A new schedule's row, which need not be read. */
function newRow(
  { now }: Turn,
  { id: taskId, name: task, app }: TaskInfo,
  definition: ScheduleDefinition,
  id: number,
  author: string | undefined,
): ScheduleRow {
  const start = { version: 1, cursor: now, since: now, changedAt: now, failures: 0 };
  return { ...definition, id, taskId, task, app, origin: "runtime", ...start, author };
}

/** The schedule, and the unfinished runs that it made: what a change of it answers. */
export function seen(turn: Turn, schedule: number): { row: ScheduleRow; runs: string[] } {
  const row = scheduleOf(turn.db, schedule);
  if (!row) throw new Error(`schedule ${schedule} has no task`);
  return { row, runs: unfinishedOf(turn, schedule) };
}

function unfinishedOf({ db }: Turn, schedule: number): string[] {
  const sql = `SELECT id FROM runs WHERE schedule = ? AND ${isFired} AND ${unfinished} ORDER BY seq LIMIT ?`;
  return db.tuples<[string]>(sql, schedule, limits.runsListedMax).flat();
}

/** `ScheduleStore.remove`. */
export function removeSchedules(
  turn: Turn,
  items: readonly { readonly taskId: string; readonly key: string }[],
): RemoveAnswer[] {
  return items.map(({ taskId, key }) => {
    const task = turn.taskById(taskId);
    const known = task && findKnown(turn, task.task, key);
    if (!known || known.removed === 1) return { outcome: "unknown" };
    if (known.origin === code) return { outcome: "code" };
    removeKnown(turn, known);
    return { outcome: "removed", runs: unfinishedOf(turn, known.schedule) };
  });
}
