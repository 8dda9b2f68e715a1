import type { ScheduleQuery, ScheduleRow, ScheduleStore, ScheduleSummary } from "../schedules.ts";
import { amend } from "./amend.ts";
import { toRow } from "./definitions.ts";
import { take } from "./ordered.ts";
import { putSchedule, removeSchedule } from "./put.ts";
import { lowerNewest } from "./rewind.ts";
import type { MemorySchedule } from "./rows.ts";
import { comparePlaces } from "./schedule-table.ts";
import type { MemoryState } from "./state.ts";

export function memorySchedules(state: MemoryState): ScheduleStore {
  const { byDue } = state.schedules;
  return {
    due: async (upTo, limit) => take(byDue, limit, ({ dueAt }) => (dueAt ?? 0) <= upTo).map(toRow),
    newest: async () => state.schedules.newest,
    nextAfter: async (after) =>
      take(
        byDue.from(({ dueAt }) => (dueAt ?? 0) > after),
        1,
      )[0]?.dueAt,
    list: async (query) => list(state, query),
    get: async (items, { removed = false } = {}) =>
      items.map(({ taskId, key }) => {
        const schedule = removed ? state.schedules.find(taskId, key) : state.schedules.current(taskId, key);
        return schedule && toRow(schedule);
      }),
    summaries: async (taskIds) => taskIds.map((taskId) => summarize(state, taskId)),
    put: async (items) => items.map((item) => putSchedule(state, item)),
    remove: async (items) => items.map(({ taskId, key }) => removeSchedule(state, taskId, key)),
    amend: async (items) => {
      const answers = items.map((item) => amend(state, item));
      if (items.some(({ kind }) => kind === "rewind")) lowerNewest(state);
      return answers;
    },
    past: async (scheduleId, { from, to, limit }) => {
      const past = (state.past.get(scheduleId) ?? []).filter(({ since, upTo }) => upTo > from && since < to);
      return past.slice(0, limit);
    },
  };
}

function list(state: MemoryState, query: ScheduleQuery): ScheduleRow[] {
  const { app, taskId, origin, removed = false, after, limit } = query;
  const task = taskId === undefined ? undefined : (state.tasks.get(taskId)?.name ?? "");
  const rows: ScheduleRow[] = [];
  for (const schedule of state.schedules.byName.from((row) => isBehind(row, task, after))) {
    if (rows.length >= limit || (task !== undefined && schedule.task !== task)) break;
    const isWanted =
      (app === undefined || schedule.app === app) &&
      (taskId === undefined || schedule.taskId === taskId) &&
      (origin === undefined || schedule.origin === origin) &&
      (removed || !schedule.removed);
    if (isWanted) rows.push(toRow(schedule));
  }
  return rows;
}

/** Whether a page of the task, or of all, that goes on after a place has come to this row. */
function isBehind(row: MemorySchedule, task: string | undefined, after: ScheduleQuery["after"]): boolean {
  return (task === undefined || row.task >= task) && (after === undefined || comparePlaces(row, after) > 0);
}

function summarize(state: MemoryState, taskId: string): ScheduleSummary {
  const task = state.tasks.get(taskId)?.name ?? "";
  const schedules = [...state.schedules.of(task)].filter((schedule) => !schedule.removed);
  const now = state.now();
  const active = schedules.filter(({ pause }) => !pause || (pause.until !== undefined && pause.until <= now));
  return {
    ...{ count: schedules.length, paused: schedules.length - active.length },
    ...{ nextAt: soonest(active.map(({ nextAt }) => nextAt)), dueAt: soonest(schedules.map(({ dueAt }) => dueAt)) },
  };
}

function soonest(instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
