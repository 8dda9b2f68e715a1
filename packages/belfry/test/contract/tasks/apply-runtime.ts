import { expect } from "vitest";
import { type Case, example } from "../cases.ts";
import { taskOf } from "../context.ts";
import { later, putOne, putTimetable, standing } from "../schedules/made.ts";
import { chainOf, fired, rowOf, settlementOf, timetable } from "../timetable.ts";

export const applyRuntime: readonly Case[] = [
  example(
    "leaves schedules that were made at run time, whatever the set has, and also where their task goes",
    async (c) => {
      const task = await c.task({ schedules: [{ key: "code" }] });
      const { schedule, instants } = await putTimetable(c, {}, task);
      await fired(c, schedule, instants[0]);
      const before = await rowOf(c, schedule);
      await c.deploy(task.app, [{ name: task.name, schedules: [{ key: "code" }, { key: "more" }] }]);
      expect(await rowOf(c, schedule)).toEqual(before);
      const code = (await c.schedules(task.app)).filter(({ origin }) => origin === "code");
      await c.deploy(
        task.app,
        [],
        code.map((row) => settlementOf(row)),
      );
      expect(await c.schedules(task.app)).toEqual([before]);
      await c.deploy(task.app, [{ name: task.name }]);
      expect(await c.schedules(task.app)).toEqual([before]);
      expect(await chainOf(c, schedule)).toHaveLength(1);
    },
  ),
  example("the code's definition takes the place of one that was made at run time under its key", async (c) => {
    const { task, schedule, instants } = await putTimetable(c);
    await fired(c, schedule, instants[0]);
    const row = await rowOf(c, schedule);
    const tasks = [taskOf({ ...task, schedules: [{ spec: '"code"', nextAt: later(c) }] })];
    const deploy = { app: task.app, digest: "x", draftedAt: 0, tasks };
    expect((await c.store.tasks.apply({ ...deploy, settle: [] })).outcome).toBe("stale");
    expect((await c.store.tasks.apply({ ...deploy, settle: [settlementOf(row)] })).outcome).toBe("applied");
    const after = await rowOf(c, schedule);
    expect(after).toMatchObject({ id: row.id, origin: "code", spec: '"code"', since: after.cursor });
    expect(after.version).toBeGreaterThan(row.version);
    expect((await chainOf(c, schedule)).map(({ decision }) => decision)).toEqual(["fired", "removed"]);
    const past = await c.other.schedules.past(schedule.id, { from: 0, to: after.cursor, limit: 9 });
    expect(past).toMatchObject([{ spec: schedule.spec, upTo: after.since }]);
    expect((await putOne(c, task, { spec: "2" }, { settle: settlementOf(after) })).outcome).toBe("code");
  }),
  example("the code takes over an equal definition as it stands", async (c) => {
    const task = await c.task();
    const { row } = standing(await putOne(c, task, { nextAt: later(c) }, { author: "me" }));
    await c.deploy(task.app, [{ name: task.name, schedules: [{ nextAt: later(c) + 1 }] }]);
    const after = await rowOf(c, row);
    const { cursor, version, since, nextAt, dueAt } = row;
    expect(after).toMatchObject({ origin: "code", cursor, version, since, nextAt, dueAt });
    expect(after.author).toBeUndefined();
    expect((await c.store.schedules.remove([{ taskId: task.id, key: "default" }]))[0]).toEqual({ outcome: "code" });
  }),
  example("a pause, a skip and the count of failures stay, also when the definition changes", async (c) => {
    const { task, schedule } = await timetable(c);
    const { id: scheduleId, version } = schedule;
    await c.store.schedules.amend([{ scheduleId, version, kind: "skip", until: 7 }]);
    const skipped = await rowOf(c, schedule);
    await c.store.schedules.amend([{ scheduleId, version: skipped.version, kind: "pause", pause: { reason: "r" } }]);
    const before = await rowOf(c, schedule);
    await c.deploy(task.app, [{ name: task.name, schedules: [{ spec: "2" }] }], [settlementOf(before)]);
    expect(await rowOf(c, schedule)).toMatchObject({ spec: "2", pause: before.pause, skipUntil: 7, failures: 0 });
  }),
];
