import type { RunRow } from "../../run/record.ts";
import type { BackfillRow } from "../backfills.ts";
import type { ClaimedRun } from "../claim.ts";
import type { NodeRow } from "../nodes.ts";
import type { InsertAnswer, NewRun } from "../runs.ts";
import type { ScheduleRow } from "../schedules.ts";
import type { DeployRow, TaskDefinition, TaskRow } from "../tasks.ts";

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface MemoryRun extends RunRow {
  /** Runs come into being in this order. */
  seq: number;
  scheduleId?: number;
  epoch?: number;
  attemptCount: number;
  failures: number;
  losses: number;
  token: number;
  cancelReason?: string;
}

export type MemoryTask = Mutable<TaskRow>;
/** `release`: whose set brought the definition. `rewoundFrom`: the cursor that it was set back from. */
export type MemorySchedule = Mutable<Omit<ScheduleRow, "removed">> & {
  removed: boolean;
  release?: string;
  rewoundFrom?: number;
};
export type MemoryNode = Mutable<Omit<NodeRow, "expired" | "running">> & { taskIds: readonly string[] };
export type MemoryBackfill = Mutable<BackfillRow> & { readonly seq: number };

/** A set that an app has or had. */
export interface MemoryDeploy {
  readonly row: DeployRow;
  readonly definitions: readonly Omit<TaskDefinition, "newId">[];
}

/** What an insert answers of a run. */
export type RunAnswer = Pick<Extract<InsertAnswer, { run: object }>, "run" | "availableAt">;

/** What a run needs to come into being, by whatever asked for it. */
export type RunSeed = Omit<NewRun, "trigger" | "idempotency"> &
  Pick<RunRow, "trigger" | "backfillId"> & { scheduleId?: number; isHeld?: boolean };

/** A run as its claimant needs it, with the rule that its schedule has now. */
export function toClaimed(run: MemoryRun, spec: string | undefined): ClaimedRun {
  const { id, taskId, task, token, failures, trigger, priority, triggeredAt } = run;
  const { scheduleKey, scheduledFor, rootId, payload } = run;
  const claimedAt = run.current?.startedAt ?? 0;
  return {
    ...{ id, taskId, task, token, attempt: run.attemptCount, failures, trigger, priority, triggeredAt, claimedAt },
    ...{ scheduleKey, scheduledFor, spec, rootId, payload },
  };
}
