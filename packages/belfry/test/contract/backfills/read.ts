import { expect } from "vitest";
import { type Cases, example } from "../cases.ts";
import { freshId, idsOf } from "../context.ts";
import { putTimetable } from "../schedules/made.ts";
import { backfill, backfillOf, createOne, read } from "./made.ts";

export const create: Cases = [
  example("keeps a backfill, with the schedule's rule and the terms of its runs as they are now", async (c) => {
    const rules = { key: "k “é”", spec: '{"cron":"0 2 * * *"}', payload: '{"__proto__":1 }', priority: -4 };
    const before = c.store.now();
    const told = { order: "newest", reprocess: "failed", concurrency: 9, reason: "“why”", author: "me" } as const;
    const { task, schedule, backfill: row } = await backfill(c, told, rules);
    const item = { id: row.id, scheduleId: schedule.id, from: 1_000, to: 9_000, ...told };
    expect(row).toEqual({
      ...{ ...item, ...rules, taskId: task.id, task: task.name, state: "running", exhausted: false },
      ...{ made: 0, passed: 0, unfinished: 0, createdAt: row.createdAt },
    });
    expect(row.createdAt).toBeGreaterThanOrEqual(before);
    expect(await read(c, row)).toEqual(row);
  }),
  example("changes nothing for an id that exists, and answers it; undefined where the schedule is gone", async (c) => {
    const { task, schedule } = await putTimetable(c);
    const item = backfillOf(schedule);
    const row = await createOne(c, item);
    const gone = backfillOf({ id: 999_999_999 });
    expect(await c.other.backfills.create([gone, { ...item, concurrency: 7, from: 0 }])).toEqual([undefined, row]);
    await c.store.schedules.remove([{ taskId: task.id, key: "default" }]);
    const late = backfillOf(schedule);
    expect(await c.store.backfills.create([late, item])).toEqual([undefined, row]);
    expect(await c.store.backfills.get([gone.id, late.id])).toEqual([undefined, undefined]);
    expect(await c.store.backfills.create([])).toEqual([]);
  }),
];

export const get: Cases = [
  example("gives each backfill in its place, undefined where there is none", async (c) => {
    const { schedule, backfill: one } = await backfill(c);
    const two = await createOne(c, backfillOf(schedule));
    const ids = [two.id, freshId(), one.id, two.id];
    expect(await c.other.backfills.get(ids)).toEqual([two, undefined, one, two]);
    expect(await c.store.backfills.get([])).toEqual([]);
  }),
];

export const list: Cases = [
  example("gives pages of all, or of a task's, newest first", async (c) => {
    const { schedule, task, backfill: first } = await backfill(c);
    const another = await backfill(c);
    const rest = [await createOne(c, backfillOf(schedule)), await createOne(c, backfillOf(schedule))];
    const all = idsOf([first, another.backfill, ...rest]).reverse();
    const ids = async (query: { taskId?: string; before?: string; limit: number }) =>
      idsOf(await c.other.backfills.list(query));
    expect(await ids({ limit: 10 })).toEqual(all);
    expect(await ids({ limit: 2 })).toEqual(all.slice(0, 2));
    const newer = await createOne(c, backfillOf(schedule));
    expect(await ids({ before: all[1], limit: 2 })).toEqual(all.slice(2));
    expect(await ids({ before: first.id, limit: 2 })).toEqual([]);
    expect(await ids({ taskId: another.task.id, limit: 10 })).toEqual([another.backfill.id]);
    expect(await ids({ taskId: task.id, before: rest[1]?.id, limit: 10 })).toEqual([rest[0]?.id, first.id]);
    expect(await ids({ taskId: freshId(), limit: 10 })).toEqual([]);
    expect((await ids({ limit: 1 }))[0]).toBe(newer.id);
    expect(await c.store.backfills.list({ limit: 1 })).toEqual([newer]);
  }),
];

export const running: Cases = [
  example("gives those that run, oldest first", async (c) => {
    expect(await c.store.backfills.running()).toEqual([]);
    const { schedule, backfill: first } = await backfill(c);
    const [paused, cancelled] = [await createOne(c, backfillOf(schedule)), await createOne(c, backfillOf(schedule))];
    const done = await createOne(c, backfillOf(schedule));
    const last = await createOne(c, backfillOf(schedule));
    await c.store.backfills.set([
      { id: paused.id, state: "paused" },
      { id: cancelled.id, state: "cancelled" },
    ]);
    await c.store.backfills.step([{ id: done.id, exhausted: true, runs: [], passed: 3 }]);
    expect(await c.other.backfills.running()).toEqual([first, last]);
    await c.store.backfills.set([{ id: paused.id, state: "running" }]);
    expect(idsOf(await c.other.backfills.running())).toEqual(idsOf([first, paused, last]));
  }),
];
