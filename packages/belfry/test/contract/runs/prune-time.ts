import { expect } from "vitest";
import { backfill, backfillOf, createOne, stepOf, take } from "../backfills/made.ts";
import { type Case, example } from "../cases.ts";
import type { Context } from "../context.ts";
import { putOne, putTimetable } from "../schedules/made.ts";
import { chainOf, rowOf, settlementOf } from "../timetable.ts";

const all = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 100 };

/** Deletes what ended until now. */
async function pruneNow(c: Context): Promise<void> {
  await c.pass(c.store.now());
  await c.store.runs.prune(c.store.now(), 100);
}

export const pruneTime: readonly Case[] = [
  example("deletes definitions that ended before, and leaves those that hold or ended later", async (c) => {
    const { task, schedule } = await putTimetable(c);
    await putOne(c, task, { spec: "2" }, { settle: settlementOf(schedule) });
    const second = await rowOf(c, schedule);
    await c.pass(second.since);
    await putOne(c, task, { spec: "3" }, { settle: settlementOf(second) });
    const past = async () => (await c.other.schedules.past(schedule.id, all)).map(({ spec }) => spec);
    await c.store.runs.prune(second.since, 100);
    expect(await past()).toEqual([schedule.spec, "2"]);
    await c.store.runs.prune(second.since + 1, 100);
    expect(await past()).toEqual(["2"]);
    await pruneNow(c);
    expect(await past()).toEqual([]);
    expect(await rowOf(c, schedule)).toMatchObject({ spec: "3" });
    expect(await chainOf(c, schedule)).toHaveLength(1);
  }),
  example("deletes backfills that ended before, and leaves those that have not", async (c) => {
    const { schedule, backfill: running } = await backfill(c);
    const [done, paused] = [await createOne(c, backfillOf(schedule)), await createOne(c, backfillOf(schedule))];
    await c.store.backfills.set([{ id: paused.id, state: "paused" }]);
    await take(c, stepOf(done, [], { exhausted: true }));
    await pruneNow(c);
    const rows = await c.other.backfills.get([running.id, done.id, paused.id]);
    expect(rows.map((row) => row?.state)).toEqual(["running", undefined, "paused"]);
  }),
  example("leaves a backfill that ended before for as long as a run of its is left", async (c) => {
    const { backfill: row } = await backfill(c);
    const step = stepOf(row, [1_000]);
    await take(c, step);
    await c.store.backfills.set([{ id: row.id, state: "cancelled" }]);
    await pruneNow(c);
    const [run] = step.runs;
    expect(await c.get(run?.id ?? "")).toMatchObject({ state: "ready", backfillId: row.id });
    expect(await c.other.backfills.get([row.id])).toMatchObject([{ state: "cancelled", unfinished: 1 }]);
    await c.store.runs.cancel([{ id: run?.id ?? "" }]);
    await pruneNow(c);
    expect(await c.other.backfills.get([row.id])).toEqual([undefined]);
  }),
  example("deletes what is known of nodes that ended before, and leaves the living", async (c) => {
    const [living, left] = [await c.node([]), await c.node([])];
    await c.store.nodes.leave(left.epoch);
    await pruneNow(c);
    const epochs = (await c.other.nodes.lives(0, Number.MAX_SAFE_INTEGER)).map(({ epoch }) => epoch);
    expect([epochs.includes(living.epoch), epochs.includes(left.epoch)]).toEqual([true, false]);
  }),
];
