import { expect } from "vitest";
import type { ScheduleRow } from "../../../src/store/schedules.ts";
import { type Cases, example } from "../cases.ts";
import { type Context, freshId, scheduleOf, taskOf } from "../context.ts";
import { chainOf, fired, rowOf, settlementOf, timetable } from "../timetable.ts";
import { putOne, putTimetable } from "./made.ts";

const all = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 100 };

/** Changes what the schedule's spec is, once its present definition has held for a while. */
async function respec(c: Context, schedule: ScheduleRow, spec: string, author?: string): Promise<ScheduleRow> {
  const row = await rowOf(c, schedule);
  await c.pass(row.cursor);
  await putOne(
    c,
    { id: row.taskId },
    { ...row, spec, nextAt: undefined, dueAt: undefined },
    { settle: settlementOf(row), author },
  );
  return rowOf(c, schedule);
}

export const past: Cases = [
  example("keeps each definition that held, for the instants that it decided, oldest first", async (c) => {
    const { schedule, instants } = await putTimetable(c, { payload: '"a"', pauseOnFailure: 3 });
    await fired(c, schedule, instants[0]);
    const second = await respec(c, schedule, "2", "me");
    const third = await respec(c, schedule, "3");
    const { key, priority, overlap, catchUp, pauseOnFailure, payload } = schedule;
    const rules = { key, priority, overlap, catchUp, pauseOnFailure, payload };
    expect(await c.other.schedules.past(schedule.id, all)).toEqual([
      { ...rules, spec: schedule.spec, since: schedule.since, upTo: second.since },
      { ...rules, spec: "2", since: second.since, upTo: third.since, author: "me" },
    ]);
    const upTo = (await chainOf(c, schedule)).at(-1)?.upTo;
    expect([upTo, third.cursor]).toEqual([third.since, third.since]);
  }),
  example("gives those of which any instant lies in (from, to], at most so many", async (c) => {
    const { schedule } = await putTimetable(c);
    const second = await respec(c, schedule, "2");
    const third = await respec(c, schedule, "3");
    const specs = async (from: number, to: number, limit = 100) =>
      (await c.other.schedules.past(schedule.id, { from, to, limit })).map(({ spec }) => spec);
    const one = schedule.spec;
    expect(await specs(schedule.since, second.since)).toEqual([one]);
    expect(await specs(0, schedule.since)).toEqual([]);
    expect(await specs(second.since - 1, second.since + 1)).toEqual([one, "2"]);
    expect(await specs(second.since, third.since)).toEqual(["2"]);
    expect(await specs(third.since, all.to)).toEqual([]);
    expect(await specs(0, all.to, 1)).toEqual([one]);
    expect(await specs(second.since, all.to, 1)).toEqual(["2"]);
    expect(await c.store.schedules.past(999_999_999, all)).toEqual([]);
  }),
  example("keeps the definition of what is removed, also by a deploy, with its release", async (c) => {
    const { task, schedule } = await putTimetable(c);
    await c.store.schedules.remove([{ taskId: task.id, key: "default" }]);
    const [removed, ...rest] = await c.store.schedules.past(schedule.id, all);
    expect([removed?.spec, removed?.since, rest]).toEqual([schedule.spec, schedule.since, []]);
    expect(removed?.upTo).toBe((await chainOf(c, schedule)).at(-1)?.upTo);
    const app = `app-${freshId()}`;
    const tasks = [taskOf({ name: `t-${freshId()}`, schedules: [scheduleOf({ spec: "1" })] })];
    const deploy = { app, digest: "d", draftedAt: 0 };
    await c.store.tasks.apply({ ...deploy, release: "v1", tasks, settle: [] });
    const [row] = await c.schedules(app);
    await c.pass(row?.cursor ?? 0);
    await c.store.tasks.apply({
      ...deploy,
      digest: "e",
      release: "v2",
      tasks: [],
      settle: row ? [settlementOf(row)] : [],
    });
    expect(await c.other.schedules.past(row?.id ?? 0, all)).toMatchObject([
      { spec: "1", since: row?.since, release: "v1" },
    ]);
  }),
  example("an equal definition, a pause, a skip and a resuming leave none", async (c) => {
    const { task, schedule } = await putTimetable(c);
    const { id: scheduleId } = schedule;
    await putOne(c, task, schedule);
    for (const change of [
      { kind: "pause", pause: {} },
      { kind: "skip", until: 1 },
      { kind: "resume", draftedAt: 0 },
    ] as const)
      await c.store.schedules.amend([{ ...change, scheduleId, version: (await rowOf(c, schedule)).version }]);
    expect(await c.store.schedules.past(scheduleId, all)).toEqual([]);
    expect((await rowOf(c, schedule)).since).toBe(schedule.since);
  }),
  example("the chain has no gap across edits, pauses, skips, deploys and removals", async (c) => {
    const { task, schedule, instants } = await timetable(c, { overlap: "allow" });
    const { id: scheduleId } = schedule;
    await fired(c, schedule, instants[0]);
    const amend = async (change: { kind: "pause"; pause: object } | { kind: "resume"; draftedAt: number }) =>
      c.store.schedules.amend([{ ...change, scheduleId, version: (await rowOf(c, schedule)).version }]);
    await amend({ kind: "pause", pause: {} });
    await amend({ kind: "resume", draftedAt: 0 });
    const settle = async () => [settlementOf(await rowOf(c, schedule))];
    await c.pass((await rowOf(c, schedule)).cursor + 1);
    await c.deploy(task.app, [{ name: task.name, schedules: [{ spec: "2" }] }], await settle());
    await c.pass((await rowOf(c, schedule)).cursor + 1);
    await c.deploy(task.app, [{ name: task.name }], await settle());
    await c.pass(((await chainOf(c, schedule)).at(-1)?.upTo ?? 0) + 1);
    await putOne(c, task, { spec: "3" });
    await c.pass((await rowOf(c, schedule)).cursor + 1);
    await c.store.schedules.remove([{ taskId: task.id, key: "default" }]);
    const chain = await chainOf(c, schedule);
    expect(chain.map(({ decision }) => decision)).toEqual(["fired", "paused", "removed"]);
    const kept = await c.store.schedules.past(scheduleId, all);
    expect(kept.map(({ spec }) => spec)).toEqual([schedule.spec, "2", "3"]);
    for (const [index, { since }] of kept.entries()) expect(since).toBeGreaterThanOrEqual(kept[index - 1]?.upTo ?? 0);
    expect(chain.at(-1)?.upTo).toBe(kept.at(-1)?.upTo);
  }),
];
