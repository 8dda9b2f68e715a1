import { expect } from "vitest";
import type { AmendAnswer, Amendment, ScheduleRow } from "../../../src/store/schedules.ts";
import { type Cases, example } from "../cases.ts";
import type { Context } from "../context.ts";
import { chainOf, decisionsOf, fired, fireOne, firingOf, rowOf, soon, timetable, toldOf } from "../timetable.ts";
import { later, putTimetable } from "./made.ts";

type Change = Amendment extends infer One
  ? One extends Amendment
    ? Omit<One, "scheduleId" | "version">
    : never
  : never;

function amendmentOf({ id, version }: ScheduleRow, change: Change): Amendment {
  return { ...change, scheduleId: id, version };
}

async function amendOne(c: Context, row: ScheduleRow, change: Change): Promise<AmendAnswer> {
  const [answer] = await c.store.schedules.amend([amendmentOf(row, change)]);
  return answer as AmendAnswer;
}

const pause = { kind: "pause", pause: {} } as const;

export const amend: Cases = [
  example("pause: keeps reason, author and until, and leaves the rest to whoever decides", async (c) => {
    const { schedule, instants } = await timetable(c);
    const run = await fired(c, schedule, instants[0]);
    const before = await rowOf(c, schedule);
    const told = { reason: "“why”", author: "me", until: later(c) };
    const answer = await amendOne(c, before, { kind: "pause", pause: told });
    const row = await rowOf(c, schedule);
    expect(answer).toEqual({ outcome: "amended", row, runs: [run] });
    expect(row).toEqual({ ...before, version: row.version, pause: { ...told, at: row.pause?.at } });
    expect(row.pause?.at).toBeGreaterThanOrEqual(instants[3]);
    expect(row.version).toBeGreaterThan(before.version);
    expect(decisionsOf(await chainOf(c, schedule))).toEqual([["fired", instants[0]]]);
  }),
  example("pause: one that is paused gets the new reason, author and until, all of them", async (c) => {
    const { schedule } = await putTimetable(c);
    await amendOne(c, schedule, { kind: "pause", pause: { reason: "r", author: "a", until: later(c) } });
    const before = await rowOf(c, schedule);
    expect(await amendOne(c, before, { kind: "pause", pause: { author: "b" } })).toMatchObject({ outcome: "amended" });
    const { pause } = await rowOf(c, schedule);
    expect(pause).toEqual({ at: pause?.at, author: "b" });
  }),
  example("pause, skip, resume: nothing that was decided before fires after the answer", async (c) => {
    const skip = { kind: "skip", until: later(c) } as const;
    for (const change of [pause, skip, { kind: "resume", draftedAt: 0 } as const]) {
      const { schedule, instants } = await timetable(c, { overlap: "allow" });
      if (change.kind === "resume") await amendOne(c, schedule, pause);
      const armed = await rowOf(c, schedule);
      expect((await amendOne(c, armed, change)).outcome).toBe("amended");
      const answer = await fireOne(c.other, (await c.node([])).by(), firingOf(armed, instants[0]));
      expect([change.kind, ...toldOf(answer)]).toEqual([change.kind, "stale"]);
      expect(await c.store.ledger.outcomes(schedule.id, [instants[0]])).toEqual(["none"]);
    }
  }),
  example("skip: keeps until when, and the newest counts", async (c) => {
    const { schedule } = await timetable(c);
    const [first, second] = [later(c), later(c) + 1];
    for (const until of [second, first]) {
      const before = await rowOf(c, schedule);
      expect((await amendOne(c, before, { kind: "skip", until })).outcome).toBe("amended");
      const row = await rowOf(c, schedule);
      expect(row).toEqual({ ...before, version: row.version, skipUntil: until });
      expect(row.version).toBeGreaterThan(before.version);
    }
    expect(await chainOf(c, schedule)).toEqual([]);
  }),
  example(
    "resume: what was due until now is recorded paused, and never fires; it goes on with what comes after",
    async (c) => {
      const { schedule, instants } = await timetable(c, { pauseOnFailure: 5 });
      await fired(c, schedule, instants[0]);
      await amendOne(c, await rowOf(c, schedule), pause);
      const before = await rowOf(c, schedule);
      const next = { nextAt: later(c), dueAt: later(c) + 7 };
      const answer = await amendOne(c, before, { kind: "resume", draftedAt: c.store.now(), ...next });
      const row = await rowOf(c, schedule);
      expect(answer).toMatchObject({ outcome: "amended", row });
      const { pause: _, ...rest } = before;
      expect(row).toEqual({ ...rest, ...next, version: row.version, cursor: row.cursor });
      expect(row.cursor).toBeGreaterThanOrEqual(instants[3]);
      expect(row.version).toBeGreaterThan(before.version);
      expect(decisionsOf(await chainOf(c, schedule, c.other))).toEqual([
        ["fired", instants[0]],
        ["paused", row.cursor],
      ]);
    },
  ),
  example("resume: one that has no instants any more is never due again", async (c) => {
    const { schedule } = await timetable(c);
    await amendOne(c, schedule, pause);
    await amendOne(c, await rowOf(c, schedule), { kind: "resume", draftedAt: 0 });
    expect(await c.store.schedules.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  }),
  example("resume: changes nothing where nothing is paused", async (c) => {
    const { schedule } = await timetable(c);
    const answer = await amendOne(c, schedule, { kind: "resume", draftedAt: 0, ...soon(later(c)) });
    expect(answer).toEqual({ outcome: "unchanged", row: schedule, runs: [] });
    expect(await rowOf(c, schedule)).toEqual(schedule);
    expect(await chainOf(c, schedule)).toEqual([]);
  }),
  example(
    "resume: is stale when its next instant has passed, or it was computed for a time that has not come",
    async (c) => {
      const { schedule, instants } = await timetable(c);
      await amendOne(c, schedule, pause);
      const row = await rowOf(c, schedule);
      const stale = { outcome: "stale", now: expect.any(Number) };
      expect(await amendOne(c, row, { kind: "resume", draftedAt: 0, ...soon(instants[3]) })).toEqual(stale);
      expect(await amendOne(c, row, { kind: "resume", draftedAt: later(c), ...soon(later(c) + 1) })).toEqual(stale);
      expect(await rowOf(c, schedule)).toEqual(row);
    },
  ),
  example("is stale when the version moved, unknown where there is none; each in its place", async (c) => {
    const { task, schedule } = await putTimetable(c);
    const moved = { ...schedule, version: schedule.version - 1 };
    const changes = [pause, { kind: "skip", until: 1 }, { kind: "resume", draftedAt: 0 }] as const;
    const stale = { outcome: "stale", now: expect.any(Number) };
    const unknown = { outcome: "unknown" };
    const items = changes.flatMap((change) => [
      amendmentOf(moved, change),
      amendmentOf({ ...schedule, id: 999_999_999 }, change),
    ]);
    const answers = await c.other.schedules.amend([
      ...items,
      amendmentOf(schedule, pause),
      amendmentOf(schedule, pause),
    ]);
    expect(answers.slice(0, 6)).toEqual([stale, unknown, stale, unknown, stale, unknown]);
    expect(answers.slice(6).map(({ outcome }) => outcome)).toEqual(["amended", "stale"]);
    await c.store.schedules.remove([{ taskId: task.id, key: "default" }]);
    expect(await amendOne(c, await rowOfRemoved(c, task.id), pause)).toEqual(unknown);
    expect(await c.store.schedules.amend([])).toEqual([]);
  }),
];

async function rowOfRemoved(c: Context, taskId: string): Promise<ScheduleRow> {
  const [row] = await c.store.schedules.get([{ taskId, key: "default" }], { removed: true });
  if (!row) throw new Error("it was removed, not forgotten");
  return row;
}
