import { expect } from "vitest";
import type { ScheduleRow } from "../../../src/store/schedules.ts";
import { type Case, example } from "../cases.ts";
import { type Context, failureOf } from "../context.ts";
import { firedOf, fireOne, firingOf, rowOf, soon, timetable, toldOf } from "../timetable.ts";
import { endings } from "./endings.ts";

/** Fires the schedule's next instant for a node of its own, and ends the run so. */
async function fireAndEnd(c: Context, schedule: ScheduleRow, end: keyof typeof endings): Promise<string> {
  const row = await rowOf(c, schedule);
  const instant = row.cursor + 1;
  await c.pass(instant);
  const task = (await c.store.tasks.list()).find(({ id }) => id === row.taskId);
  if (!task) throw new Error("the schedule has a task");
  const node = await c.node([task]);
  const run = firedOf(await fireOne(c.store, node.by(), firingOf(row, instant)))?.claimed;
  if (!run) throw new Error("the run is not claimed");
  await endings[end]?.[1](c, { task, node, run });
  await c.store.nodes.leave(node.epoch);
  return run.id;
}

export const failing: readonly Case[] = [
  example("pauseOnFailure: pauses the schedule in the step that ends the n-th failed run in a row", async (c) => {
    const { schedule } = await timetable(c, { pauseOnFailure: 3, overlap: "skip" }, { onLost: "fail" });
    expect(schedule).toMatchObject({ pauseOnFailure: 3, failures: 0 });
    await fireAndEnd(c, schedule, "fail");
    await fireAndEnd(c, schedule, "lost for good");
    const before = await rowOf(c, schedule);
    expect([before.failures, before.pause, before.version]).toEqual([2, undefined, schedule.version]);
    const id = await fireAndEnd(c, schedule, "fail");
    const after = await rowOf(c, schedule);
    const at = (await c.get(id)).completedAt;
    expect(after.pause).toEqual({ at, author: "belfry", reason: "3 runs in a row failed" });
    expect(after).toMatchObject({ failures: 3, cursor: before.cursor + 1, ...soon(before.cursor + 2) });
    expect(after.version).toBeGreaterThan(before.version);
    const armed = firingOf({ ...before, cursor: after.cursor }, after.cursor + 1);
    await c.pass(after.cursor + 1);
    expect(toldOf(await fireOne(c.other, (await c.node([])).by(), armed))).toEqual(["stale"]);
  }),
  example(
    "pauseOnFailure: a completed run starts the count anew; one that was cancelled or expired is none",
    async (c) => {
      const { schedule } = await timetable(c, { pauseOnFailure: 2, overlap: "skip" });
      const ends = ["fail", "complete", "fail", "cancelled, and retried", "given back, and expired"] as const;
      const counts = [];
      for (const end of ends) {
        await fireAndEnd(c, schedule, end);
        counts.push((await rowOf(c, schedule)).failures);
      }
      expect(counts).toEqual([1, 0, 1, 1, 1]);
      expect((await rowOf(c, schedule)).pause).toBeUndefined();
    },
  ),
  example("pauseOnFailure: tells the real number, where more than n failed before it was said", async (c) => {
    const { task, schedule } = await timetable(c, { pauseOnFailure: 1, overlap: "allow" });
    const row = await rowOf(c, schedule);
    const node = await c.node([task]);
    await c.pass(row.cursor + 2);
    const runs = [];
    for (const instant of [row.cursor + 1, row.cursor + 2]) {
      const firing = firingOf({ ...row, cursor: instant - 1 }, instant);
      runs.push(firedOf(await fireOne(c.store, node.by(), firing))?.claimed);
    }
    for (const run of runs) await c.finish({ ...(run ?? { id: "", token: 0 }), event: "fail", error: failureOf() });
    const { pause, failures } = await rowOf(c, schedule);
    expect([pause?.reason, failures]).toEqual(["1 runs in a row failed", 2]);
    const amendment = { scheduleId: row.id, version: (await rowOf(c, schedule)).version, draftedAt: 0 };
    await c.store.schedules.amend([{ ...amendment, kind: "resume" }]);
    expect(await rowOf(c, schedule)).toMatchObject({ failures: 0 });
  }),
  example(
    "pauseOnFailure: counts nothing where a schedule does not have it, nor runs that it did not fire",
    async (c) => {
      const [without, having] = [await timetable(c), await timetable(c, { pauseOnFailure: 1 })];
      await fireAndEnd(c, without.schedule, "fail");
      expect(await rowOf(c, without.schedule)).toMatchObject({ failures: 0, version: without.schedule.version });
      const run = await c.start(await c.node([having.task]), having.task, {
        ...{ trigger: "retry", scheduleKey: "default", scheduledFor: having.instants[0] },
      });
      await c.finish({ ...run, event: "fail", error: failureOf() });
      expect(await rowOf(c, having.schedule)).toEqual(having.schedule);
    },
  ),
];
