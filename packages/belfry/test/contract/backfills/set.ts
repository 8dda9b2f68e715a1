import { expect } from "vitest";
import { type Cases, example } from "../cases.ts";
import { freshId } from "../context.ts";
import { backfill, backfillOf, completeAll, createOne, read, stepOf, take } from "./made.ts";

export const set: Cases = [
  example("pauses and resumes: what was made stays, and it goes on where it was", async (c) => {
    const { task, backfill: row } = await backfill(c);
    await take(c, stepOf(row, [1_000]));
    const before = await read(c, row);
    const paused = { ...before, state: "paused" };
    expect(await c.store.backfills.set([{ id: row.id, state: "paused" }])).toEqual([paused]);
    expect(await c.store.backfills.set([{ id: row.id, state: "paused" }])).toEqual([paused]);
    expect(await take(c, stepOf(before, [2_000]))).toBe("stale");
    expect(await completeAll(c, await c.node([task]))).toHaveLength(1);
    expect(await read(c, row)).toEqual({ ...paused, unfinished: 0 });
    const resumed = { ...before, unfinished: 0 };
    expect(await c.other.backfills.set([{ id: row.id, state: "running" }])).toEqual([resumed]);
    expect(await take(c, stepOf(before, [2_000]))).toBe("stepped");
  }),
  example("ends: no more runs are made, those that were stay", async (c) => {
    const { backfill: row } = await backfill(c);
    const step = stepOf(row, [1_000]);
    await take(c, step);
    const [ended] = await c.store.backfills.set([{ id: row.id, state: "cancelled" }]);
    expect(ended).toEqual({ ...(await read(c, row)), state: "cancelled", unfinished: 1, endedAt: ended?.endedAt });
    expect(ended?.endedAt).toBeGreaterThanOrEqual(row.createdAt);
    expect((await c.get(step.runs[0]?.id ?? "")).state).toBe("ready");
  }),
  example("leaves one that has ended as it is; each in its place, undefined where there is none", async (c) => {
    const { schedule, backfill: cancelled } = await backfill(c);
    const [done, running] = [await createOne(c, backfillOf(schedule)), await createOne(c, backfillOf(schedule))];
    await c.store.backfills.set([{ id: cancelled.id, state: "cancelled" }]);
    await take(c, stepOf(done, [], { exhausted: true }));
    const ended = [await read(c, cancelled), await read(c, done)];
    for (const state of ["running", "paused", "cancelled"] as const) {
      const ids = [cancelled.id, done.id, freshId(), running.id];
      const answers = await c.other.backfills.set(ids.map((id) => ({ id, state })));
      expect(answers.slice(0, 3)).toEqual([...ended, undefined]);
      expect(answers[3]?.state).toBe(state);
    }
    expect(await c.store.backfills.set([])).toEqual([]);
  }),
  example("one that is paused after all was handled is done once its runs have ended", async (c) => {
    const { task, backfill: row } = await backfill(c);
    await take(c, stepOf(row, [1_000], { exhausted: true }));
    await c.store.backfills.set([{ id: row.id, state: "paused" }]);
    await completeAll(c, await c.node([task]));
    expect(await read(c, row)).toMatchObject({ state: "done", unfinished: 0 });
  }),
];
