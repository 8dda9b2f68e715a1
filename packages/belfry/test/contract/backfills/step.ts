import { expect } from "vitest";
import { type Cases, example } from "../cases.ts";
import { failureOf, freshId, idsOf, longDelayMs } from "../context.ts";
import { expectRow } from "../runs/row.ts";
import { chainOf, fired, timetable } from "../timetable.ts";
import { backfill, backfillOf, completeAll, createOne, read, stepOf, take } from "./made.ts";

export const step: Cases = [
  example("makes ready runs that point to their instants, and moves the position", async (c) => {
    const rules = { key: "nightly", payload: "[1, 2]", priority: 5 };
    const { task, schedule, backfill: row } = await backfill(c, {}, rules);
    const step = stepOf(row, [1_000, 2_000], { passed: 3 });
    expect(await take(c, step)).toBe("stepped");
    const counts = { position: 2_000, made: 2, unfinished: 2, passed: 3, exhausted: false, state: "running" };
    expect(await read(c, row)).toEqual({ ...row, ...counts });
    for (const { id, instant } of step.runs) {
      const run = await c.get(id);
      expectRow(run, {
        ...{ id, task, trigger: "backfill", state: "ready", priority: 5, payload: "[1, 2]", backfillId: row.id },
        ...{ scheduleKey: "nightly", scheduledFor: instant },
        ...{ triggeredAt: run.triggeredAt, availableAt: run.triggeredAt },
      });
    }
    const { items } = await c.store.runs.list({ trigger: "backfill", limit: 10 });
    expect(idsOf(items).sort()).toEqual(idsOf(step.runs).sort());
    expect(await c.store.ledger.outcomes(schedule.id, [1_000, 3_000])).toEqual(["unfinished", "none"]);
    expect(await chainOf(c, schedule)).toEqual([]);
    const [run] = await (await c.node([task])).claim(1);
    expect(run).toMatchObject({ trigger: "backfill", scheduleKey: "nightly", scheduledFor: 1_000, payload: "[1, 2]" });
  }),
  example("its runs are no matter of the schedule's overlap, and take part in its concurrency alone", async (c) => {
    const { schedule, instants } = await timetable(c, { overlap: "skip" });
    const row = await createOne(c, backfillOf(schedule));
    await take(c, stepOf(row, [instants[0]]));
    expect(await fired(c, schedule, instants[1])).toBeTypeOf("string");
    expect(await take(c, stepOf(await read(c, row), [instants[2]]))).toBe("stepped");
  }),
  example("waits while the task is disabled", async (c) => {
    const { backfill: row } = await backfill(c, {}, {}, { enabled: false });
    expect((await c.store.backfills.running()).some(({ id }) => id === row.id)).toBe(false);
    expect(await take(c, stepOf(row, [1_000]))).toBe("stale");
    expect(await read(c, row)).toEqual(row);
  }),
  example("keeps no more unfinished than its concurrency: a run that ends, however, makes room", async (c) => {
    const { task, backfill: row } = await backfill(c, { concurrency: 2 });
    expect(await take(c, stepOf(row, [1, 2, 3]))).toBe("stale");
    expect(await read(c, row)).toEqual(row);
    expect(await take(c, stepOf(row, [1_000, 2_000]))).toBe("stepped");
    const node = await c.node([task]);
    const [first, second] = await node.claim();
    await c.finish({ ...(first ?? { id: "", token: 0 }), event: "retry", error: failureOf(), delayMs: longDelayMs });
    expect(await take(c, stepOf(await read(c, row), [3_000]))).toBe("stale");
    await c.finish({ ...(second ?? { id: "", token: 0 }), event: "fail", error: failureOf() });
    expect(await read(c, row)).toMatchObject({ made: 2, unfinished: 1 });
    expect(await take(c, stepOf(await read(c, row), [3_000]))).toBe("stepped");
    await c.store.runs.cancel([{ id: first?.id ?? "" }]);
    await completeAll(c, node);
    expect(await read(c, row)).toMatchObject({ made: 3, unfinished: 0, position: 3_000, state: "running" });
  }),
  example("is done once all was handled and has ended", async (c) => {
    const { task, backfill: row } = await backfill(c, { concurrency: 9 });
    await take(c, stepOf(row, [1_000, 2_000], { exhausted: true }));
    expect(await read(c, row)).toMatchObject({ exhausted: true, state: "running", unfinished: 2 });
    await completeAll(c, await c.node([task]));
    const done = await read(c, row);
    expect(done).toMatchObject({ exhausted: true, state: "done", unfinished: 0 });
    expect(done.endedAt).toBeGreaterThanOrEqual(row.createdAt);
    const empty = (await backfill(c)).backfill;
    expect(await take(c, stepOf(empty, [], { exhausted: true, passed: 9, newPosition: 9_000 }))).toBe("stepped");
    expect(await read(c, empty)).toMatchObject({ state: "done", passed: 9, made: 0, position: 9_000 });
  }),
  example("is stale where the position moved, all was handled, or it does not run; each in its place", async (c) => {
    const { schedule, backfill: row } = await backfill(c, { concurrency: 100 });
    const first = stepOf(row, [1_000]);
    expect(await take(c, first)).toBe("stepped");
    expect(await take(c, first)).toBe("stale");
    expect(await take(c, stepOf({ ...row, position: 999 }, [2_000]))).toBe("stale");
    const [paused, cancelled] = [await createOne(c, backfillOf(schedule)), await createOne(c, backfillOf(schedule))];
    await c.store.backfills.set([
      { id: paused.id, state: "paused" },
      { id: cancelled.id, state: "cancelled" },
    ]);
    const moved = await read(c, row);
    const steps = [
      ...[
        stepOf(paused, [1_000]),
        stepOf(moved, [2_000]),
        stepOf(cancelled, []),
        stepOf({ ...row, id: freshId() }, []),
      ],
      stepOf({ ...moved, position: 2_000 }, [], { exhausted: true }),
      stepOf({ ...moved, position: 2_000 }, [3_000]),
    ];
    expect(await c.store.backfills.step(steps)).toEqual(["stale", "stepped", "stale", "stale", "stepped", "stale"]);
    expect(await read(c, row)).toMatchObject({ made: 2, position: 2_000, exhausted: true, state: "running" });
    expect(idsOf((await c.store.runs.list({ trigger: "backfill", limit: 10 })).items)).toHaveLength(2);
    expect(await c.store.backfills.step([])).toEqual([]);
  }),
  example("goes from the newest to the oldest, where that is its order", async (c) => {
    const { backfill: row } = await backfill(c, { order: "newest" });
    expect(await take(c, stepOf(row, [9_000, 8_000]))).toBe("stepped");
    expect(await read(c, row)).toMatchObject({ position: 8_000, order: "newest" });
  }),
];
