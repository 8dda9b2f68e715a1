import { expect } from "vitest";
import type { NewRun } from "../../../src/store/runs.ts";
import type { Claimant, ClaimedRun, Store } from "../../../src/store/store.ts";
import { type Cases, example } from "../cases.ts";
import { eventually, idsOf, newRun } from "../context.ts";
import { expectRow } from "./row.ts";

/** Inserts and answers what is held of each: undefined for what waits. */
async function insertBy(store: Store, by: Claimant, runs: readonly NewRun[]): Promise<(ClaimedRun | undefined)[]> {
  const answers = await store.runs.insert(runs, by);
  expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(["created"]));
  return answers.map((answer) => ("claimed" in answer ? answer.claimed : undefined));
}

const areHeld = (runs: readonly (ClaimedRun | undefined)[]) => runs.map((run) => run !== undefined);

export const insertClaimed: Cases = [
  example("inserts a run already held, with all that its handler needs", async (c) => {
    const task = await c.task();
    const node = await c.node([task], { name: "n1" });
    const run = newRun(task, { priority: 3, payload: '{"a":1}' });
    const [claimed] = await insertBy(c.store, node.by(), [run]);
    const row = await c.get(run.id, c.other);
    const { triggeredAt, startedAt = 0 } = row;
    const { token = 0 } = claimed ?? {};
    expect(claimed).toEqual({
      ...{ id: run.id, taskId: task.id, task: task.name, token, attempt: 1, failures: 0 },
      ...{ trigger: "manual", priority: 3, triggeredAt, claimedAt: startedAt, payload: '{"a":1}' },
    });
    expect(startedAt).toBeGreaterThanOrEqual(triggeredAt);
    expectRow(row, {
      ...{ id: run.id, task, state: "running", priority: 3, payload: '{"a":1}' },
      ...{ triggeredAt, availableAt: triggeredAt, startedAt },
      current: { attempt: 1, node: "n1", token, startedAt },
    });
  }),
  example("holds no more than there are slots; the others wait", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const runs = [newRun(task), newRun(task), newRun(task)];
    expect(areHeld(await insertBy(c.store, node.by(2), runs))).toEqual([true, true, false]);
    expect(idsOf(await node.claim())).toEqual([runs[2]?.id]);
    expect(areHeld(await insertBy(c.store, node.by(0), [newRun(task)]))).toEqual([false]);
  }),
  example("does not hold past a task's concurrency, counted over all nodes", async (c) => {
    const task = await c.task({ concurrency: 2 });
    const [a, b] = [await c.node([task]), await c.node([task], { store: c.other })];
    await c.start(a, task);
    expect(areHeld(await insertBy(c.other, b.by(), [newRun(task), newRun(task)]))).toEqual([true, false]);
  }),
  example("does not hold what is delayed or what the claimant has no handler for", async (c) => {
    const [task, foreign] = [await c.task(), await c.task()];
    const node = await c.node([task]);
    const runs = [newRun(foreign), newRun(task, { delayMs: 3_600_000 }), newRun(task)];
    expect(areHeld(await insertBy(c.store, node.by(1), runs))).toEqual([false, false, true]);
  }),
  example("does not hold a run while something of the claimant's tasks waits before it", async (c) => {
    const [task, another] = [await c.task(), await c.task()];
    const node = await c.node([task, another]);
    const older = await c.insert(another);
    const younger = newRun(task);
    expect(areHeld(await insertBy(c.store, node.by(), [younger]))).toEqual([false]);
    expect(idsOf(await node.claim())).toEqual([older, younger.id]);
  }),
  example("does not hold a run while a delayed one that has become due waits before it", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const due = newRun(task, { delayMs: 1 });
    await c.store.runs.insert([due]);
    await c.pass((await c.get(due.id)).availableAt);
    expect(areHeld(await insertBy(c.store, node.by(), [newRun(task)]))).toEqual([false]);
    expect((await node.claim()).length).toBe(2);
  }),
  example("holds a run though other tasks' runs wait, or delayed ones", async (c) => {
    const [task, foreign] = [await c.task(), await c.task()];
    const node = await c.node([task]);
    await c.insert(foreign, { priority: 100 });
    await c.insert(task, { delayMs: 3_600_000, priority: 100 });
    expect(areHeld(await insertBy(c.store, node.by(), [newRun(task)]))).toEqual([true]);
  }),
  example("keeps the runs of a dead epoch, which holds none of them", async (c) => {
    const task = await c.task();
    const dead = await c.node([task]);
    await c.bury(dead);
    const runs = [newRun(task), newRun(task)];
    expect(areHeld(await insertBy(c.store, dead.by(), runs))).toEqual([false, false]);
    expect(idsOf(await (await c.node([task])).claim())).toEqual(idsOf(runs));
  }),
  example("renews the claimant's lease", async (c) => {
    const task = await c.task();
    const node = await c.node([task], { leaseMs: 1 });
    const before = await eventually(async () => (await c.store.nodes.list()).find(({ expired }) => expired));
    await insertBy(c.store, node.by(), [newRun(task)]);
    const [after] = await c.store.nodes.list();
    expect(after?.expiresAt).toBeGreaterThan(before.expiresAt);
  }),
  example("does not start a run again when its call is repeated", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const run = newRun(task);
    const [claimed] = await insertBy(c.store, node.by(), [run]);
    expect(await c.store.runs.insert([run], node.by())).toMatchObject([{ outcome: "replayed" }]);
    expect((await c.store.runs.held(node.epoch)).runs).toEqual([claimed]);
    expect(await node.claim()).toEqual([]);
  }),
];
