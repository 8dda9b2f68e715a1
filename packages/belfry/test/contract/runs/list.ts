import { expect } from "vitest";
import { BelfryError } from "../../../src/base/errors.ts";
import type { RunQuery } from "../../../src/store/runs.ts";
import type { Store } from "../../../src/store/store.ts";
import { type Cases, example } from "../cases.ts";
import { failureOf, idsOf, longDelayMs, newRun } from "../context.ts";

async function listIds(store: Store, query: Partial<RunQuery> = {}): Promise<string[]> {
  return idsOf((await store.runs.list({ limit: 100, ...query })).items);
}

async function walk(
  store: Store,
  query: RunQuery,
  between: () => Promise<unknown> = async () => undefined,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.runs.list({ ...query, cursor });
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    ids.push(...idsOf(page.items));
    cursor = page.cursor;
    await between();
  } while (cursor !== undefined);
  return ids;
}

export const list: Cases = [
  example("gives runs newest first, as get gives them, to either store", async (c) => {
    const task = await c.task();
    expect(await c.store.runs.list({ limit: 10 })).toEqual({ items: [] });
    const ids = [
      await c.insert(task, { delayMs: longDelayMs }),
      await c.ended(task),
      await c.insert(task, { priority: 5 }),
    ];
    ids.reverse();
    for (const store of [c.store, c.other]) {
      const { items, cursor } = await store.runs.list({ limit: 10 });
      expect(items).toEqual(await store.runs.get(ids));
      expect(cursor).toBeUndefined();
    }
  }),
  example("filters by task, over all apps, names exactly as they are", async (c) => {
    const [task] = await c.deploy("one", [{ name: "bill" }]);
    const [another] = await c.deploy("two", [{ name: "Bill-2" }]);
    if (!task || !another) throw new Error("two tasks were deployed");
    const [a, b] = [await c.insert(task), await c.insert(another)];
    expect(await listIds(c.store, { task: "bill" })).toEqual([a]);
    expect(await listIds(c.store, { task: "Bill-2" })).toEqual([b]);
    expect(await listIds(c.store, { task: "Bill" })).toEqual([]);
    expect(await listIds(c.store, { task: "bi%" })).toEqual([]);
    expect(await listIds(c.store)).toEqual([b, a]);
  }),
  example("filters by status, processing from the first start to the end", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const retried = await c.start(node, task);
    const released = await c.start(node, task);
    const running = await c.start(node, task);
    const completed = await c.ended(task);
    const [ready, delayed, cancelled] = [
      await c.insert(task),
      await c.insert(task, { delayMs: longDelayMs }),
      await c.insert(task),
    ];
    await c.finish({ ...retried, event: "retry", error: failureOf(), delayMs: longDelayMs });
    await c.finish({ ...released, event: "release" });
    await c.store.runs.cancel([{ id: cancelled }]);
    expect(await listIds(c.store, { status: "pending" })).toEqual([delayed, ready]);
    expect(await listIds(c.store, { status: "processing" })).toEqual([running.id, released.id, retried.id]);
    expect(await listIds(c.other, { status: "completed" })).toEqual([completed]);
    expect(await listIds(c.other, { status: "errors" })).toEqual([cancelled]);
  }),
  example("filters by trigger", async (c) => {
    const task = await c.task();
    const [manual, retry] = [
      await c.insert(task),
      await c.insert(task, { trigger: "retry", retryOf: "0123456789abcdef01234567" }),
    ];
    expect(await listIds(c.store, { trigger: "manual" })).toEqual([manual]);
    expect(await listIds(c.store, { trigger: "retry" })).toEqual([retry]);
    expect(await listIds(c.store, { trigger: "schedule" })).toEqual([]);
  }),
  example("filters by when they were triggered: from is included, to is not", async (c) => {
    const task = await c.task();
    const first = await c.insert(task);
    const { triggeredAt: from } = await c.get(first);
    await c.pass(from);
    const second = await c.insert(task);
    const { triggeredAt: to } = await c.get(second);
    expect(await listIds(c.store, { from })).toEqual([second, first]);
    expect(await listIds(c.store, { from: from + 1 })).toEqual([second]);
    expect(await listIds(c.store, { to })).toEqual([first]);
    expect(await listIds(c.store, { to: to + 1 })).toEqual([second, first]);
    expect(await listIds(c.store, { from, to: from })).toEqual([]);
  }),
  example("applies all filters at once", async (c) => {
    const [task, another] = [await c.task(), await c.task()];
    await c.ended(task);
    const [id] = [await c.insert(task), await c.insert(another)];
    const { triggeredAt } = await c.get(id);
    const query = {
      task: task.name,
      status: "pending",
      trigger: "manual",
      from: triggeredAt,
      to: triggeredAt + longDelayMs,
    } as const;
    expect(await listIds(c.store, query)).toEqual([id]);
  }),
  example("gives every run once over the pages, whatever their length", async (c) => {
    const [task, another] = [await c.task(), await c.task()];
    const runs = Array.from({ length: 21 }, (_, index) => newRun(index % 3 ? task : another));
    await c.store.runs.insert(runs);
    const ids = idsOf(runs).reverse();
    for (const limit of [1, 4, 7, 21, 50]) expect(await walk(c.other, { limit })).toEqual(ids);
    const own = idsOf(runs.filter(({ taskId }) => taskId === task.id)).reverse();
    expect(await walk(c.store, { limit: 5, task: task.name })).toEqual(own);
  }),
  example("has no cursor where nothing follows", async (c) => {
    const task = await c.task();
    await c.store.runs.insert([newRun(task), newRun(task)]);
    expect((await c.store.runs.list({ limit: 1 })).cursor).toBeTypeOf("string");
    expect((await c.store.runs.list({ limit: 2 })).cursor).toBeUndefined();
  }),
  example("neither repeats nor leaves out a run when others come, change or go between the pages", async (c) => {
    const task = await c.task();
    const runs = Array.from({ length: 9 }, () => newRun(task));
    await c.store.runs.insert(runs);
    const node = await c.node([task]);
    const ids = await walk(c.store, { limit: 2 }, async () => {
      await c.other.runs.insert([newRun(task, { priority: 100 })]);
      for (const run of await node.claim(1)) await c.complete(run);
    });
    expect(ids).toEqual(idsOf(runs).reverse());
  }),
  example("rejects a cursor that is none of its own with E_CURSOR", async (c) => {
    await c.insert(await c.task());
    for (const cursor of ["", " ", "x", "-1", "null", "1.5", "' OR 1=1 --", "٣", "{}", "9".repeat(400)]) {
      const listing = c.store.runs.list({ limit: 1, cursor });
      await expect(listing, JSON.stringify(cursor)).rejects.toSatisfy(
        (error) => error instanceof BelfryError && error.code === "E_CURSOR",
      );
    }
  }),
];
