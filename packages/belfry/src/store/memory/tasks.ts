import type { TaskRow, TaskStore } from "../tasks.ts";
import { apply } from "./apply.ts";
import type { MemoryState } from "./state.ts";

export function memoryTasks(state: MemoryState): TaskStore {
  const setsOf = (app: string) => state.deploys.get(app) ?? [];
  return {
    current: async (app) => setsOf(app).at(-1)?.row,
    apply: async (deploy) => apply(state, deploy),
    list: async () => [...state.tasks.values()].map((task) => ({ ...task })).sort(byName),
    deploys: async (app, limit) =>
      setsOf(app)
        .map(({ row }) => row)
        .reverse()
        .slice(0, limit),
    definitions: async (app, number) => setsOf(app).find(({ row }) => row.number === number)?.definitions,
  };
}

function byName(a: TaskRow, b: TaskRow): number {
  return a.name < b.name ? -1 : 1;
}
