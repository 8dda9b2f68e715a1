import { expect } from "vitest";
import type { NewRun } from "../../../src/store/runs.ts";
import type { ScheduleDefinition, ScheduleRow } from "../../../src/store/schedules.ts";
import type { ClaimedRun } from "../../../src/store/store.ts";
import type { TaskRow } from "../../../src/store/tasks.ts";
import { type Context, freshId, newRun, onlyOf, scheduleOf, type TaskSketch, type TestNode } from "../context.ts";

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
  const rows = await c.schedules();
  return dueOf(c, tasks.flat(), rows);
}

async function dueOf(c: Context, tasks: readonly TaskRow[], rows: readonly ScheduleRow[]) {
  await c.pass(Math.max(...rows.map(({ cursor }) => cursor)) + 2);
  return tasks.map((task): { task: TaskRow; schedule: ScheduleRow; instant: number } => {
    const schedule = onlyOf(rows, task);
    return { task, schedule, instant: schedule.cursor + 1 };
  });
}

/** The same, all of them in one app: for rounds without a deploy. */
export async function dueTogether(c: Context, count: number, rules: Partial<ScheduleDefinition> = {}) {
  const nextAt = c.store.now() + 3_600_000;
  const tasks = await manyTasks(c, count, { schedules: [{ ...rules, nextAt }] });
  return dueOf(c, tasks, await c.schedules());
}

/** The same for schedules that were made at run time. */
export async function putApart(c: Context, count: number): Promise<Awaited<ReturnType<typeof dueApart>>> {
  const tasks = await manyTasks(c, count);
  const definition = scheduleOf({ nextAt: c.store.now() + 3_600_000 });
  const answers = await c.store.schedules.put(tasks.map(({ id }) => ({ taskId: id, definition, draftedAt: 0 })));
  const rows = answers.flatMap((answer) => ("row" in answer ? [answer.row] : []));
  await c.pass(Math.max(...rows.map(({ cursor }) => cursor)) + 2);
  return rows.map((schedule, index) => ({ task: tasks[index] as TaskRow, schedule, instant: schedule.cursor + 1 }));
}
