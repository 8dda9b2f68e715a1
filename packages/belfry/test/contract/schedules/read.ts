import { expect } from "vitest";
import { aloneExample, type Cases, example } from "../cases.ts";
import { type Context, freshId, onlyOf, scheduleOf } from "../context.ts";
import { fireOne, firingOf, soon, timetable } from "../timetable.ts";

/** Two apps with five schedules whose next instants, from now, are these; one is never due. */
async function fiveSchedules(c: Context) {
  const at = c.store.now() + 3_600_000;
  const [b, a] = await c.deploy("one", [
    {
      name: "b",
      schedules: [
        { key: "y", nextAt: at + 20 },
        { key: "x", nextAt: at + 10 },
      ],
    },
    { name: "a", schedules: [{ nextAt: at + 10 }, { key: "never" }] },
  ]);
  const [d] = await c.deploy("two", [{ name: "d", schedules: [{ nextAt: at }] }]);
  if (!a || !b || !d) throw new Error("three tasks were deployed");
  return { a, b, d, at };
}

export const due: Cases = [
  example(
    "gives those whose next instant is at or before the given one, soonest first, by id among equals",
    async (c) => {
      const { at } = await fiveSchedules(c);
      const due = async (upTo: number, limit = 10) =>
        (await c.other.schedules.due(upTo, limit)).map(({ task, key }) => `${task}/${key}`);
      const equals = (await c.schedules("one")).filter(({ nextAt }) => nextAt === at + 10).sort((x, y) => x.id - y.id);
      const middle = equals.map(({ task, key }) => `${task}/${key}`);
      expect(middle).toHaveLength(2);
      expect(await due(at - 1)).toEqual([]);
      expect(await due(at)).toEqual(["d/default"]);
      expect(await due(at + 10)).toEqual(["d/default", ...middle]);
      expect(await due(at + 1_000)).toEqual(["d/default", ...middle, "b/y"]);
      expect(await due(at + 1_000, 2)).toEqual(["d/default", middle[0]]);
    },
  ),
  example("gives whole rows, as list does", async (c) => {
    const { d, at } = await fiveSchedules(c);
    const [row] = await c.store.schedules.due(at, 10);
    expect(row).toEqual(onlyOf(await c.schedules(undefined, c.other), d));
  }),
  example("goes by when the run is due, where that is later than the instant", async (c) => {
    const at = c.store.now() + 3_600_000;
    const task = await c.task({
      schedules: [
        { key: "late", nextAt: at, dueAt: at + 50 },
        { key: "soon", nextAt: at + 10 },
      ],
    });
    const keys = async (upTo: number) => (await c.other.schedules.due(upTo, 10)).map(({ key }) => key);
    expect([await keys(at), await keys(at + 10), await keys(at + 50)]).toEqual([[], ["soon"], ["soon", "late"]]);
    expect([await c.store.schedules.nextAfter(at), await c.store.schedules.nextAfter(at + 10)]).toEqual([
      at + 10,
      at + 50,
    ]);
    const [late] = await c.schedules(task.app);
    expect(late).toMatchObject({ key: "late", nextAt: at, dueAt: at + 50 });
  }),
  example("follows the cursor", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "allow" });
    const node = await c.node([]);
    expect(await c.other.schedules.due(c.store.now(), 10)).toEqual([schedule]);
    await fireOne(c.store, node.by(), firingOf(schedule, instants[0]));
    const moved = { ...schedule, cursor: instants[0], ...soon(instants[0] + 1) };
    expect(await c.other.schedules.due(c.store.now(), 10)).toEqual([moved]);
    await fireOne(c.store, node.by(), firingOf(moved, instants[1], { next: undefined }));
    expect(await c.other.schedules.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  }),
];

export const nextAfter: Cases = [
  example("is the next instant of all that lies after the given one", async (c) => {
    expect(await c.store.schedules.nextAfter(0)).toBeUndefined();
    const { at } = await fiveSchedules(c);
    const next = (after: number) => c.other.schedules.nextAfter(after);
    expect([await next(0), await next(at - 1), await next(at)]).toEqual([at, at, at + 10]);
    expect([await next(at + 10), await next(at + 19)]).toEqual([at + 20, at + 20]);
    expect(await next(at + 20)).toBeUndefined();
  }),
];

export const list: Cases = [
  example("gives the schedules of an app, or of all, by task name and key", async (c) => {
    expect(await c.schedules()).toEqual([]);
    await fiveSchedules(c);
    const names = async (app?: string) => (await c.schedules(app, c.other)).map(({ task, key }) => `${task}/${key}`);
    expect(await names()).toEqual(["a/default", "a/never", "b/x", "b/y", "d/default"]);
    expect(await names("one")).toEqual(["a/default", "a/never", "b/x", "b/y"]);
    expect(await names("two")).toEqual(["d/default"]);
    expect(await names("One")).toEqual([]);
  }),
  example("gives whole pages, each behind the row it is told, whatever comes and goes between them", async (c) => {
    const keys = ["", "a", "b", "b c", "“é”"];
    const [one, two] = await c.deploy("app", [
      { name: "one", schedules: keys.map((key) => ({ key })) },
      { name: "two", schedules: [{}, { key: "a" }] },
    ]);
    if (!one || !two) throw new Error("two tasks were deployed");
    const page = async (after: { task: string; key: string } | undefined, taskId?: string) =>
      (await c.other.schedules.list({ taskId, after, limit: 3 })).map(({ task, key }) => `${task}/${key}`);
    expect(await page(undefined)).toEqual(["one/", "one/a", "one/b"]);
    await c.store.schedules.put([
      { taskId: one.id, definition: scheduleOf({ key: "a1" }), draftedAt: 0 },
      { taskId: one.id, definition: scheduleOf({ key: "bb" }), draftedAt: 0 },
    ]);
    expect(await page({ task: "one", key: "b" })).toEqual(["one/b c", "one/bb", "one/“é”"]);
    expect(await page({ task: "one", key: "“é”" })).toEqual(["two/a", "two/default"]);
    expect(await page({ task: "one", key: "“é”" }, one.id)).toEqual([]);
    expect(await page({ task: "one", key: "b" }, one.id)).toEqual(["one/b c", "one/bb", "one/“é”"]);
    expect(await page({ task: "zzz", key: "" })).toEqual([]);
    expect(await page({ task: "one", key: "gone" }, two.id)).toEqual(["two/a", "two/default"]);
  }),
  aloneExample(
    "gives those of a task, of an origin, and with them those that were removed, where it is asked to",
    async (c) => {
      const [task, another] = await c.deploy("app", [
        { name: "a", schedules: [{ key: "code" }] },
        { name: "b", schedules: [{}] },
      ]);
      if (!task || !another) throw new Error("two tasks were deployed");
      const put = (key: string) => ({ taskId: task.id, definition: scheduleOf({ key }), draftedAt: 0 });
      await c.store.schedules.put([put("gone"), put("put")]);
      await c.store.schedules.remove([{ taskId: task.id, key: "gone" }]);
      const keys = async (query: { taskId?: string; origin?: "code" | "runtime"; removed?: boolean; app?: string }) =>
        (await c.other.schedules.list({ ...query, limit: 10 })).map(({ key }) => key);
      expect(await keys({ taskId: task.id })).toEqual(["code", "put"]);
      expect(await keys({ taskId: another.id })).toEqual(["default"]);
      expect(await keys({ taskId: freshId() })).toEqual([]);
      expect(await keys({ app: "app", origin: "runtime" })).toEqual(["put"]);
      expect(await keys({ origin: "code" })).toEqual(["code", "default"]);
      expect(await keys({ taskId: task.id, removed: true })).toEqual(["code", "gone", "put"]);
      const rows = await c.store.schedules.list({ taskId: task.id, removed: true, limit: 10 });
      expect(rows.map(({ removed }) => removed)).toEqual([undefined, true, undefined]);
    },
  ),
];

export const get: Cases = [
  example("gives each schedule in its place, undefined where there is none", async (c) => {
    const { a, b } = await fiveSchedules(c);
    const rows = await c.schedules("one");
    const row = (taskId: string, key: string) => rows.find((one) => one.taskId === taskId && one.key === key);
    const items = [
      { taskId: b.id, key: "y" },
      { taskId: a.id, key: "y" },
      { taskId: a.id, key: "never" },
      { taskId: freshId(), key: "default" },
      { taskId: b.id, key: "y" },
    ];
    expect(await c.other.schedules.get(items)).toEqual([
      ...[row(b.id, "y"), undefined, row(a.id, "never"), undefined, row(b.id, "y")],
    ]);
    expect(row(b.id, "y")).toMatchObject({ key: "y", taskId: b.id });
    expect(await c.store.schedules.get([])).toEqual([]);
  }),
  example("gives one that was removed only where it is asked to", async (c) => {
    const task = await c.task();
    const item = { taskId: task.id, key: "default" };
    await c.store.schedules.put([
      { taskId: task.id, definition: scheduleOf({ nextAt: c.store.now() + 3_600_000 }), draftedAt: 0 },
    ]);
    const [before] = await c.store.schedules.get([item]);
    await c.store.schedules.remove([item]);
    expect(await c.other.schedules.get([item])).toEqual([undefined]);
    const [after] = await c.other.schedules.get([item], { removed: true });
    expect(after).toMatchObject({ id: before?.id, key: "default", spec: before?.spec, removed: true });
    expect([after?.nextAt, after?.dueAt]).toEqual([undefined, undefined]);
  }),
];

export const summaries: Cases = [
  example("says of each task what its schedules come to", async (c) => {
    const { a, b, d, at } = await fiveSchedules(c);
    const [x] = (await c.schedules("one")).filter(({ key }) => key === "x");
    const { id: scheduleId = 0, version = 0 } = x ?? {};
    await c.store.schedules.amend([{ scheduleId, version, kind: "pause", pause: {} }]);
    expect(await c.other.schedules.summaries([b.id, a.id, freshId(), d.id])).toEqual([
      { count: 2, paused: 1, nextAt: at + 20, dueAt: at + 10 },
      { count: 2, paused: 0, nextAt: at + 10, dueAt: at + 10 },
      { count: 0, paused: 0 },
      { count: 1, paused: 0, nextAt: at, dueAt: at },
    ]);
  }),
  example("counts no pause whose end has come", async (c) => {
    const nextAt = c.store.now() + 3_600_000;
    const task = await c.task({ schedules: [{ nextAt }] });
    const [row] = await c.store.schedules.get([{ taskId: task.id, key: "default" }]);
    const { id: scheduleId = 0, version = 0 } = row ?? {};
    const pause = { until: c.store.now() - 60_000 };
    await c.store.schedules.amend([{ scheduleId, version, kind: "pause", pause }]);
    expect(await c.other.schedules.summaries([task.id])).toEqual([{ count: 1, paused: 0, nextAt, dueAt: nextAt }]);
    const ahead = { until: c.store.now() + 60_000 };
    await c.store.schedules.amend([{ scheduleId, version: version + 1, kind: "pause", pause: ahead }]);
    expect(await c.other.schedules.summaries([task.id])).toEqual([{ count: 1, paused: 1, dueAt: nextAt }]);
  }),
  example("counts none that was removed, and tells an instant from when its run is due", async (c) => {
    const nextAt = c.store.now() + 3_600_000;
    const task = await c.task({ schedules: [{ key: "spread", nextAt, dueAt: nextAt + 9 }] });
    await c.store.schedules.put([{ taskId: task.id, definition: scheduleOf({ nextAt: nextAt - 9 }), draftedAt: 0 }]);
    await c.store.schedules.remove([{ taskId: task.id, key: "default" }]);
    expect(await c.store.schedules.summaries([task.id])).toEqual([{ count: 1, paused: 0, nextAt, dueAt: nextAt + 9 }]);
    expect(await c.store.schedules.summaries([])).toEqual([]);
  }),
];
