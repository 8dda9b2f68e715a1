import type { ScheduleStore } from "../schedules.ts";
import type { MemorySchedule, MemoryState } from "./state.ts";

export function memorySchedules(state: MemoryState): ScheduleStore {
  const current = () => [...state.schedules.values()].filter((schedule) => !schedule.removed);
  return {
    due: async (upTo, limit) =>
      current()
        .filter(({ nextAt }) => nextAt !== undefined && nextAt <= upTo)
        .sort((a, b) => (a.nextAt ?? 0) - (b.nextAt ?? 0) || a.id - b.id)
        .slice(0, limit)
        .map(toRow),
    nextAfter: async (after) => {
      const later = current().flatMap(({ nextAt }) => (nextAt !== undefined && nextAt > after ? [nextAt] : []));
      return later.length > 0 ? Math.min(...later) : undefined;
    },
    list: async (app) =>
      current()
        .filter((schedule) => app === undefined || schedule.app === app)
        .sort((a, b) => (a.task === b.task ? (a.key < b.key ? -1 : 1) : a.task < b.task ? -1 : 1))
        .map(toRow),
  };
}

function toRow({ removed: _, ...row }: MemorySchedule) {
  return row;
}
