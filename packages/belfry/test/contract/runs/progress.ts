import { expect } from "vitest";
import { type Cases, example } from "../cases.ts";
import { freshId } from "../context.ts";

export const progress: Cases = [
  example("sets progress where the token holds, over what was there", async (c) => {
    const task = await c.task();
    const { id, token } = await c.start(await c.node([task]), task);
    expect((await c.get(id)).progress).toBeUndefined();
    for (const item of [{ value: 0, note: "begun" }, { value: 0.25 }, { value: 1, note: "" }]) {
      expect(await c.other.runs.progress([{ id, token, ...item }])).toEqual(["done"]);
      expect((await c.get(id)).progress).toEqual(item);
    }
  }),
  example("changes nothing under another token, or where no attempt runs", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const run = await c.start(node, task);
    await c.store.runs.progress([{ id: run.id, token: run.token, value: 0.5, note: "mine" }]);
    await c.bury(node);
    const before = await c.get(run.id);
    const write = (token: number) => c.store.runs.progress([{ id: run.id, token, value: 0.9 }]);
    for (const token of [run.token, 0, -1, run.token + 1]) expect(await write(token)).toEqual(["stale"]);
    expect(await c.get(run.id)).toEqual(before);
    const [again] = await (await c.node([task])).claim();
    expect(await write(run.token)).toEqual(["stale"]);
    expect((await c.get(run.id)).progress).toEqual({ value: 0.5, note: "mine" });
    await c.complete({ id: run.id, token: again?.token ?? 0 });
    expect(await write(again?.token ?? 0)).toEqual(["stale"]);
  }),
  example("keeps the last of an ended run", async (c) => {
    const task = await c.task();
    const { id, token } = await c.start(await c.node([task]), task);
    await c.store.runs.progress([{ id, token, value: 0.75, note: "almost" }]);
    await c.complete({ id, token });
    expect((await c.get(id)).progress).toEqual({ value: 0.75, note: "almost" });
  }),
  example("answers each item in its place; of two for one run the later stands", async (c) => {
    const task = await c.task();
    const { id, token } = await c.start(await c.node([task]), task);
    const items = [
      { id, token, value: 0.1 },
      { id: freshId(), token, value: 0.2 },
      { id, token: token + 1, value: 0.3 },
      { id, token, value: 0.4 },
    ];
    expect(await c.store.runs.progress(items)).toEqual(["done", "stale", "stale", "done"]);
    expect((await c.get(id)).progress).toEqual({ value: 0.4 });
    expect(await c.store.runs.progress([])).toEqual([]);
  }),
];
