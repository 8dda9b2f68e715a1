import { expect } from "vitest";
import type { TaskStore } from "../../../src/store/tasks.ts";
import { aloneExample, type CasesOf } from "../cases.ts";
import { freshId, taskOf } from "../context.ts";
import { applySchedules, settle } from "./apply-schedules.ts";
import { applyTasks } from "./apply-tasks.ts";

export const tasks: CasesOf<TaskStore> = {
  digest: [
    aloneExample("is the one of the app's current set, and undefined before its first", async (c) => {
      const apply = (app: string, digest: string) =>
        c.store.tasks.apply({ app, digest, draftedAt: 0, tasks: [], settle: [] });
      expect(await c.store.tasks.digest("a")).toBeUndefined();
      await apply("a", "sha-1 “x”");
      await apply("b", "other");
      for (const store of [c.store, c.other]) expect(await store.tasks.digest("a")).toBe("sha-1 “x”");
      await apply("a", "");
      expect(await c.other.tasks.digest("a")).toBe("");
      expect(await c.other.tasks.digest("A")).toBeUndefined();
    }),
  ],
  apply: [...applyTasks, ...applySchedules, ...settle],
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
