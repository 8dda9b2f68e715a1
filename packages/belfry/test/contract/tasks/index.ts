import { expect } from "vitest";
import type { TaskStore } from "../../../src/store/tasks.ts";
import { aloneExample, type CasesOf } from "../cases.ts";
import { freshId, taskOf } from "../context.ts";
import { applyRelease } from "./apply-release.ts";
import { applyRuntime } from "./apply-runtime.ts";
import { applySchedules, settle } from "./apply-schedules.ts";
import { applyTasks } from "./apply-tasks.ts";
import { current, definitions, deploys } from "./sets.ts";

export const tasks: CasesOf<TaskStore> = {
  ...{ current, deploys, definitions },
  apply: [...applyTasks, ...applySchedules, ...settle, ...applyRelease, ...applyRuntime],
  list: [
    aloneExample("gives every task of every app by name, those no longer defined included", async (c) => {
      expect(await c.store.tasks.list()).toEqual([]);
      const [b, a] = await c.deploy("one", [
        { name: "b", concurrency: 7 },
        { name: "a", enabled: false, onLost: "fail" },
      ]);
      const [d] = await c.deploy("two", [{ name: "c d-e_f 1" }]);
      await c.deploy("one", [{ name: "a" }]);
      const expected = [
        { ...a, enabled: true, onLost: "retry", defined: true },
        { ...b, concurrency: 7, defined: false },
        { ...d, app: "two", defined: true },
      ];
      for (const store of [c.store, c.other]) expect(await store.tasks.list()).toEqual(expected);
    }),
    aloneExample("orders names by their characters' codes", async (c) => {
      const names = ["1", "B", "a", "a-1", "a1", "b-1", "cD", "ce"];
      await c.deploy(
        "app",
        [...names].reverse().map((name) => taskOf({ name, newId: freshId() })),
      );
      expect((await c.store.tasks.list()).map(({ name }) => name)).toEqual(names);
    }),
  ],
};
