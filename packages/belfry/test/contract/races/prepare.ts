import { expect } from "vitest";
import type { NewRun } from "../../../src/store/runs.ts";
import type { ScheduleRow } from "../../../src/store/schedules.ts";
import type { ClaimedRun } from "../../../src/store/store.ts";
import type { ScheduleDefinition, TaskRow } from "../../../src/store/tasks.ts";
import { type Context, freshId, newRun, onlyOf, type TaskSketch, type TestNode } from "../context.ts";

/** So many tasks in one app. */
export async function manyTasks(c: Context, count: number, sketch: TaskSketch = {}): Promise<TaskRow[]> {
  return c.deploy(
    "race",
    Array.from({ length: count }, () => sketch),
  );
}

/** A waiting run of each task. */
export async function waitingRuns(
  c: Context,
  tasks: readonly TaskRow[],
  sketch: Partial<NewRun> = {},
): Promise<{ task: TaskRow; id: string }[]> {
  const runs = tasks.map((task) => newRun(task, sketch));
  const answers = await c.store.runs.insert(runs);
  expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(["created"]));
  return runs.map(({ id }, index) => ({ id, task: tasks[index] as TaskRow }));
}

/** So many runs of one task, all held by one node. */
export async function heldRuns(
  c: Context,
  count: number,
): Promise<{ task: TaskRow; node: TestNode; runs: readonly ClaimedRun[] }> {
  const task = await c.task();
  const node = await c.node([task]);
  await c.store.runs.insert(Array.from({ length: count }, () => newRun(task)));
  const runs = await node.claim(count);
  expect(runs).toHaveLength(count);
  return { task, node, runs };
}

/** A node for each round, with one run that it holds. */
export async function heldApart(
  c: Context,
  count: number,
  leaseMs?: number,
): Promise<{ task: TaskRow; node: TestNode; run: ClaimedRun }[]> {
  const tasks = await manyTasks(c, count);
  await waitingRuns(c, tasks);
  return Promise.all(
    tasks.map(async (task) => {
      const node = await c.node([task], { leaseMs });
      const [run] = await node.claim();
      return { task, node, run: run as ClaimedRun };
    }),
  );
}

/** A schedule for each round, in an app of its own, two of whose instants are due. */
export async function dueApart(c: Context, count: number, rules: Partial<ScheduleDefinition> = {}) {
  const nextAt = c.store.now() + 3_600_000;
  const schedules = [{ ...rules, nextAt }];
  const tasks = await Promise.all(Array.from({ length: count }, () => c.deploy(`race-${freshId()}`, [{ schedules }])));
  const rows = await c.store.schedules.list();
  await c.pass(Math.max(...rows.map(({ cursor }) => cursor)) + 2);
  return tasks.flat().map((task): { task: TaskRow; schedule: ScheduleRow; instant: number } => {
    const schedule = onlyOf(rows, task);
    return { task, schedule, instant: schedule.cursor + 1 };
  });
}
