import { expect } from "vitest";
import type { ClaimedRun } from "../../../src/store/claim.ts";
import type { FiringAnswer } from "../../../src/store/ledger.ts";
import { type Cases, example } from "../cases.ts";
import { eventually, idsOf } from "../context.ts";
import { texts } from "../texts.ts";
import { decided, firedOf, fireOne, firingOf, timetable, toldOf } from "../timetable.ts";

const areHeld = (answers: readonly FiringAnswer[]) => answers.map((answer) => firedOf(answer)?.claimed !== undefined);

export const fireClaimed: Cases = [
  example("makes a run already held, with all that its handler needs", async (c) => {
    const { task, schedule, instants } = await timetable(c, { payload: "[1, 2]", priority: 2, key: "nightly" });
    const node = await c.node([task], { name: "n1" });
    const firing = firingOf(schedule, instants[0]);
    const answer = await fireOne(c.other, node.by(), firing);
    const run = await c.get(firing.runId);
    const claimed = {
      ...{
        id: firing.runId,
        taskId: task.id,
        task: task.name,
        token: run.current?.token,
        attempt: 1,
        failures: 0,
        trigger: "schedule",
      },
      ...{ priority: 2, payload: "[1, 2]", triggeredAt: run.triggeredAt, claimedAt: run.startedAt },
      ...{ scheduleKey: "nightly", scheduledFor: instants[0], spec: schedule.spec },
    };
    expect(answer).toEqual(decided({ decision: "fired", trackingId: firing.runId, claimed: claimed as ClaimedRun }));
    expect(run).toMatchObject({ state: "running", current: { attempt: 1, node: "n1", startedAt: run.startedAt } });
    expect((await c.store.runs.held(node.epoch)).runs).toEqual([claimed]);
    await c.complete(claimed as { id: string; token: number });
  }),
  example("hands on a schedule's payload character for character", async (c) => {
    const nextAt = c.store.now() + 3_600_000;
    const task = await c.task({ schedules: texts.map((payload, index) => ({ key: `${index}`, payload, nextAt })) });
    const rows = (await c.schedules()).sort((a, b) => Number(a.key) - Number(b.key));
    expect(rows.map(({ payload }) => payload)).toEqual(texts);
    await c.pass(Math.max(...rows.map(({ cursor }) => cursor)) + 1);
    const firings = rows.map((row) => firingOf(row, row.cursor + 1));
    const answers = await c.other.ledger.fire((await c.node([task])).by(), firings);
    expect(answers.map((answer) => firedOf(answer)?.claimed?.payload)).toEqual(texts);
    const runs = await c.store.runs.get(firings.map(({ runId }) => runId));
    expect(runs.map((run) => run?.payload)).toEqual(texts);
  }),
  example("holds no more than there are slots; the others are ready", async (c) => {
    const times = [await timetable(c), await timetable(c), await timetable(c)];
    const node = await c.node(times.map(({ task }) => task));
    const firings = times.map(({ schedule, instants }) => firingOf(schedule, instants[0]));
    expect(areHeld(await c.store.ledger.fire(node.by(2), firings))).toEqual([true, true, false]);
    expect(idsOf(await node.claim())).toEqual([firings[2]?.runId]);
  }),
  example("does not hold past a task's concurrency, counted over all nodes", async (c) => {
    const { task, schedule, instants } = await timetable(c, { overlap: "allow" }, { concurrency: 2 });
    const [a, b] = [await c.node([task]), await c.node([task], { store: c.other })];
    await c.start(a, task);
    const firings = [firingOf(schedule, instants[0]), firingOf({ ...schedule, cursor: instants[0] }, instants[1])];
    expect(areHeld(await c.other.ledger.fire(b.by(), firings))).toEqual([true, false]);
  }),
  example("fires for tasks that the claimant has no handler for: their runs are ready", async (c) => {
    const { task, schedule, instants } = await timetable(c);
    const answer = await fireOne(c.store, (await c.node([])).by(), firingOf(schedule, instants[0]));
    expect(areHeld([answer])).toEqual([false]);
    expect(toldOf(answer)).toEqual(["fired"]);
    expect(await (await c.node([task])).claim()).toHaveLength(1);
  }),
  example("renews the claimant's lease", async (c) => {
    const { schedule, instants } = await timetable(c);
    const node = await c.node([], { leaseMs: 1 });
    const before = await eventually(async () => (await c.store.nodes.list()).find(({ expired }) => expired));
    expect(toldOf(await fireOne(c.other, node.by(), firingOf(schedule, instants[0])))).toEqual(["fired"]);
    const [after] = await c.store.nodes.list();
    expect(after?.expiresAt).toBeGreaterThan(before.expiresAt);
  }),
  example("answers an empty list with an empty one", async (c) => {
    expect(await c.store.ledger.fire((await c.node([])).by(), [])).toEqual([]);
  }),
  example("is safe to repeat where the answer was lost: the run is found by what is held", async (c) => {
    const { task, schedule, instants } = await timetable(c);
    const node = await c.node([task]);
    const firing = firingOf(schedule, instants[0]);
    const answer = await fireOne(c.store, node.by(), firing);
    expect(await fireOne(c.store, node.by(), firing)).toEqual({ outcome: "stale" });
    const { runs } = await c.store.runs.held(node.epoch);
    expect(answer).toEqual(decided({ decision: "fired", trackingId: firing.runId, claimed: runs[0] }));
    expect(runs).toHaveLength(1);
  }),
];
