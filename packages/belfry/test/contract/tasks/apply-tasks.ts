import { expect } from "vitest";
import { aloneExample, type Cases } from "../cases.ts";
import { freshId, newRun, taskOf } from "../context.ts";

export const applyTasks: Cases = [
  aloneExample("adds tasks under the ids they bring, and answers the app's set", async (c) => {
    const definition = taskOf({
      ...{ name: "billOnDemand", enabled: false, concurrency: 3, onLost: "fail" },
      ...{ priority: -7, overlap: "bufferOne", catchUp: '{"policy":"all"}' },
    });
    const digest = freshId();
    const answer = await c.store.tasks.apply({ app: "shop", digest, draftedAt: 0, tasks: [definition], settle: [] });
    const { newId: id, schedules: _, ...rules } = definition;
    const tasks = [{ ...rules, id, app: "shop", defined: true }];
    expect(answer).toEqual({ outcome: "applied", tasks });
    expect(await c.other.tasks.list()).toEqual(tasks);
    expect(await c.digest("shop", c.other)).toBe(digest);
  }),
  aloneExample("never changes a task's id, whatever else of it changes", async (c) => {
    const [first] = await c.deploy("shop", [{ name: "bill", concurrency: 3 }]);
    const rules = { enabled: false, onLost: "fail", priority: 1, overlap: "allow", catchUp: "skip" } as const;
    const again = taskOf({ name: "bill", ...rules });
    const answer = await c.other.tasks.apply({ app: "shop", digest: "d2", draftedAt: 0, tasks: [again], settle: [] });
    const changed = { id: first?.id, name: "bill", app: "shop", ...rules, defined: true };
    expect(answer).toEqual({ outcome: "applied", tasks: [changed] });
  }),
  aloneExample(
    "removes tasks that the set does not have; their runs stay, and their ids come back with them",
    async (c) => {
      const [task, kept] = await c.deploy("shop", [{ name: "bill" }, { name: "kept" }]);
      if (!task) throw new Error("a task was deployed");
      const ids = [await c.ended(task), await c.insert(task)];
      expect(await c.deploy("shop", [{ name: "kept" }])).toEqual([kept]);
      expect((await c.store.tasks.list()).find(({ name }) => name === "bill")).toEqual({ ...task, defined: false });
      expect((await c.store.runs.get(ids)).map((run) => run?.state)).toEqual(["completed", "ready"]);
      expect(await c.store.runs.insert([newRun(task)])).toEqual([{ outcome: "unknownTask" }]);
      expect(await c.deploy("shop", [{ name: "bill" }])).toEqual([task]);
    },
  ),
  aloneExample("applies an empty set", async (c) => {
    await c.deploy("shop", [{}, { schedules: [] }]);
    expect(await c.store.tasks.apply({ app: "shop", digest: "none", draftedAt: 0, tasks: [], settle: [] })).toEqual({
      outcome: "applied",
      tasks: [],
    });
    expect((await c.store.tasks.list()).map(({ defined }) => defined)).toEqual([false, false]);
  }),
  aloneExample("touches no other app's tasks, schedules or digest", async (c) => {
    await c.deploy("one", [{ name: "a", schedules: [{ nextAt: c.store.now() + 3_600_000 }] }]);
    const read = async () => [await c.digest("one"), await c.schedules("one"), (await c.store.tasks.list())[0]];
    const before = await read();
    await c.deploy("two", [{ name: "b", schedules: [{}] }]);
    await c.deploy("two", [{ name: "c", schedules: [{ key: "x" }] }], await settleAll(c, "two"));
    expect(await read()).toEqual(before);
  }),
  aloneExample("refuses a name that another app has, in any case, and applies nothing", async (c) => {
    await c.deploy("one", [{ name: "Bill" }]);
    await c.deploy("two", [{ name: "mine" }]);
    const digest = await c.digest("two");
    const before = await c.store.tasks.list();
    for (const name of ["Bill", "bill", "BILL"]) {
      const tasks = [taskOf({ name: "new" }), taskOf({ name })];
      const answer = await c.other.tasks.apply({ app: "two", digest: "x", draftedAt: 0, tasks, settle: [] });
      expect(answer).toEqual({ outcome: "duplicate", name: "Bill", app: "one" });
    }
    expect(await c.store.tasks.list()).toEqual(before);
    expect(await c.digest("two")).toBe(digest);
  }),
  aloneExample("takes a name that no app has any more, with its id", async (c) => {
    const [task] = await c.deploy("one", [{ name: "bill" }]);
    await c.deploy("one", []);
    expect(await c.deploy("two", [{ name: "bill" }])).toEqual([{ ...task, app: "two" }]);
    const back = await c.store.tasks.apply({
      app: "one",
      digest: "x",
      draftedAt: 0,
      tasks: [taskOf({ name: "bill" })],
      settle: [],
    });
    expect(back).toEqual({ outcome: "duplicate", name: "bill", app: "two" });
  }),
  aloneExample("changes nothing when it is repeated", async (c) => {
    const tasks = [taskOf({ name: "a", schedules: [{ nextAt: c.store.now() + 3_600_000 }] }), taskOf({ name: "b" })];
    const deploy = { app: "shop", digest: "d", draftedAt: 0, tasks, settle: [] };
    const first = await c.store.tasks.apply(deploy);
    const before = await c.schedules();
    expect(first.outcome).toBe("applied");
    expect(await c.other.tasks.apply(deploy)).toEqual(first);
    expect(
      await c.other.tasks.apply({ ...deploy, tasks: tasks.map((task) => ({ ...task, newId: freshId() })) }),
    ).toEqual(first);
    expect(await c.schedules()).toEqual(before);
  }),
  aloneExample("knows the set in either store at once", async (c) => {
    const [task] = await c.deploy("shop", [{ name: "bill" }]);
    expect(await c.other.runs.insert([newRun(task ?? { id: "" })])).toMatchObject([{ outcome: "created" }]);
  }),
];

async function settleAll(c: Parameters<Cases[0]["run"]>[0], app: string) {
  const rows = await c.schedules(app);
  return rows.map(({ id, version, cursor }) => ({ scheduleId: id, version, cursor, runId: freshId() }));
}
