import { randomBytes } from "node:crypto";
import type { BackfillRow, BackfillStep, NewBackfill } from "../../../src/store/backfills.ts";
import type { ClaimedRun } from "../../../src/store/claim.ts";
import type { ScheduleDefinition, ScheduleRow } from "../../../src/store/schedules.ts";
import type { TaskRow } from "../../../src/store/tasks.ts";
import { type Context, freshId, type TaskSketch, type TestNode } from "../context.ts";

let made = 0;

/** Ids of backfills grow with time. */
export function nextId(): string {
  made += 1;
  return made.toString(16).padStart(12, "0") + randomBytes(6).toString("hex");
}

export function backfillOf(schedule: { id: number }, sketch: Partial<NewBackfill> = {}): NewBackfill {
  return {
    ...{ id: nextId(), scheduleId: schedule.id, from: 1_000, to: 9_000, order: "oldest", concurrency: 2 },
    ...{ reprocess: "none", ...sketch },
  };
}

export async function createOne(c: Context, item: NewBackfill): Promise<BackfillRow> {
  const [row] = await c.store.backfills.create([item]);
  if (!row) throw new Error("the backfill is not created");
  return row;
}

interface Made {
  readonly task: TaskRow;
  readonly schedule: ScheduleRow;
  readonly backfill: BackfillRow;
}

/** A backfill of a schedule that is not due. */
export async function backfill(
  c: Context,
  sketch: Partial<NewBackfill> = {},
  rules: Partial<ScheduleDefinition> = {},
  owner: TaskSketch = {},
): Promise<Made> {
  const task = await c.task({ ...owner, schedules: [rules] });
  const [schedule] = await c.schedules(task.app);
  if (!schedule) throw new Error("a schedule was deployed");
  return { task, schedule, backfill: await createOne(c, backfillOf(schedule, sketch)) };
}

export async function read(c: Context, { id }: { id: string }): Promise<BackfillRow> {
  const [row] = await c.other.backfills.get([id]);
  if (!row) throw new Error("there is no such backfill");
  return row;
}

/** The step that makes a run for each of these instants, as the backfill stands. */
export function stepOf(row: BackfillRow, instants: readonly number[], rest: Partial<BackfillStep> = {}): BackfillStep {
  const runs = instants.map((instant) => ({ id: freshId(), instant }));
  const newPosition = instants.at(-1) ?? row.position;
  return { id: row.id, position: row.position, newPosition, exhausted: false, runs, passed: 0, ...rest };
}

export async function take(c: Context, step: BackfillStep): Promise<"stepped" | "stale" | undefined> {
  return (await c.other.backfills.step([step]))[0];
}

/** Completes all that the node can claim; answers it. */
export async function completeAll(c: Context, node: TestNode): Promise<readonly ClaimedRun[]> {
  const runs = await node.claim();
  for (const run of runs) await c.complete(run);
  return runs;
}
