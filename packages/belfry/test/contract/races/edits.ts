import { expect } from "vitest";
import type { FiringAnswer } from "../../../src/store/ledger.ts";
import type { ScheduleRow } from "../../../src/store/schedules.ts";
import type { TaskRow } from "../../../src/store/tasks.ts";
import { type Context, freshId, idsOf, scheduleOf } from "../context.ts";
import { chainOf, decidedOf, firedOf, firingOf, rowOf, settlementOf, soon, toldOf } from "../timetable.ts";
import { dueTogether, putApart } from "./prepare.ts";
import { type Interleaving, race } from "./race.ts";

type Due = { task: TaskRow; schedule: ScheduleRow; instant: number };

const trackingIdOf = (answer: FiringAnswer | undefined) => firedOf(answer)?.trackingId;
const laterMs = 3_600_000;

/** What a firing and an edit of one schedule come to: the firing came first, or decided nothing. */
async function expectOrder(c: Context, item: Due, left: FiringAnswer | undefined, first?: "left" | "right") {
  const id = trackingIdOf(left);
  if (!id) expect(toldOf(left)).toEqual(["stale"]);
  if (first) expect(id !== undefined).toBe(first === "left");
  const ids = idsOf((await c.store.runs.list({ task: item.task.name, trigger: "schedule", limit: 10 })).items);
  expect(ids).toEqual(id ? [id] : []);
  const fired = (await chainOf(c, item.schedule)).filter(({ decision }) => decision === "fired");
  expect(fired.map(({ trackingId }) => trackingId)).toEqual(ids);
  return id;
}

const amendRace = (
  title: string,
  change: { kind: "pause"; pause: object } | { kind: "skip"; until: number },
): Interleaving =>
  race({
    title,
    prepare: async (c, rounds) => {
      const node = await c.node([]);
      return (await dueTogether(c, rounds)).map((item) => ({ ...item, node }));
    },
    left: (c, { schedule, instant, node }) => c.store.ledger.fire(node.by(), [firingOf(schedule, instant)]),
    right: (c, { schedule: { id, version } }) => c.other.schedules.amend([{ ...change, scheduleId: id, version }]),
    check: async (c, item, [left], [right], first) => {
      await expectOrder(c, item, left, first);
      expect(right?.outcome).toBe("amended");
      const { version, pause, skipUntil } = await rowOf(c, item.schedule);
      expect(version).toBeGreaterThan(item.schedule.version);
      expect([pause !== undefined, skipUntil]).toEqual(
        change.kind === "pause" ? [true, undefined] : [false, change.until],
      );
    },
  });

export const edits: readonly Interleaving[] = [
  amendRace("fire × pause: an instant fires before the pause, or not at all", { kind: "pause", pause: {} }),
  amendRace("fire × skip: an instant fires before the skip, or not at all", { kind: "skip", until: 1 }),
  race({
    title: "fire × resume: what was decided while it was paused does not stand beside what the resuming recorded",
    prepare: async (c, rounds) => {
      const node = await c.node([]);
      const items = await dueTogether(c, rounds);
      const pauses = items.map(({ schedule: { id, version } }) => {
        return { scheduleId: id, version, kind: "pause", pause: {} } as const;
      });
      const answers = await c.store.schedules.amend(pauses);
      return items.map((item, index) => {
        const answer = answers[index];
        if (answer?.outcome !== "amended") throw new Error(`the pause is ${answer?.outcome}`);
        return { ...item, schedule: answer.row, node };
      });
    },
    left: (c, { schedule, instant, node }) => {
      const links = [{ after: schedule.cursor, upTo: instant, reason: "paused" as const }];
      return c.store.ledger.fire(node.by(), [{ ...firingOf(schedule, instant), links }]);
    },
    right: (c, { schedule: { id, version } }) => {
      const draftedAt = c.other.now();
      const next = soon(draftedAt + laterMs);
      return c.other.schedules.amend([{ scheduleId: id, version, kind: "resume", draftedAt, ...next }]);
    },
    check: async (c, { schedule }, [left], [right], first) => {
      expect(right?.outcome).toBe("amended");
      if (first) expect(toldOf(left)).toEqual([first === "left" ? "paused" : "stale"]);
      const row = await rowOf(c, schedule);
      expect([row.pause, row.version > schedule.version]).toEqual([undefined, true]);
      const span = { after: schedule.cursor, upTo: row.cursor, decision: "paused" };
      expect(await chainOf(c, schedule)).toEqual([span]);
    },
  }),
  race({
    title: "fire × put: an instant is the old definition's, and only before the new one stands",
    prepare: async (c, rounds) => {
      const node = await c.node([]);
      return (await putApart(c, rounds)).map((item) => ({ ...item, node }));
    },
    left: (c, { schedule, instant, node }) => c.store.ledger.fire(node.by(), [firingOf(schedule, instant)]),
    right: (c, { schedule, instant }) => {
      const settle = settlementOf(schedule, decidedOf(schedule, instant));
      const definition = scheduleOf({ spec: "2" });
      return c.other.schedules.put([{ taskId: schedule.taskId, definition, draftedAt: 0, settle }]);
    },
    check: async (c, item, [left], [right], first) => {
      const isFired = trackingIdOf(left) !== undefined;
      if (first) expect(isFired).toBe(first === "left");
      expect([toldOf(left), right?.outcome]).toEqual(isFired ? [["fired"], "stale"] : [["stale"], "changed"]);
      const fired = (await chainOf(c, item.schedule)).filter(({ decision }) => decision === "fired");
      expect(fired.map(({ upTo }) => upTo)).toEqual([item.instant]);
      const { items } = await c.store.runs.list({ task: item.task.name, limit: 10 });
      expect(idsOf(items)).toEqual([fired[0]?.trackingId]);
      expect((await rowOf(c, item.schedule)).spec).toBe(isFired ? item.schedule.spec : "2");
    },
  }),
  race({
    title: "fire × remove: an instant fires before the schedule goes, or is removed with it",
    prepare: async (c, rounds) => {
      const node = await c.node([]);
      return (await putApart(c, rounds)).map((item) => ({ ...item, node }));
    },
    left: (c, { schedule, instant, node }) => c.store.ledger.fire(node.by(), [firingOf(schedule, instant)]),
    right: (c, { schedule: { taskId, key } }) => c.other.schedules.remove([{ taskId, key }]),
    check: async (c, item, [left], [right], first) => {
      const id = await expectOrder(c, item, left, first);
      expect(right).toEqual({ outcome: "removed", runs: id ? [id] : [] });
      const decisions = (await chainOf(c, item.schedule)).map(({ decision }) => decision);
      expect(decisions).toEqual(id ? ["fired", "removed"] : ["removed"]);
    },
  }),
  race({
    title: "put × put: two changes of one schedule are not both computed from the same state",
    prepare: putApart,
    left: (c, { schedule }) => c.store.schedules.put([changeOf(schedule, '"left"')]),
    right: (c, { schedule }) => c.other.schedules.put([changeOf(schedule, '"right"')]),
    check: async (c, { schedule }, [left], [right], first) => {
      expect([left?.outcome, right?.outcome].sort()).toEqual(["changed", "stale"]);
      if (first) expect((first === "left" ? left : right)?.outcome).toBe("changed");
      const row = await rowOf(c, schedule);
      expect(row.spec).toBe(left?.outcome === "changed" ? '"left"' : '"right"');
      expect(row.version).toBeGreaterThan(schedule.version);
    },
  }),
  race({
    title: "put × deploy: the code and a caller do not both define a schedule",
    prepare: async (c, rounds) => {
      const tasks = await Promise.all(Array.from({ length: rounds }, () => c.deploy(`race-${freshId()}`, [{}])));
      return tasks.flat();
    },
    left: (c, { id }) => c.store.schedules.put([{ taskId: id, definition: scheduleOf({ spec: "1" }), draftedAt: 0 }]),
    right: (c, task) => {
      const { defined: _, app, id: newId, ...rules } = task;
      const tasks = [{ ...rules, newId, schedules: [scheduleOf({ spec: "2" })] }];
      return c.other.tasks.apply({ app, digest: "new", draftedAt: 0, tasks, settle: [] });
    },
    check: async (c, task, [left], right, first) => {
      const isPut = left?.outcome === "created";
      if (first) expect(isPut).toBe(first === "left");
      expect([left?.outcome, right.outcome]).toEqual(isPut ? ["created", "stale"] : ["code", "applied"]);
      const rows = await c.schedules(task.app);
      expect(rows.map(({ spec, origin }) => [spec, origin])).toEqual([isPut ? ["1", "runtime"] : ["2", "code"]]);
    },
  }),
];

function changeOf(schedule: ScheduleRow, spec: string) {
  const settle = settlementOf(schedule);
  return { taskId: schedule.taskId, definition: scheduleOf({ spec }), draftedAt: 0, settle };
}
