import { expect } from "vitest";
import type { ScheduleDefinition, Settlement } from "../../../src/store/schedules.ts";
import type { TaskDefinition } from "../../../src/store/tasks.ts";
import { type Cases, example } from "../cases.ts";
import { type Context, freshId, onlyOf, scheduleOf, taskOf } from "../context.ts";
import {
  chainOf,
  decidedOf,
  decisionsOf,
  fired,
  fireOne,
  firingOf,
  missingOf,
  rowOf,
  settlementOf,
  type Timetable,
  timetable,
} from "../timetable.ts";

const later = (c: Context) => c.store.now() + 3_600_000;

/** Applies a set with this one schedule of the task, or with none. */
function redeploy(
  c: Context,
  { task }: Pick<Timetable, "task">,
  schedule: ScheduleDefinition | undefined,
  settle: readonly Settlement[],
) {
  const tasks: TaskDefinition[] = [taskOf({ ...task, schedules: schedule ? [schedule] : [] })];
  return c.other.tasks.apply({ app: task.app, digest: freshId(), draftedAt: 0, tasks, settle });
}

export const applySchedules: Cases = [
  example("starts a new schedule at now: it has no instants before", async (c) => {
    const definition = scheduleOf({
      key: "daily “é”",
      spec: '{"cron": "0 2 * * *"}',
      payload: '{"__proto__":1 }',
      priority: -3,
      overlap: "allow",
      catchUp: "skip",
      nextAt: later(c),
    });
    const before = c.store.now();
    const task = await c.task({ schedules: [definition, { key: "" }] });
    const after = c.store.now();
    const rows = await c.schedules(undefined, c.other);
    const [second, first] = rows;
    expect(first).toEqual({
      ...definition,
      id: first?.id,
      taskId: task.id,
      task: task.name,
      app: task.app,
      ...{ version: first?.version, cursor: first?.cursor, since: first?.cursor, changedAt: first?.cursor },
      ...{ origin: "code", failures: 0 },
    });
    expect(second).toMatchObject({ key: "", taskId: task.id });
    for (const { cursor, version } of rows) {
      expect(cursor).toBeGreaterThanOrEqual(before);
      expect(cursor).toBeLessThanOrEqual(after);
      expect(version).toBeGreaterThan(0);
    }
    expect(await chainOf(c, first ?? { id: 0 })).toEqual([]);
  }),
  example("leaves an unchanged schedule as it is, whatever its next instant is said to be", async (c) => {
    const { task, schedule, instants } = await timetable(c, { payload: "1" });
    await fired(c, schedule, instants[0]);
    const before = await rowOf(c, schedule);
    const { key, spec, payload, priority, overlap, catchUp } = schedule;
    const same = { key, spec, payload, priority, overlap, catchUp };
    for (const nextAt of [undefined, 1, later(c)]) {
      const tasks = [
        taskOf({ name: "new", schedules: [{}] }),
        taskOf({ ...task, concurrency: 5, enabled: false, schedules: [{ ...same, nextAt }] }),
      ];
      const answer = await c.other.tasks.apply({ app: task.app, digest: freshId(), draftedAt: 0, tasks, settle: [] });
      expect(answer.outcome).toBe("applied");
      expect(await rowOf(c, schedule)).toEqual(before);
    }
    expect(decisionsOf(await chainOf(c, schedule))).toEqual([["fired", instants[0]]]);
  }),
  example("starts a changed schedule at now under a higher version, whatever changed", async (c) => {
    const nextAt = later(c);
    const task = await c.task({ schedules: [{ nextAt }] });
    const changes = [
      { spec: '{"every":2}' },
      { payload: "1" },
      { payload: "1 " },
      { priority: 1 },
      { overlap: "allow" },
      { catchUp: "skip" },
      { pauseOnFailure: 2 },
      { pauseOnFailure: undefined },
      { payload: undefined },
    ] as const;
    let definition = scheduleOf({ nextAt });
    for (const [index, change] of changes.entries()) {
      const before = onlyOf(await c.schedules(), task);
      await c.pass(before.cursor);
      definition = { ...definition, ...change, nextAt: nextAt + index + 1, dueAt: nextAt + index + 2 };
      expect((await redeploy(c, { task }, definition, [settlementOf(before)])).outcome).toBe("applied");
      const after = onlyOf(await c.schedules(), task);
      const { version, cursor } = after;
      expect(after).toEqual({ ...before, ...definition, version, cursor, since: cursor, changedAt: cursor });
      expect(after.version).toBeGreaterThan(before.version);
      expect(after.cursor).toBeGreaterThan(before.cursor);
      await chainOf(c, after);
    }
  }),
  example("is stale when a cursor or a version moved, or a schedule came, since it was computed", async (c) => {
    const { task, schedule, instants } = await timetable(c);
    const node = await c.node([]);
    const definition = scheduleOf({ spec: '{"every":9}' });
    const tryWith = async (settle: Settlement[]) => (await redeploy(c, { task }, definition, settle)).outcome;
    const digest = await c.digest(task.app);
    expect(await tryWith([settlementOf(schedule, { version: schedule.version + 1 })])).toBe("stale");
    expect(await tryWith([])).toBe("stale");
    const early = settlementOf(schedule, { ...decidedOf(schedule, instants[0]), wasDueAt: later(c) });
    expect(await tryWith([early])).toBe("stale");
    await fireOne(c.store, node.by(), firingOf(schedule, instants[0]));
    expect(await tryWith([settlementOf(schedule)])).toBe("stale");
    const moved = await rowOf(c, schedule);
    expect(moved).toMatchObject({ cursor: instants[0], version: schedule.version, spec: schedule.spec });
    expect(await c.digest(task.app)).toBe(digest);
    expect(decisionsOf(await chainOf(c, schedule))).toEqual([["fired", instants[0]]]);
    expect(await tryWith([settlementOf(moved)])).toBe("applied");
  }),
  example("is stale when the next instant of a new or changed schedule has passed, and applies nothing", async (c) => {
    const task = await c.task({ schedules: [{ nextAt: later(c) }] });
    const row = onlyOf(await c.schedules(), task);
    const digest = await c.digest(task.app);
    const passed = c.store.now() - 1;
    const changed = await redeploy(c, { task }, scheduleOf({ spec: "{}", nextAt: passed }), [settlementOf(row)]);
    const tasks = [taskOf({ ...task, schedules: [{}] }), taskOf({ schedules: [{ nextAt: passed }] })];
    const added = await c.store.tasks.apply({ app: task.app, digest: "x", draftedAt: 0, tasks, settle: [] });
    expect([changed.outcome, added.outcome]).toEqual(["stale", "stale"]);
    expect(await c.schedules()).toEqual([row]);
    expect((await c.store.tasks.list()).filter(({ defined }) => defined)).toEqual([task]);
    expect(await c.digest(task.app)).toBe(digest);
  }),
  example("is stale when it was computed for a time that has not come, and says what time it is", async (c) => {
    const { task, schedule, instants } = await timetable(c);
    const before = c.store.now();
    const deploy = { app: task.app, digest: "x", draftedAt: later(c), tasks: [taskOf({ schedules: [{}] })] };
    for (const settle of [[], [settlementOf(schedule, decidedOf(schedule, instants[3]))]]) {
      const answer = await c.other.tasks.apply({ ...deploy, settle });
      expect(answer).toEqual({ outcome: "stale", now: expect.any(Number) });
      const { now } = answer as { now: number };
      expect(now).toBeGreaterThanOrEqual(before);
      expect(now).toBeLessThan(deploy.draftedAt);
    }
    expect(await c.schedules(task.app)).toEqual([schedule]);
    expect(await chainOf(c, schedule)).toEqual([]);
  }),
  example("starts a schedule that comes back at now, and goes on with its chain", async (c) => {
    const { task, schedule, instants } = await timetable(c);
    const id = await fired(c, schedule, instants[0]);
    await c.store.runs.cancel([{ id }]);
    await redeploy(c, { task }, undefined, [settlementOf(await rowOf(c, schedule))]);
    const { upTo = 0 } = (await chainOf(c, schedule)).at(-1) ?? {};
    await c.pass(upTo);
    expect((await redeploy(c, { task }, scheduleOf({ nextAt: later(c) }), [])).outcome).toBe("applied");
    const back = onlyOf(await c.schedules(), task);
    expect(back.cursor).toBeGreaterThan(upTo);
    expect(back.version).toBeGreaterThan(schedule.version);
    await c.pass(back.cursor + 1);
    await fired(c, back, back.cursor + 1);
    expect((await chainOf(c, back)).at(-1)).toMatchObject({ decision: "fired", after: back.cursor });
  }),
];

export const settle: Cases = [
  example("records what was due of a removed schedule as removed, and lets go of it", async (c) => {
    const times = await timetable(c);
    const { task, schedule, instants } = times;
    const run = await fired(c, schedule, instants[0]);
    expect((await redeploy(c, times, undefined, [settlementOf(await rowOf(c, schedule))])).outcome).toBe("applied");
    const [first, removed, ...rest] = await chainOf(c, schedule);
    expect(first).toMatchObject({ decision: "fired", trackingId: run });
    expect(removed).toMatchObject({ decision: "removed", after: instants[0] });
    expect(removed?.upTo).toBeGreaterThan(instants[3]);
    expect(rest).toEqual([]);
    expect(await c.schedules()).toEqual([]);
    expect(await c.store.schedules.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
    expect(await c.store.schedules.nextAfter(0)).toBeUndefined();
    expect(await c.get(run)).toMatchObject({ state: "ready", scheduleKey: "default" });
    expect(
      await fireOne(c.store, (await c.node([task])).by(), firingOf({ ...schedule, cursor: instants[0] }, instants[1])),
    ).toEqual({ outcome: "stale" });
  }),
  example("removes the schedules of a removed task", async (c) => {
    const { task, schedule } = await timetable(c);
    await c.deploy(task.app, [], [settlementOf(schedule)]);
    expect(await c.schedules()).toEqual([]);
    expect((await chainOf(c, schedule)).map(({ decision }) => decision)).toEqual(["removed"]);
  }),
  example("fires what the old definition says, as the old definition says", async (c) => {
    const times = await timetable(c, { payload: '"old"', priority: 4 });
    const { task, schedule, instants } = times;
    const decision = decidedOf(schedule, instants[2], { missedUpTo: instants[1] });
    const settlement = settlementOf(schedule, decision);
    const changed = scheduleOf({ payload: '"new"', spec: "{}", nextAt: later(c) });
    expect((await redeploy(c, times, changed, [settlement])).outcome).toBe("applied");
    const run = await c.get(decision.runId);
    expect(run).toMatchObject({ taskId: task.id, trigger: "schedule", state: "ready", payload: '"old"', priority: 4 });
    expect(run).toMatchObject({ scheduleKey: "default", scheduledFor: instants[2] });
    const [missed, fire] = await chainOf(c, schedule);
    expect(missed).toMatchObject({ decision: "missed", after: schedule.cursor, upTo: instants[1] });
    expect(fire).toMatchObject({ decision: "fired", upTo: instants[2], trackingId: decision.runId });
    const { cursor } = await rowOf(c, schedule);
    expect(cursor).toBeGreaterThan(instants[2]);
    await c.pass(cursor);
  }),
  example("records what was missed", async (c) => {
    const times = await timetable(c);
    const { schedule, instants } = times;
    const { links, newCursor, wasDueAt } = missingOf(schedule, instants[3]);
    const settlement = settlementOf(schedule, { links, newCursor, wasDueAt });
    expect((await redeploy(c, times, scheduleOf({ spec: "{}" }), [settlement])).outcome).toBe("applied");
    expect((await chainOf(c, schedule))[0]).toMatchObject({
      decision: "missed",
      after: schedule.cursor,
      upTo: instants[3],
    });
    expect((await c.store.runs.list({ limit: 10 })).items).toEqual([]);
  }),
  example("skips by overlap what would fire while an earlier run is unfinished", async (c) => {
    const times = await timetable(c);
    const { schedule, instants } = times;
    await fired(c, schedule, instants[0]);
    const row = await rowOf(c, schedule);
    const decision = decidedOf(row, instants[2], { missedUpTo: instants[1] });
    const settlement = settlementOf(row, decision);
    expect((await redeploy(c, times, scheduleOf({ spec: "{}" }), [settlement])).outcome).toBe("applied");
    const decisions = decisionsOf(await chainOf(c, schedule));
    expect(decisions.slice(0, 3)).toEqual([
      ["fired", instants[0]],
      ["missed", instants[1]],
      ["overlap", instants[2]],
    ]);
    expect(await c.store.runs.get([decision.runId])).toEqual([undefined]);
  }),
  example("records what was due of a disabled task as disabled", async (c) => {
    const times = await timetable(c, {}, { enabled: false });
    const { schedule, instants } = times;
    const decision = decidedOf(schedule, instants[3]);
    const settlement = settlementOf(schedule, decision);
    expect((await redeploy(c, times, scheduleOf({ spec: "{}" }), [settlement])).outcome).toBe("applied");
    const [first] = await chainOf(c, schedule);
    expect(first).toMatchObject({ decision: "disabled", after: schedule.cursor });
    expect(first?.upTo).toBeGreaterThanOrEqual(instants[3]);
    expect(await c.store.runs.get([decision.runId])).toEqual([undefined]);
  }),
  example("makes one run when it is repeated", async (c) => {
    const times = await timetable(c);
    const { task, schedule, instants } = times;
    const settle = [settlementOf(schedule, decidedOf(schedule, instants[0]))];
    const changed = scheduleOf({ spec: "{}", nextAt: later(c) });
    await redeploy(c, times, changed, settle);
    const before = [await rowOf(c, schedule), await chainOf(c, schedule)];
    expect((await redeploy(c, times, changed, settle)).outcome).toBe("applied");
    expect([await rowOf(c, schedule), await chainOf(c, schedule)]).toEqual(before);
    expect((await c.store.runs.list({ task: task.name, limit: 10 })).items).toHaveLength(1);
  }),
];
