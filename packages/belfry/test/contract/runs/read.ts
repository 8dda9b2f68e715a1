import { expect } from "vitest";
import { type Cases, example } from "../cases.ts";
import { failureOf, freshId, idsOf, newRun } from "../context.ts";
import { texts } from "../texts.ts";
import { rowOf } from "./row.ts";

const error = failureOf();

export const held: Cases = [
  example("gives the runs that the epoch holds, as they were claimed, to either store", async (c) => {
    const task = await c.task();
    const [node, another] = [await c.node([task]), await c.node([task])];
    await c.start(another, task);
    const runs = [await c.start(node, task, { priority: 1, payload: "[1]" }), await c.start(node, task)];
    for (const store of [c.store, c.other]) {
      const answer = await store.runs.held(node.epoch);
      expect(new Set(answer.runs)).toEqual(new Set(runs));
      expect(answer.cancelled).toEqual([]);
    }
  }),
  example("finds what was claimed by a call whose answer was lost", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const ids = [await c.insert(task), await c.insert(task)];
    await node.claim();
    const { runs } = await c.store.runs.held(node.epoch);
    expect(idsOf(runs).sort()).toEqual(ids.sort());
    for (const run of runs) await c.complete(run);
  }),
  example("names those whose cancelling was asked for", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const [run] = [await c.start(node, task), await c.start(node, task)];
    await c.other.runs.cancel([{ id: run.id }]);
    expect((await c.store.runs.held(node.epoch)).cancelled).toEqual([{ id: run.id }]);
    expect((await c.store.runs.held(node.epoch)).runs).toHaveLength(2);
  }),
  example("no longer gives what ended, was given back or was taken over", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const runs = [
      await c.start(node, task),
      await c.start(node, task),
      await c.start(node, task),
      await c.start(node, task),
    ];
    const [a, b, d, e] = runs.map(({ id, token }) => ({ id, token }));
    if (!a || !b || !d || !e) throw new Error("four runs were started");
    await c.store.runs.finish([
      { ...a, event: "complete" },
      { ...b, event: "fail", error },
      { ...d, event: "retry", error, delayMs: 0 },
    ]);
    expect(idsOf((await c.store.runs.held(node.epoch)).runs)).toEqual([e.id]);
    await c.bury(node);
    expect(await c.store.runs.held(node.epoch)).toEqual({ runs: [], cancelled: [] });
    expect(await c.store.runs.held(999_999_999)).toEqual({ runs: [], cancelled: [] });
  }),
];

export const get: Cases = [
  example("answers each id in its place, undefined where there is no run, and repeated ids", async (c) => {
    const task = await c.task();
    const [a, b] = [await c.insert(task), await c.insert(task)];
    const runs = await c.store.runs.get([b, freshId(), a, b, "", "no id"]);
    expect(runs.map((run) => run?.id)).toEqual([b, undefined, a, b, undefined, undefined]);
    expect(runs[3]).toEqual(runs[0]);
    expect(await c.store.runs.get([])).toEqual([]);
  }),
  example("sees all that either store has answered", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const id = freshId();
    const stores = [c.store, c.other] as const;
    for (const [writer, reader] of [stores, [c.other, c.store] as const]) {
      await writer.runs.insert([newRun(task, { id })]);
      expect(await reader.runs.get([id])).toMatchObject([{ id }]);
    }
    const [run] = await node.claim();
    expect(await c.other.runs.get([id])).toMatchObject([{ state: "running" }]);
    await c.finish({ id, token: run?.token ?? 0, event: "complete" }, c.other);
    expect(await c.store.runs.get([id])).toMatchObject([{ state: "completed" }]);
  }),
  example("has no nulls: what is not known is absent", async (c) => {
    const task = await c.task();
    await c.ended(task);
    const id = await c.insert(task);
    const { items } = await c.store.runs.list({ limit: 10 });
    const values = [...items, await c.get(id)].flatMap((run) => [
      ...Object.values(rowOf(run)),
      ...run.attempts.flatMap(Object.values),
    ]);
    expect(values).not.toContain(null);
  }),
  example("keeps texts character for character", async (c) => {
    const task = await c.task();
    const node = await c.node([task], { name: "nœud “1”" });
    const runs = texts.map((text) => newRun(task, { payload: text, reason: text }));
    const answers = await c.store.runs.insert(runs, node.by());
    const started = answers.map((answer) => ("claimed" in answer ? answer.claimed : undefined));
    expect(started.map((run) => run?.payload)).toEqual(texts);
    const items = runs.map(({ id }, index) => ({ id, token: started[index]?.token ?? 0 }));
    await c.store.runs.progress(items.map((item, index) => ({ ...item, value: 0.1, note: texts[index] })));
    await c.other.runs.finish(items.map((item, index) => ({ ...item, event: "complete", result: texts[index] })));
    for (const [index, row] of (await c.other.runs.get(idsOf(runs))).entries()) {
      const text = texts[index];
      expect([row?.payload, row?.reason, row?.result, row?.progress?.note]).toEqual([text, text, text, text]);
      expect(row?.attempts[0]?.node).toBe("nœud “1”");
    }
  }),
  example("keeps errors character for character", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    for (const text of ["", "😀 'quoted' \"twice\"\n\tat x", "x".repeat(8_000)]) {
      const run = await c.start(node, task);
      const whole = {
        code: "E_HANDLER",
        name: text,
        message: text,
        stack: text,
        cause: { name: "__proto__", message: text },
      } as const;
      await c.finish({ ...run, event: "fail", error: whole });
      expect((await c.get(run.id, c.other)).attempts[0]?.error).toEqual(whole);
    }
  }),
  example("keeps an empty reason apart from none", async (c) => {
    const task = await c.task();
    const [empty, none] = [await c.insert(task, { reason: "" }), await c.insert(task)];
    expect((await c.get(empty)).reason).toBe("");
    expect((await c.get(none)).reason).toBeUndefined();
  }),
];
