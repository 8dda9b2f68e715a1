import { expect } from "vitest";
import { limits } from "../../../src/base/limits.ts";
import type { Firing } from "../../../src/store/ledger.ts";
import { type Cases, example } from "../cases.ts";
import { expectRow } from "../runs/row.ts";
import {
  chainOf,
  decided,
  decisionsOf,
  firedOf,
  fireOne,
  firingOf,
  madeOf,
  missingOf,
  rowOf,
  soon,
  timetable,
  toldOf,
} from "../timetable.ts";

export const fire: Cases = [
  example("makes the run of an instant, advances the cursor and records it", async (c) => {
    const { task, schedule, instants } = await timetable(c, {
      payload: '{"__proto__": 1}',
      priority: -9,
      key: "k “é”",
    });
    const node = await c.node([]);
    const firing = firingOf(schedule, instants[0]);
    expect(await fireOne(c.other, node.by(), firing)).toEqual(madeOf(firing));
    const run = await c.get(firing.runId);
    expectRow(run, {
      ...{ id: firing.runId, task, trigger: "schedule", state: "ready", priority: -9, payload: '{"__proto__": 1}' },
      ...{
        scheduleKey: "k “é”",
        scheduledFor: instants[0],
        triggeredAt: run.triggeredAt,
        availableAt: run.triggeredAt,
      },
    });
    expect(run.triggeredAt).toBeGreaterThanOrEqual(instants[0]);
    expect(await rowOf(c, schedule)).toEqual({ ...schedule, cursor: instants[0], ...soon(instants[0] + 1) });
    const [item, ...rest] = await chainOf(c, schedule);
    expect(item).toMatchObject({ upTo: instants[0], decision: "fired", trackingId: firing.runId });
    expect(rest).toEqual([]);
  }),
  example("ends a schedule that is never due again", async (c) => {
    const { schedule, instants } = await timetable(c);
    await fireOne(c.store, (await c.node([])).by(), firingOf(schedule, instants[0], { next: undefined }));
    const { nextAt, dueAt } = await rowOf(c, schedule);
    expect([nextAt, dueAt]).toEqual([undefined, undefined]);
    expect(await c.store.schedules.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
  }),
  example("records instants that were missed, alone or before one that fires", async (c) => {
    const { schedule, instants } = await timetable(c);
    const node = await c.node([]);
    const missing = missingOf(schedule, instants[0]);
    expect(await fireOne(c.store, node.by(), missing)).toEqual(decided({ decision: "missed" }));
    expect((await c.store.runs.list({ limit: 10 })).items).toEqual([]);
    const moved = await rowOf(c, schedule);
    expect(moved).toMatchObject({ cursor: instants[0], nextAt: instants[0] + 1 });
    const firing = firingOf(moved, instants[3], { missedUpTo: instants[2] });
    const links = [{ decision: "missed" }, { decision: "fired", trackingId: firing.runId }] as const;
    expect(await fireOne(c.store, node.by(), firing)).toEqual(decided(...links));
    const [missed, fired] = await chainOf(c, schedule);
    expect(missed).toEqual({ after: schedule.cursor, upTo: instants[2], decision: "missed" });
    expect(fired).toEqual({ after: instants[2], upTo: instants[3], decision: "fired", trackingId: firing.runId });
    expect(await rowOf(c, schedule)).toMatchObject({ cursor: instants[3] });
  }),
  example("skips the instants of a disabled task", async (c) => {
    const { schedule, instants } = await timetable(c, {}, { enabled: false });
    const node = await c.node([]);
    const firing = firingOf(schedule, instants[1], { missedUpTo: instants[0] });
    const disabled = { decision: "disabled" } as const;
    expect(await fireOne(c.store, node.by(), firing)).toEqual(decided(disabled, disabled));
    expect(await chainOf(c, schedule)).toEqual([{ after: schedule.cursor, upTo: instants[1], decision: "disabled" }]);
    expect(await rowOf(c, schedule)).toMatchObject({ cursor: instants[1], ...soon(instants[1] + 1) });
    expect(await c.store.runs.get([firing.runId])).toEqual([undefined]);
  }),
  example("refuses what is early by the store's clock, and changes nothing", async (c) => {
    const { schedule, instants } = await timetable(c);
    const node = await c.node([]);
    const future = c.store.now() + 3_600_000;
    const spread = firingOf(schedule, instants[0], { wasDueAt: future });
    const firings = [firingOf(schedule, future), missingOf(schedule, future), spread];
    const early = { outcome: "early" };
    expect(await c.other.ledger.fire(node.by(), firings)).toEqual([early, early, early]);
    expect(await rowOf(c, schedule)).toEqual(schedule);
    expect(await chainOf(c, schedule)).toEqual([]);
    expect((await c.store.runs.list({ limit: 10 })).items).toEqual([]);
  }),
  example("is stale when the cursor or the version moved, or there is no such schedule", async (c) => {
    const { schedule, instants } = await timetable(c);
    const node = await c.node([]);
    const wrong = [
      firingOf({ ...schedule, cursor: schedule.cursor - 1 }, instants[0]),
      firingOf({ ...schedule, cursor: schedule.cursor + 1 }, instants[0]),
      firingOf({ ...schedule, version: schedule.version - 1 }, instants[0]),
      firingOf({ ...schedule, version: schedule.version + 1 }, instants[0]),
      firingOf({ ...schedule, id: 999_999_999 }, instants[0]),
      missingOf({ ...schedule, version: schedule.version + 1 }, instants[0]),
    ];
    expect(new Set((await c.store.ledger.fire(node.by(), wrong)).map(({ outcome }) => outcome))).toEqual(
      new Set(["stale"]),
    );
    expect(await rowOf(c, schedule)).toEqual(schedule);
    expect(await chainOf(c, schedule)).toEqual([]);
    expect((await c.store.runs.list({ limit: 10 })).items).toEqual([]);
  }),
  example("decides no instant twice: in one list, in two, on two stores, after the run has ended", async (c) => {
    const { task, schedule, instants } = await timetable(c, { overlap: "allow" });
    const node = await c.node([task]);
    const firing = firingOf(schedule, instants[0]);
    const outcomes = async (...firings: Firing[]) =>
      (await c.store.ledger.fire(node.by(0), firings)).flatMap((answer) => toldOf(answer));
    const again = firingOf(schedule, instants[0]);
    expect(await outcomes(firing, firing, again)).toEqual(["fired", "stale", "stale"]);
    expect(await outcomes(firing, missingOf(schedule, instants[0]))).toEqual(["stale", "stale"]);
    const another = await c.node([task], { store: c.other });
    expect(await fireOne(c.other, another.by(), again)).toEqual({ outcome: "stale" });
    const [run] = await another.claim();
    await c.complete(run ?? { id: "", token: 0 });
    expect(await fireOne(c.other, another.by(), again)).toEqual({ outcome: "stale" });
    expect((await c.store.runs.list({ limit: 10 })).items.map(({ id }) => id)).toEqual([firing.runId]);
    expect(decisionsOf(await chainOf(c, schedule))).toEqual([["fired", instants[0]]]);
  }),
  example("changes nothing for an epoch that is dead", async (c) => {
    const { task, schedule, instants } = await timetable(c);
    const [dead, left] = [await c.node([task]), await c.node([task])];
    await c.bury(dead);
    await c.store.nodes.leave(left.epoch);
    for (const node of [dead, left]) {
      const firings = [firingOf(schedule, instants[0]), firingOf({ ...schedule, version: 99 }, instants[0])];
      expect(await c.other.ledger.fire(node.by(), firings)).toEqual([{ outcome: "dead" }, { outcome: "dead" }]);
    }
    expect(await rowOf(c, schedule)).toEqual(schedule);
    expect((await c.store.runs.list({ limit: 10 })).items).toEqual([]);
  }),
  example("decides the next links of one chain in one list", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "allow" });
    const [a, b, d] = instants;
    const firings = [
      firingOf(schedule, a),
      firingOf({ ...schedule, cursor: a }, b),
      firingOf({ ...schedule, cursor: b }, d),
    ];
    const answers = await c.store.ledger.fire((await c.node([])).by(), firings);
    expect(answers.map(toldOf)).toEqual([["fired"], ["fired"], ["fired"]]);
    expect(decisionsOf(await chainOf(c, schedule))).toEqual([
      ["fired", a],
      ["fired", b],
      ["fired", d],
    ]);
  }),
  example("answers each firing in its place, and one refused spoils no other", async (c) => {
    const times = [
      await timetable(c),
      await timetable(c, {}, { enabled: false }),
      await timetable(c),
      await timetable(c),
      await timetable(c),
    ];
    const [a, b, d, e, f] = times;
    if (!a || !b || !d || !e || !f) throw new Error("five were deployed");
    const [first, last] = [firingOf(f.schedule, f.instants[1]), firingOf(a.schedule, a.instants[0])];
    const firings = [
      first,
      firingOf({ ...a.schedule, version: 99 }, a.instants[0]),
      firingOf(b.schedule, b.instants[0]),
      firingOf(e.schedule, c.store.now() + 3_600_000),
      missingOf(d.schedule, d.instants[0]),
      last,
    ];
    expect(await c.store.ledger.fire((await c.node([])).by(), firings)).toEqual([
      madeOf(first),
      { outcome: "stale" },
      decided({ decision: "disabled" }),
      { outcome: "early" },
      decided({ decision: "missed" }),
      madeOf(last),
    ]);
  }),
  example("decides five hundred at once", async (c) => {
    const count = limits.firingsPerCommitMax;
    const schedules = Array.from({ length: count }, (_, index) => ({
      key: `${index}`,
      nextAt: c.store.now() + 3_600_000,
      payload: `${index}`,
    }));
    const task = await c.task({ schedules });
    const rows = await c.schedules();
    await c.pass(Math.max(...rows.map(({ cursor }) => cursor)) + 1);
    const firings = rows.map((row) => firingOf(row, row.cursor + 1, { next: soon(row.cursor + 3_600_000) }));
    const answers = await c.store.ledger.fire((await c.node([task])).by(count - 1), firings);
    const claims = answers.map((answer) => firedOf(answer)?.claimed);
    expect(answers.map((answer) => firedOf(answer)?.trackingId)).toEqual(firings.map(({ runId }) => runId));
    expect(claims.slice(0, -1).map((run) => run?.payload)).toEqual(rows.slice(0, -1).map(({ payload }) => payload));
    expect(claims.at(-1)).toBeUndefined();
    expect((await c.schedules()).map(({ cursor }) => cursor)).toEqual(rows.map(({ cursor }) => cursor + 1));
  }),
];
