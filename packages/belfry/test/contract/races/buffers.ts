import { expect } from "vitest";
import { backfillOf, stepOf } from "../backfills/made.ts";
import { type Context, failureOf } from "../context.ts";
import { chainOf, firedOf, fireOne, firingOf, rowOf, toldOf } from "../timetable.ts";
import { dueTogether } from "./prepare.ts";
import { type Interleaving, race } from "./race.ts";

/** A schedule for each round, its first instant fired and running; the second is undecided. */
async function runningApart(c: Context, rounds: number, rules: Parameters<typeof dueTogether>[2]) {
  const items = await dueTogether(c, rounds, rules);
  const node = await c.node(items.map(({ task }) => task));
  const answers = await c.store.ledger.fire(
    node.by(rounds),
    items.map(({ schedule, instant }) => firingOf(schedule, instant)),
  );
  return items.map((item, index) => {
    const run = firedOf(answers[index])?.claimed;
    if (!run) throw new Error(`the instant is ${toldOf(answers[index])}`);
    return { ...item, node, run, next: { ...item.schedule, cursor: item.instant } };
  });
}

export const buffers: readonly Interleaving[] = [
  race({
    title: "fire × finish: under bufferAll the next run starts or is held, and is never forgotten",
    prepare: async (c, rounds) => {
      const by = await c.node([]);
      return (await runningApart(c, rounds, { overlap: "bufferAll" })).map((item) => ({ ...item, by }));
    },
    left: (c, { by, next, instant }) => c.store.ledger.fire(by.by(), [firingOf(next, instant + 1)]),
    right: (c, { run: { id, token } }) => c.other.runs.finish([{ id, token, event: "complete" }]),
    check: async (c, { schedule }, [left], right, first) => {
      expect(right).toEqual(["done"]);
      if (first) expect(toldOf(left)).toEqual([first === "left" ? "held" : "fired"]);
      expect(["held", "fired"]).toContain(toldOf(left)[0]);
      expect((await c.get(firedOf(left)?.trackingId ?? "")).state).toBe("ready");
      expect((await chainOf(c, schedule)).map(({ decision }) => decision)).toEqual(["fired", "fired"]);
    },
  }),
  race({
    title: "fire × finish: under cancelOther the earlier run completes or is replaced, and the next one starts",
    prepare: async (c, rounds) => {
      const by = await c.node([]);
      return (await runningApart(c, rounds, { overlap: "cancelOther" })).map((item) => ({ ...item, by }));
    },
    left: (c, { by, next, instant }) => c.store.ledger.fire(by.by(), [firingOf(next, instant + 1)]),
    right: (c, { run: { id, token } }) => c.other.runs.finish([{ id, token, event: "release" }]),
    check: async (c, { run }, [left], [right], first) => {
      if (first) expect([toldOf(left)[0], right]).toEqual(first === "left" ? ["held", "cancelled"] : ["fired", "done"]);
      const row = await c.get(run.id);
      expect([row.state, row.outcome]).toEqual(["failed", "E_CANCELLED"]);
      expect((await c.get(firedOf(left)?.trackingId ?? "")).state).toBe("ready");
    },
  }),
  race({
    title: "finish × cancel: of the running and the held one, what is left goes on",
    prepare: async (c, rounds) => {
      const items = await runningApart(c, rounds, { overlap: "bufferAll" });
      const by = await c.node([]);
      return Promise.all(
        items.map(async (item) => {
          const ids = [];
          for (const instant of [item.instant + 1, item.instant + 2]) {
            const firing = firingOf({ ...item.next, cursor: instant - 1 }, instant);
            await c.pass(instant);
            expect(toldOf(await fireOne(c.store, by.by(), firing))).toEqual(["held"]);
            ids.push(firing.runId);
          }
          return { ...item, ids };
        }),
      );
    },
    left: (c, { run: { id, token } }) => c.store.runs.finish([{ id, token, event: "fail", error: failureOf() }]),
    right: (c, { ids }) => c.other.runs.cancel([{ id: ids[0] ?? "" }]),
    check: async (c, { ids }, left, right) => {
      expect([left, right]).toEqual([["done"], [{ outcome: "ended", now: true }]]);
      expect((await c.store.runs.get(ids)).map((run) => run?.state)).toEqual(["failed", "ready"]);
    },
  }),
  race({
    title: "fire × finish: a schedule that is paused by its failures fires before it, or not at all",
    prepare: async (c, rounds) => {
      const by = await c.node([]);
      const items = await runningApart(c, rounds, { overlap: "allow", pauseOnFailure: 1 });
      return items.map((item) => ({ ...item, by }));
    },
    left: (c, { by, next, instant }) => c.store.ledger.fire(by.by(), [firingOf(next, instant + 1)]),
    right: (c, { run: { id, token } }) => c.other.runs.finish([{ id, token, event: "fail", error: failureOf() }]),
    check: async (c, { schedule }, [left], right, first) => {
      expect(right).toEqual(["done"]);
      if (first) expect(toldOf(left)).toEqual([first === "left" ? "fired" : "stale"]);
      const { pause, failures, version } = await rowOf(c, schedule);
      expect([pause?.author, failures, version > schedule.version]).toEqual(["belfry", 1, true]);
      expect(await chainOf(c, schedule)).toHaveLength(firedOf(left) ? 2 : 1);
    },
  }),
  race({
    title: "step × step: a backfill's instant has one run",
    prepare: backfillsApart,
    left: (c, row) => c.store.backfills.step([stepOf(row, [1_000])]),
    right: (c, row) => c.other.backfills.step([stepOf(row, [1_000])]),
    check: async (c, { id }, [left], [right], first) => {
      expect([left, right].sort()).toEqual(["stale", "stepped"]);
      if (first) expect(first === "left" ? left : right).toBe("stepped");
      expect((await c.store.backfills.get([id]))[0]).toMatchObject({ made: 1, unfinished: 1, position: 1_000 });
    },
  }),
  race({
    title: "step × cancel: a backfill makes no run after it was cancelled",
    prepare: backfillsApart,
    left: (c, row) => c.store.backfills.step([stepOf(row, [1_000])]),
    right: (c, { id }) => c.other.backfills.set([{ id, state: "cancelled" }]),
    check: async (c, { id }, [left], [right], first) => {
      if (first) expect(left).toBe(first === "left" ? "stepped" : "stale");
      const made = left === "stepped" ? 1 : 0;
      expect(right).toMatchObject({ state: "cancelled", made, unfinished: made });
      expect((await c.store.backfills.get([id]))[0]).toEqual(right);
    },
  }),
  race({
    title: "step × finish: the end of a backfill's last run and its last step leave it done",
    prepare: async (c, rounds) => {
      const rows = await backfillsApart(c, rounds);
      const node = await c.node(rows.map(({ taskId }) => ({ id: taskId })));
      await c.store.backfills.step(rows.map((row) => stepOf(row, [1_000])));
      const runs = await node.claim(rounds);
      const stepped = await c.store.backfills.get(rows.map(({ id }) => id));
      return stepped.flatMap((row) => {
        const run = runs.find(({ taskId }) => taskId === row?.taskId);
        return row && run ? [{ row, run }] : [];
      });
    },
    left: (c, { row }) => c.store.backfills.step([stepOf(row, [], { exhausted: true })]),
    right: (c, { run: { id, token } }) => c.other.runs.finish([{ id, token, event: "complete" }]),
    check: async (c, { row }, left, right) => {
      expect([left, right]).toEqual([["stepped"], ["done"]]);
      expect((await c.store.backfills.get([row.id]))[0]).toMatchObject({ state: "done", unfinished: 0, made: 1 });
    },
  }),
];

/** A backfill for each round, of a schedule of its own. */
async function backfillsApart(c: Context, rounds: number) {
  const items = await dueTogether(c, rounds);
  const rows = await c.store.backfills.create(items.map(({ schedule }) => backfillOf(schedule)));
  return rows.flatMap((row) => (row ? [row] : []));
}
