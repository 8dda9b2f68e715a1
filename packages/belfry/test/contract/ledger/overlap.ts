import { expect } from "vitest";
import { type Cases, example } from "../cases.ts";
import { failureOf, longDelayMs } from "../context.ts";
import { chainOf, decisionsOf, fired, fireOne, firingOf, rowOf, timetable } from "../timetable.ts";

const skipped = { outcome: "skipped", reason: "overlap" };

export const overlap: Cases = [
  example(
    "skip: an instant does not fire while an earlier run of the schedule is unfinished, whatever it waits for",
    async (c) => {
      const { task, schedule, instants } = await timetable(c, { overlap: "skip" });
      const node = await c.node([task]);
      const id = await fired(c, schedule, instants[0]);
      const tryNext = async (instant: number) =>
        fireOne(c.other, node.by(), firingOf(await rowOf(c, schedule), instant));
      expect(await tryNext(instants[1])).toEqual(skipped);
      const [run] = await node.claim();
      expect(run?.id).toBe(id);
      expect(await tryNext(instants[2])).toEqual(skipped);
      await c.finish({ id, token: run?.token ?? 0, event: "retry", error: failureOf(), delayMs: longDelayMs });
      expect(await tryNext(instants[3])).toEqual(skipped);
      expect(await chainOf(c, schedule)).toMatchObject([
        { decision: "fired", upTo: instants[0] },
        { decision: "overlap", after: instants[0], upTo: instants[3] },
      ]);
      expect(await rowOf(c, schedule)).toMatchObject({ cursor: instants[3], nextAt: instants[3] + 1 });
      expect((await c.store.runs.list({ limit: 10 })).items).toHaveLength(1);
      await c.store.runs.cancel([{ id }]);
      await c.pass(instants[3] + 1);
      expect((await tryNext(instants[3] + 1)).outcome).toBe("fired");
    },
  ),
  example("skip: an instant fires when the earlier run has ended, however it ended", async (c) => {
    const { task, schedule, instants } = await timetable(c, { overlap: "skip" });
    const node = await c.node([task]);
    for (const [index, event] of (["complete", "fail", "cancel"] as const).entries()) {
      const id = await fired(c, schedule, instants[index] ?? 0);
      if (event === "cancel") await c.store.runs.cancel([{ id }]);
      else {
        const [run] = await node.claim();
        const token = run?.token ?? 0;
        await c.finish(event === "fail" ? { id, token, event, error: failureOf() } : { id, token, event });
      }
    }
    expect((await chainOf(c, schedule)).map(({ decision }) => decision)).toEqual(["fired", "fired", "fired"]);
  }),
  example("skip: records the skip behind what was missed", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "skip" });
    await fired(c, schedule, instants[0]);
    const row = await rowOf(c, schedule);
    const firing = firingOf(row, instants[3], { missed: { after: row.cursor, upTo: instants[2] } });
    expect(await fireOne(c.store, (await c.node([])).by(), firing)).toEqual(skipped);
    const decisions = decisionsOf(await chainOf(c, schedule));
    expect(decisions).toEqual([
      ["fired", instants[0]],
      ["missed", instants[2]],
      ["overlap", instants[3]],
    ]);
    expect(await c.store.runs.get([firing.runId])).toEqual([undefined]);
  }),
  example("skip: judges each schedule by its own runs, not by triggers or other schedules of the task", async (c) => {
    const [first, second] = [await timetable(c, { overlap: "skip" }), await timetable(c, { overlap: "skip" })];
    await c.insert(first.task);
    await fired(c, second.schedule, second.instants[0]);
    expect(await fired(c, first.schedule, first.instants[0])).toBeTypeOf("string");
    const nextAt = c.store.now() + 3_600_000;
    const task = await c.task({
      schedules: [
        { key: "a", nextAt },
        { key: "b", nextAt },
      ],
    });
    for (const row of (await c.store.schedules.list()).filter(({ taskId }) => taskId === task.id)) {
      await c.pass(row.cursor);
      await fired(c, row, row.cursor + 1);
    }
    expect((await c.store.runs.list({ task: task.name, limit: 10 })).items).toHaveLength(2);
  }),
  example("allow: every instant fires", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "allow" });
    for (const instant of instants) await fired(c, schedule, instant);
    expect(decisionsOf(await chainOf(c, schedule))).toEqual(instants.map((instant) => ["fired", instant]));
    expect(
      (await c.store.runs.list({ trigger: "schedule", limit: 10 })).items.map(({ scheduledFor }) => scheduledFor),
    ).toEqual([...instants].reverse());
  }),
];
