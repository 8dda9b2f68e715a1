import type { RunTrigger } from "../run/record.ts";

/** Who claims: a node's lease, and how many more runs it can start at once. */
export interface Claimant {
  /** The epoch that `nodes.register` answered: this node's lease. Renewed by every verb that takes it and writes. */
  readonly epoch: number;
  /** The ids of the tasks that this node has handlers for. */
  readonly taskIds: readonly string[];
  /** How many runs may be claimed. */
  readonly slots: number;
}

/** A run that the caller now holds, with all that its handler needs. */
export interface ClaimedRun {
  readonly id: string;
  readonly taskId: string;
  readonly task: string;
  readonly token: number;
  /** 1 for the first. */
  readonly attempt: number;
  /** Attempts that failed before, neither lost nor given back: what `retries` counts. */
  readonly failures: number;
  readonly trigger: RunTrigger;
  readonly priority: number;
  readonly triggeredAt: number;
  /** Start of this attempt, by the store's clock. */
  readonly claimedAt: number;
  readonly scheduleKey?: string;
  readonly scheduledFor?: number;
  /** The rule (a `ScheduleSpec` as JSON) of the schedule of that key, as it is now; absent where it is gone. */
  readonly spec?: string;
  readonly rootId?: string;
  readonly payload?: string;
}
