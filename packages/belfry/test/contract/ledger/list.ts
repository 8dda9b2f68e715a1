import { expect } from "vitest";
import type { ScheduleRow } from "../../../src/store/schedules.ts";
import { type Cases, example } from "../cases.ts";
import { type Context, newRun } from "../context.ts";
import { chainOf, decided, decisionsOf, fired, fireOne, firingOf, missingOf, rowOf, timetable } from "../timetable.ts";

/** Records that everything up to this instant was missed. */
async function missed(c: Context, schedule: ScheduleRow, upTo: number): Promise<void> {
  const answer = await fireOne(c.store, (await c.node([])).by(), missingOf(await rowOf(c, schedule), upTo));
  expect(answer).toEqual(decided({ decision: "missed" }));
}

export const list: Cases = [
  example("is a chain without gaps, oldest first, in either store", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "skip" });
    await missed(c, schedule, instants[0]);
    const id = await fired(c, schedule, instants[1]);
    const node = await c.node([]);
    await fireOne(c.store, node.by(), firingOf(await rowOf(c, schedule), instants[2]));
    await missed(c, schedule, instants[3]);
    const expected = [
      { after: schedule.cursor, upTo: instants[0], decision: "missed" },
      { after: instants[0], upTo: instants[1], decision: "fired", trackingId: id },
      { after: instants[1], upTo: instants[2], decision: "overlap" },
      { after: instants[2], upTo: instants[3], decision: "missed" },
    ];
    for (const store of [c.store, c.other]) expect(await chainOf(c, schedule, store)).toEqual(expected);
  }),
  example("joins neighbouring spans of one reason, and none across a firing", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "allow" });
    await missed(c, schedule, instants[0]);
    await missed(c, schedule, instants[1]);
    await fired(c, schedule, instants[2]);
    await missed(c, schedule, instants[3]);
    const expected = [
      ["missed", instants[1]],
      ["fired", instants[2]],
      ["missed", instants[3]],
    ];
    expect(decisionsOf(await chainOf(c, schedule))).toEqual(expected);
  }),
  example("gives the decisions about instants in (from, to]", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "allow" });
    const [first, second, third, fourth] = instants;
    await fired(c, schedule, first);
    await fired(c, schedule, second);
    await missed(c, schedule, fourth);
    const range = async (from: number, to: number) =>
      decisionsOf(await c.other.ledger.list(schedule.id, { from, to, limit: 10 }));
    const [one, two, span] = [
      ["fired", first],
      ["fired", second],
      ["missed", fourth],
    ];
    expect(await range(first, second)).toEqual([two]);
    expect(await range(first - 1, second)).toEqual([one, two]);
    expect(await range(second, third)).toEqual([span]);
    expect(await range(third, fourth)).toEqual([span]);
    expect(await range(fourth, fourth + 1_000)).toEqual([]);
    expect(await range(0, first - 1)).toEqual([]);
    expect(await range(0, fourth)).toEqual([one, two, span]);
    expect((await c.store.ledger.list(schedule.id, { from: first, to: second, limit: 10 }))[0]).toMatchObject({
      after: first,
    });
  }),
  example("gives at most as many as it may, the oldest", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "allow" });
    for (const instant of instants.slice(0, 3)) await fired(c, schedule, instant);
    const page = async (from: number) =>
      decisionsOf(await c.store.ledger.list(schedule.id, { from, to: Number.MAX_SAFE_INTEGER, limit: 2 }));
    expect(await page(0)).toEqual([
      ["fired", instants[0]],
      ["fired", instants[1]],
    ]);
    expect(await page(instants[1])).toEqual([["fired", instants[2]]]);
  }),
  example("tells how late a run started, once it started", async (c) => {
    const { task, schedule, instants } = await timetable(c);
    const id = await fired(c, schedule, instants[0]);
    expect((await chainOf(c, schedule))[0]?.latenessMs).toBeUndefined();
    const [run] = await (await c.node([task])).claim();
    const latenessMs = (run?.claimedAt ?? 0) - instants[0];
    expect((await chainOf(c, schedule))[0]).toMatchObject({ trackingId: id, latenessMs });
    await c.complete(run ?? { id, token: 0 });
    expect((await chainOf(c, schedule))[0]).toMatchObject({ trackingId: id, latenessMs });
  }),
  example("does not count a retry as a decision about the instant that it points to", async (c) => {
    const { task, schedule, instants } = await timetable(c);
    const id = await fired(c, schedule, instants[0]);
    await c.store.runs.cancel([{ id }]);
    const points = { trigger: "retry", retryOf: id, scheduleKey: "default", scheduledFor: instants[0] } as const;
    await c.store.runs.insert([newRun(task, points), newRun(task, { ...points, scheduledFor: instants[1] })]);
    expect((await chainOf(c, schedule)).map(({ trackingId }) => trackingId)).toEqual([id]);
  }),
  example("keeps schedules apart, and is empty where nothing was decided", async (c) => {
    const [first, second] = [await timetable(c), await timetable(c)];
    await fired(c, first.schedule, first.instants[0]);
    expect(await chainOf(c, second.schedule)).toEqual([]);
    expect(await chainOf(c, { id: 999_999_999 })).toEqual([]);
    await missed(c, second.schedule, second.instants[0]);
    expect((await chainOf(c, first.schedule)).map(({ decision }) => decision)).toEqual(["fired"]);
    expect((await chainOf(c, second.schedule)).map(({ decision }) => decision)).toEqual(["missed"]);
  }),
  example("stays a chain when its old part is pruned: what was decided last is kept", async (c) => {
    const { task, schedule, instants } = await timetable(c, { overlap: "allow" });
    const node = await c.node([task]);
    await missed(c, schedule, instants[0]);
    await fired(c, schedule, instants[1]);
    const [run] = await node.claim();
    await c.complete(run ?? { id: "", token: 0 });
    await missed(c, schedule, instants[2]);
    await c.pass((await c.get(run?.id ?? "")).completedAt ?? 0);
    expect(await c.store.runs.prune(c.store.now(), 100)).toBe(1);
    expect(await chainOf(c, schedule)).toEqual([{ after: instants[1], upTo: instants[2], decision: "missed" }]);
    expect(await rowOf(c, schedule)).toMatchObject({ cursor: instants[2] });
    const id = await fired(c, schedule, instants[3]);
    expect((await chainOf(c, schedule)).at(-1)).toMatchObject({
      after: instants[2],
      upTo: instants[3],
      trackingId: id,
    });
  }),
];
