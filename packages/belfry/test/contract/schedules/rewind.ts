import { expect } from "vitest";
import type { AmendAnswer, ScheduleRow } from "../../../src/store/schedules.ts";
import { aloneExample, type Cases, example } from "../cases.ts";
import type { Context } from "../context.ts";
import {
  chainOf,
  decisionsOf,
  fired,
  fireOne,
  firingOf,
  missingOf,
  rowOf,
  settlementOf,
  soon,
  timetable,
  toldOf,
} from "../timetable.ts";
import { later, putOne, putTimetable } from "./made.ts";

/** Decides what the clock, which was ahead, had taken to be due. */
async function fireAhead(c: Context, schedule: ScheduleRow, instant: number, missedUpTo?: number) {
  const row = await rowOf(c, schedule);
  const firing = firingOf(row, instant, { wasDueAt: row.since, ...(missedUpTo === undefined ? {} : { missedUpTo }) });
  const answer = await fireOne(c.store, (await c.node([])).by(), firing);
  return { answer, runId: firing.runId };
}

async function missAhead(c: Context, schedule: ScheduleRow, upTo: number): Promise<void> {
  const row = await rowOf(c, schedule);
  const firing = { ...missingOf(row, upTo), wasDueAt: row.since };
  expect(toldOf(await fireOne(c.store, (await c.node([])).by(), firing))).toEqual(["missed"]);
}

async function rewind(c: Context, { id, version }: ScheduleRow, nextAt = later(c)): Promise<AmendAnswer> {
  const item = { scheduleId: id, version, kind: "rewind", draftedAt: c.store.now(), ...soon(nextAt) } as const;
  const [answer] = await c.other.schedules.amend([item]);
  return answer as AmendAnswer;
}

async function rewound(c: Context, schedule: ScheduleRow): Promise<ScheduleRow> {
  // What ended before ended before now.
  await c.pass(c.store.now());
  expect((await rewind(c, await rowOf(c, schedule))).outcome).toBe("amended");
  return rowOf(c, schedule);
}

export const rewinding: Cases = [
  example("rewind: a cursor ahead is set to now, what was decided beyond is cut off; runs stay", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "allow" });
    const first = await fired(c, schedule, instants[0]);
    const ahead = later(c);
    const { runId } = await fireAhead(c, schedule, ahead + 1_000, ahead);
    await missAhead(c, schedule, ahead + 5_000);
    const before = await rowOf(c, schedule);
    expect(before.cursor).toBe(ahead + 5_000);
    const next = ahead - 1_000;
    const from = c.store.now();
    const answer = await rewind(c, before, next);
    const row = await rowOf(c, schedule);
    expect(answer).toEqual({ outcome: "amended", row, runs: [first, runId] });
    expect(row).toEqual({ ...before, ...soon(next), cursor: row.cursor, version: row.version });
    expect(row.cursor).toBeGreaterThanOrEqual(from);
    expect(row.cursor).toBeLessThanOrEqual(c.store.now());
    expect(row.version).toBeGreaterThan(before.version);
    expect(decisionsOf(await chainOf(c, schedule))).toEqual([
      ["fired", instants[0]],
      ["missed", row.cursor],
      ["fired", ahead + 1_000],
    ]);
    expect(await c.get(runId)).toMatchObject({ state: "ready", scheduledFor: ahead + 1_000 });
  }),
  example("rewind: where a run was the first link beyond now, the chain goes on from now without a gap", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "allow" });
    await fired(c, schedule, instants[0]);
    const ahead = later(c);
    await fireAhead(c, schedule, ahead);
    const { cursor } = await rewound(c, schedule);
    await missAhead(c, schedule, cursor + 1);
    expect(decisionsOf(await chainOf(c, schedule)).slice(0, -1)).toEqual([
      ["fired", instants[0]],
      ["skipped", cursor],
      ["missed", cursor + 1],
    ]);
  }),
  example("rewind: an instant that has a run is decided again with that run, and makes no second one", async (c) => {
    for (const overlap of ["allow", "skip", "bufferOne", "cancelOther"] as const) {
      const { task, schedule } = await timetable(c, { overlap });
      const ahead = later(c);
      const { runId } = await fireAhead(c, schedule, ahead);
      await rewound(c, schedule);
      const { answer } = await fireAhead(c, schedule, ahead, ahead - 1);
      expect([overlap, answer]).toEqual([
        overlap,
        {
          outcome: "decided",
          links: [{ decision: "missed" }, { decision: "fired", trackingId: runId }],
        },
      ]);
      const { items } = await c.store.runs.list({ task: task.name, limit: 10 });
      expect(items).toMatchObject([{ id: runId, state: "ready", cancelRequested: false }]);
      expect((await rowOf(c, schedule)).cursor).toBe(ahead);
      await chainOf(c, schedule);
    }
  }),
  example("rewind: a span over instants that have runs leaves them out, whatever its reason", async (c) => {
    const { schedule } = await putTimetable(c, { overlap: "allow" });
    const ahead = later(c);
    await fireAhead(c, schedule, ahead);
    await fireAhead(c, schedule, ahead + 1);
    await fireAhead(c, schedule, ahead + 10);
    const { cursor } = await rewound(c, schedule);
    await missAhead(c, schedule, ahead + 20);
    const all = decisionsOf(await chainOf(c, schedule, c.other));
    expect(all).toEqual([
      ["skipped", cursor],
      ["missed", ahead - 1],
      ...[ahead, ahead + 1].map((instant) => ["fired", instant]),
      ["missed", ahead + 9],
      ["fired", ahead + 10],
      ["missed", ahead + 20],
    ]);
  }),
  example("rewind: past definitions, since when this one holds and when it changed are set back, too", async (c) => {
    const { task, schedule } = await putTimetable(c);
    const ahead = later(c);
    await missAhead(c, schedule, ahead);
    const settle = settlementOf(await rowOf(c, schedule));
    expect((await putOne(c, task, { spec: "2", ...soon(ahead + 1) }, { settle })).outcome).toBe("changed");
    expect(await rowOf(c, schedule)).toMatchObject({ since: ahead, cursor: ahead });
    const { cursor, since, changedAt } = await rewound(c, schedule);
    expect(since).toBe(cursor);
    expect(changedAt).toBeLessThanOrEqual(cursor);
    const past = await c.store.schedules.past(schedule.id, { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 10 });
    expect(past).toMatchObject([{ spec: schedule.spec, since: schedule.since, upTo: cursor }]);
  }),
  example("rewind: a schedule that was removed is set back, and stays removed", async (c) => {
    const { task, schedule } = await putTimetable(c);
    await missAhead(c, schedule, later(c));
    await c.store.schedules.remove([{ taskId: task.id, key: schedule.key }]);
    const removed = async () => {
      const [row] = await c.store.schedules.get([schedule], { removed: true });
      return row as ScheduleRow;
    };
    expect((await rewind(c, await removed())).outcome).toBe("amended");
    const row = await removed();
    expect(row).toMatchObject({ removed: true });
    expect([row.nextAt, row.dueAt]).toEqual([undefined, undefined]);
    expect(row.cursor).toBeLessThanOrEqual(c.store.now());
    expect((await putOne(c, task, soon(later(c)))).outcome).toBe("created");
    expect((await rowOf(c, schedule)).since).toBeLessThanOrEqual(c.store.now());
  }),
  example("rewind: changes nothing where the cursor is not ahead", async (c) => {
    const { schedule, instants } = await timetable(c);
    const run = await fired(c, schedule, instants[0]);
    const row = await rowOf(c, schedule);
    expect(await rewind(c, row)).toEqual({ outcome: "unchanged", row, runs: [run] });
    expect(await rowOf(c, schedule)).toEqual(row);
    expect(decisionsOf(await chainOf(c, schedule))).toEqual([["fired", instants[0]]]);
  }),
  example("rewind: is stale as a resuming is, and makes stale what was decided before", async (c) => {
    const { schedule, instants } = await timetable(c);
    await missAhead(c, schedule, later(c));
    const row = await rowOf(c, schedule);
    const stale = { outcome: "stale", now: expect.any(Number) };
    expect(await rewind(c, row, instants[3])).toEqual(stale);
    expect(await rewind(c, { ...row, version: row.version - 1 })).toEqual(stale);
    const late = { scheduleId: row.id, version: row.version, kind: "rewind", draftedAt: later(c) } as const;
    expect(await c.store.schedules.amend([late])).toEqual([stale]);
    expect(await rowOf(c, schedule)).toEqual(row);
    const armed = { ...firingOf(row, row.cursor + 1), wasDueAt: row.since };
    expect((await rewind(c, row)).outcome).toBe("amended");
    expect(toldOf(await fireOne(c.store, (await c.node([])).by(), armed))).toEqual(["stale"]);
  }),
];

export const newest: Cases = [
  aloneExample("is undefined before there is a schedule, then the highest cursor there ever was", async (c) => {
    const { store, other } = c;
    expect(await store.schedules.newest()).toBeUndefined();
    const { task, schedule, instants } = await putTimetable(c);
    expect(await other.schedules.newest()).toBe(schedule.cursor);
    await fired(c, schedule, instants[1]);
    expect(await store.schedules.newest()).toBe(instants[1]);
    await store.schedules.remove([{ taskId: task.id, key: schedule.key }]);
    const [{ cursor = 0 } = {}] = await store.schedules.get([schedule], { removed: true });
    expect(cursor).toBeGreaterThan(instants[1]);
    expect(await store.schedules.newest()).toBe(cursor);
  }),
  aloneExample("is ahead until the last schedule was set back that is", async (c) => {
    const [one, two] = [await timetable(c), await timetable(c)];
    const [ahead, further] = [later(c), later(c) + 1_000];
    await missAhead(c, one.schedule, further);
    await missAhead(c, two.schedule, ahead);
    expect(await c.other.schedules.newest()).toBe(further);
    await rewound(c, one.schedule);
    expect(await c.store.schedules.newest()).toBeGreaterThanOrEqual(ahead);
    const { cursor } = await rewound(c, two.schedule);
    expect(await c.store.schedules.newest()).toBe(cursor);
    expect(await c.other.schedules.newest()).toBe(cursor);
    const decided = await rowOf(c, one.schedule);
    await c.pass(decided.cursor + 2);
    await missAhead(c, one.schedule, later(c));
    expect(await c.other.schedules.newest()).toBe((await rowOf(c, one.schedule)).cursor);
  }),
];
