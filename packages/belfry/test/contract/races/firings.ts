import { expect } from "vitest";
import type { FiringAnswer } from "../../../src/store/ledger.ts";
import { type Context, freshId, idsOf, scheduleOf, taskOf } from "../context.ts";
import { chainOf, decidedOf, firedOf, firingOf, rowOf, settlementOf, toldOf } from "../timetable.ts";
import { dueApart } from "./prepare.ts";
import { type Interleaving, race } from "./race.ts";

type Due = Awaited<ReturnType<typeof dueApart>>[number];

const trackingIdOf = (answer: FiringAnswer | undefined) => firedOf(answer)?.trackingId;

/** The runs of the schedule's task, and what the ledger says fired: the same, each instant once. */
async function expectFired(c: Context, { task, schedule }: Due, ids: readonly (string | undefined)[]): Promise<void> {
  const fired = (await chainOf(c, schedule)).filter(({ decision }) => decision === "fired");
  expect(fired.map(({ trackingId }) => trackingId)).toEqual(ids);
  expect(idsOf((await c.store.runs.list({ task: task.name, limit: 10 })).items).reverse()).toEqual(ids);
}

export const firings: readonly Interleaving[] = [
  race({
    title: "fire × fire: one instant is decided once",
    prepare: async (c, rounds) => {
      const [a, b] = [await c.node([]), await c.node([], { store: c.other })];
      return (await dueApart(c, rounds)).map((item) => ({ ...item, a, b }));
    },
    left: (c, { schedule, instant, a }) => c.store.ledger.fire(a.by(), [firingOf(schedule, instant)]),
    right: (c, { schedule, instant, b }) => c.other.ledger.fire(b.by(), [firingOf(schedule, instant)]),
    check: async (c, item, [left], [right], first) => {
      expect([toldOf(left).at(-1), toldOf(right).at(-1)].sort()).toEqual(["fired", "stale"]);
      if (first) expect(toldOf(first === "left" ? left : right).at(-1)).toBe("fired");
      await expectFired(c, item, [trackingIdOf(left) ?? trackingIdOf(right)]);
    },
  }),
  race({
    title: "fire × fire: two that differ do not both decide",
    prepare: async (c, rounds) => {
      const [a, b] = [await c.node([]), await c.node([], { store: c.other })];
      return (await dueApart(c, rounds, { overlap: "allow" })).map((item) => ({ ...item, a, b }));
    },
    left: (c, { schedule, instant, a }) => c.store.ledger.fire(a.by(), [firingOf(schedule, instant)]),
    right: (c, { schedule, instant, b }) => {
      return c.other.ledger.fire(b.by(), [firingOf(schedule, instant + 1, { missedUpTo: instant })]);
    },
    check: async (c, item, [left], [right], first) => {
      expect([toldOf(left).at(-1), toldOf(right).at(-1)].sort()).toEqual(["fired", "stale"]);
      if (first) expect(toldOf(first === "left" ? left : right).at(-1)).toBe("fired");
      await expectFired(c, item, [trackingIdOf(left) ?? trackingIdOf(right)]);
      const decisions = (await chainOf(c, item.schedule)).map(({ decision }) => decision);
      expect(decisions).toEqual(trackingIdOf(left) ? ["fired"] : ["missed", "fired"]);
    },
  }),
  race({
    title: "fire × deploy: an instant is the old definition's or the new one's, never both",
    prepare: async (c, rounds) => {
      const node = await c.node([]);
      return (await dueApart(c, rounds)).map((item) => ({ ...item, node }));
    },
    left: (c, { schedule, instant, node }) => c.store.ledger.fire(node.by(), [firingOf(schedule, instant)]),
    right: (c, { task, schedule, instant }) => {
      const tasks = [taskOf({ ...task, schedules: [scheduleOf({ spec: '{"every":2}' })] })];
      return c.other.tasks.apply({
        app: task.app,
        digest: "new",
        draftedAt: 0,
        tasks,
        settle: [settlementOf(schedule, decidedOf(schedule, instant))],
      });
    },
    check: async (c, item, [left], right, first) => {
      const isFired = trackingIdOf(left) !== undefined;
      if (first) expect(isFired).toBe(first === "left");
      expect([toldOf(left), right.outcome]).toEqual(isFired ? [["fired"], "stale"] : [["stale"], "applied"]);
      const row = await rowOf(c, item.schedule);
      expect([row.spec, row.version > item.schedule.version]).toEqual([
        isFired ? item.schedule.spec : '{"every":2}',
        !isFired,
      ]);
      expect(await c.digest(item.task.app)).toEqual(isFired ? expect.not.stringMatching("new") : "new");
      const fired = (await chainOf(c, item.schedule)).filter(({ decision }) => decision === "fired");
      expect(fired.map(({ upTo }) => upTo)).toEqual([item.instant]);
      await expectFired(c, item, [fired[0]?.trackingId]);
    },
  }),
  race({
    title: "fire × removal: an instant fires or is removed, never both",
    prepare: async (c, rounds) => {
      const node = await c.node([]);
      return (await dueApart(c, rounds)).map((item) => ({ ...item, node }));
    },
    left: (c, { schedule, instant, node }) => c.store.ledger.fire(node.by(), [firingOf(schedule, instant)]),
    right: (c, { task, schedule }) =>
      c.other.tasks.apply({ app: task.app, digest: "new", draftedAt: 0, tasks: [], settle: [settlementOf(schedule)] }),
    check: async (c, item, [left], right, first) => {
      const isFired = trackingIdOf(left) !== undefined;
      if (first) expect(isFired).toBe(first === "left");
      expect([toldOf(left), right.outcome]).toEqual(isFired ? [["fired"], "stale"] : [["stale"], "applied"]);
      expect((await chainOf(c, item.schedule)).map(({ decision }) => decision)).toEqual([
        isFired ? "fired" : "removed",
      ]);
      await expectFired(c, item, isFired ? [trackingIdOf(left)] : []);
    },
  }),
  race({
    title: "fire × finish: the overlap rule sees the earlier run ended or not, and the ledger says which",
    prepare: async (c, rounds) => {
      const items = await dueApart(c, rounds);
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
    },
    left: (c, { node, next, instant }) => c.store.ledger.fire(node.by(), [firingOf(next, instant + 1)]),
    right: (c, { run: { id, token } }) => c.other.runs.finish([{ id, token, event: "complete" }]),
    check: async (c, item, [left], right, first) => {
      expect(right).toEqual(["done"]);
      if (first) expect(toldOf(left)).toEqual([first === "left" ? "overlap" : "fired"]);
      const second = trackingIdOf(left);
      if (!second) expect(toldOf(left)).toEqual(["overlap"]);
      const decisions = (await chainOf(c, item.schedule)).map(({ decision }) => decision);
      expect(decisions).toEqual(["fired", second ? "fired" : "overlap"]);
      await expectFired(c, item, second ? [item.run.id, second] : [item.run.id]);
    },
  }),
  race({
    title: "fire × reap: what a dead node fired is free, what it did not fire is undecided",
    prepare: async (c, rounds) => {
      const by = await c.node([]);
      const items = await dueApart(c, rounds);
      return Promise.all(items.map(async (item) => ({ ...item, by, node: await c.node([item.task]) })));
    },
    left: (c, { node, schedule, instant }) => c.store.ledger.fire(node.by(), [firingOf(schedule, instant)]),
    right: (c, { by, node }) => c.other.nodes.reap(by.epoch, [{ epoch: node.epoch }]),
    check: async (c, item, [left], right, first) => {
      const id = trackingIdOf(left);
      if (first) expect(toldOf(left)).toEqual([first === "left" ? "fired" : "dead"]);
      if (!id) expect(left).toEqual({ outcome: "dead" });
      expect(right.outcome === "reaped" && idsOf(right.lost)).toEqual(id ? [id] : []);
      expect((await rowOf(c, item.schedule)).cursor).toBe(id ? item.instant : item.schedule.cursor);
      await expectFired(c, item, id ? [id] : []);
      if (id) expect(await c.get(id)).toMatchObject({ state: "ready", attempts: [{ outcome: "lost" }] });
    },
  }),
  race({
    title: "fire × trigger: a planned firing and an extra run do not touch each other",
    prepare: async (c, rounds) => {
      const node = await c.node([]);
      return (await dueApart(c, rounds)).map((item) => ({ ...item, node, id: freshId() }));
    },
    left: (c, { node, schedule, instant }) => c.store.ledger.fire(node.by(), [firingOf(schedule, instant)]),
    right: (c, { task, id }) => c.other.runs.insert([{ id, taskId: task.id, trigger: "manual", priority: 0 }]),
    check: async (c, { task, schedule, id }, [left], [right]) => {
      expect([toldOf(left), right?.outcome]).toEqual([["fired"], "created"]);
      const { items } = await c.store.runs.list({ task: task.name, limit: 10 });
      expect(idsOf(items).sort()).toEqual([trackingIdOf(left), id].sort());
      expect((await chainOf(c, schedule)).map(({ decision }) => decision)).toEqual(["fired"]);
    },
  }),
];
