import { expect } from "vitest";
import { limits } from "../../src/base/limits.ts";
import type { LogLine, LogStore } from "../../src/store/logs.ts";
import { type CasesOf, example } from "./cases.ts";
import { freshId } from "./context.ts";

const line = (message: string, rest: Partial<LogLine> = {}): LogLine => ({
  at: 1,
  attempt: 1,
  level: "info",
  message,
  ...rest,
});
const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => line(`line ${from + index}`));
const all = { after: 0, limit: 2_000 };

export const logs: CasesOf<LogStore> = {
  append: [
    example("keeps lines in order, with all that they say", async (c) => {
      const task = await c.task();
      const { id, token } = await c.start(await c.node([task]), task);
      const lines = [
        line("first", { level: "debug", at: 1_700_000_000_001 }),
        line("", { level: "warn", data: '{"__proto__": {"a":1}}' }),
        line("third 😀 'quoted' \"twice\"\n\u2028", { level: "error", data: "null", attempt: 7 }),
      ];
      expect(await c.other.logs.append([{ id, token, lines: lines.slice(0, 2) }])).toEqual(["done"]);
      expect(await c.store.logs.append([{ id, token, lines: lines.slice(2) }])).toEqual(["done"]);
      const expected = lines.map((one, index) => ({ n: index + 1, ...one }));
      for (const store of [c.store, c.other])
        expect(await store.logs.list(id, all)).toEqual({ lines: expected, dropped: 0 });
    }),
    example("keeps nothing under another token, or where no attempt runs", async (c) => {
      const task = await c.task();
      const node = await c.node([task]);
      const { id, token } = await c.start(node, task);
      const append = (under: number) => c.store.logs.append([{ id, token: under, lines: [line("late")] }]);
      for (const wrong of [token + 1, 0, -1]) expect(await append(wrong)).toEqual(["stale"]);
      await c.bury(node);
      expect(await append(token)).toEqual(["stale"]);
      const [again] = await (await c.node([task])).claim();
      expect(await append(token)).toEqual(["stale"]);
      await c.complete({ id, token: again?.token ?? 0 });
      expect(await append(again?.token ?? 0)).toEqual(["stale"]);
      expect(await c.store.logs.append([{ id: freshId(), token, lines: [line("late")] }])).toEqual(["stale"]);
      expect(await c.store.logs.list(id, all)).toEqual({ lines: [], dropped: 0 });
    }),
    example("goes on where an earlier attempt ended", async (c) => {
      const task = await c.task();
      const node = await c.node([task]);
      const { id, token } = await c.start(node, task);
      await c.store.logs.append([{ id, token, lines: [line("one")] }]);
      await c.finish({ id, token, event: "release" });
      const [again] = await node.claim();
      await c.store.logs.append([{ id, token: again?.token ?? 0, lines: [line("two", { attempt: 2 })] }]);
      const { lines } = await c.store.logs.list(id, all);
      expect(lines.map(({ n, attempt, message }) => [n, attempt, message])).toEqual([
        [1, 1, "one"],
        [2, 2, "two"],
      ]);
    }),
    example("keeps a run's first thousand lines, and counts the others", async (c) => {
      const task = await c.task();
      const { id, token } = await c.start(await c.node([task]), task);
      const max = limits.logLinesPerRunMax;
      const append = (from: number, count: number) =>
        c.store.logs.append([{ id, token, lines: numbered(from, count) }]);
      expect(await append(1, max - 2)).toEqual(["done"]);
      expect((await c.store.logs.list(id, all)).dropped).toBe(0);
      expect(await append(max - 1, 5)).toEqual(["done"]);
      expect(await append(max + 4, 4)).toEqual(["done"]);
      const { lines, dropped } = await c.other.logs.list(id, all);
      expect(dropped).toBe(7);
      expect(lines.map(({ n, message }) => [n, message])).toEqual(
        Array.from({ length: max }, (_, index) => [index + 1, `line ${index + 1}`]),
      );
    }),
    example("bounds each run for itself, and one call that is longer than the bound", async (c) => {
      const task = await c.task();
      const node = await c.node([task]);
      const [a, b] = [await c.start(node, task), await c.start(node, task)];
      const max = limits.logLinesPerRunMax;
      const answers = await c.store.logs.append([
        { id: a.id, token: a.token, lines: numbered(1, max + 1) },
        { id: b.id, token: b.token, lines: numbered(1, 3) },
      ]);
      expect(answers).toEqual(["done", "done"]);
      const [ofA, ofB] = [await c.store.logs.list(a.id, all), await c.store.logs.list(b.id, all)];
      expect([ofA.lines.length, ofA.dropped, ofB.lines.length, ofB.dropped]).toEqual([max, 1, 3, 0]);
    }),
    example("answers each item in its place, and one stale spoils no other", async (c) => {
      const task = await c.task();
      const { id, token } = await c.start(await c.node([task]), task);
      const answers = await c.store.logs.append([
        { id, token, lines: [line("a")] },
        { id, token: token + 1, lines: [line("b")] },
        { id: freshId(), token, lines: [line("c")] },
        { id, token, lines: [] },
        { id, token, lines: [line("d")] },
      ]);
      expect(answers).toEqual(["done", "stale", "stale", "done", "done"]);
      expect((await c.store.logs.list(id, all)).lines.map(({ message }) => message)).toEqual(["a", "d"]);
      expect(await c.store.logs.append([])).toEqual([]);
    }),
  ],
  list: [
    example("gives the lines after a number, at most as many as it may", async (c) => {
      const task = await c.task();
      const { id, token } = await c.start(await c.node([task]), task);
      await c.store.logs.append([{ id, token, lines: numbered(1, 10) }]);
      const numbers = async (after: number, limit: number) =>
        (await c.other.logs.list(id, { after, limit })).lines.map(({ n }) => n);
      expect(await numbers(0, 3)).toEqual([1, 2, 3]);
      expect(await numbers(3, 3)).toEqual([4, 5, 6]);
      expect(await numbers(8, 100)).toEqual([9, 10]);
      expect(await numbers(10, 100)).toEqual([]);
    }),
    example("gives nothing for a run without lines, or none", async (c) => {
      const id = await c.insert(await c.task());
      for (const one of [id, freshId()]) expect(await c.store.logs.list(one, all)).toEqual({ lines: [], dropped: 0 });
    }),
    example("still gives the lines of an ended run", async (c) => {
      const task = await c.task();
      const { id, token } = await c.start(await c.node([task]), task);
      await c.store.logs.append([{ id, token, lines: [line("kept")] }]);
      await c.complete({ id, token });
      expect((await c.store.logs.list(id, all)).lines).toMatchObject([{ n: 1, message: "kept" }]);
    }),
  ],
};
