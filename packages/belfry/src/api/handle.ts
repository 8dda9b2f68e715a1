import type { Duration } from "../base/duration.ts";
import type { RunRecord, StatusRecord, TriggerRecord } from "../run/record.ts";

/** What a trigger may say. */
export interface RunOptions<Input = unknown> {
  /** JSON, up to 256 KiB, as the task's schema accepts it. Kept as given. */
  payload?: Input;
  /**
   * A second trigger of this task with the same key, within 24 h, answers the first one's record. 1 to 255 characters.
   * With another request it rejects E_IDEMPOTENCY.
   */
  idempotencyKey?: string;
  /** Start so long from now at the earliest. Not together with `at`. */
  delay?: Duration;
  /** Start then at the earliest. */
  at?: Date;
  /** -100 to 100; higher goes first. Default: the task's where this process has its definition, else 0. */
  priority?: number;
  /** Why, for the record. At most 1,000 characters. */
  reason?: string;
}

/** The full record of a run that has ended, with its result typed. */
export interface EndedRun<Result> extends RunRecord {
  result?: Result;
}

/** The arguments of `run()`: none are needed where the payload may be left out. */
export type RunArguments<Input> = undefined extends Input
  ? [options?: RunOptions<Input>]
  : [options: RunOptions<Input> & { payload: Input }];

/** A task, by name: what `task(name)` answers. Made without asking anybody; its methods reject. */
export interface TaskHandle<Input = unknown, Result = unknown> {
  /**
   * Asks for an extra run, ahead of the task's schedule and without moving it. Resolves with exactly the seed's five
   * fields once the trigger is durable: from then on it survives a crash, and ends.
   *
   * Rejects E_TASK_UNKNOWN, E_TASK_DISABLED, E_PAYLOAD, E_OPTION, E_OPTION_UNKNOWN, E_DURATION, E_IDEMPOTENCY,
   * E_NOT_STARTED, E_STOPPED, an E_STORE_… code when nothing was kept, and E_OUTCOME_UNKNOWN when the store never said.
   */
  run(...args: RunArguments<Input>): Promise<TriggerRecord>;
  /**
   * The same, and resolves with the full record once the run has ended, well or not: `status` tells. Rejects as
   * `run()`, and E_STOPPED when this engine stops first (the run goes on).
   */
  runAndWait(...args: RunArguments<Input>): Promise<EndedRun<Result>>;
  /**
   * The seed's record of a run of this task, made by hand or by a schedule; null where this task has none of that id.
   * Rejects E_TRACKING_ID for a malformed id, E_TASK_UNKNOWN for an unknown task.
   */
  getTaskStatus(trackingId: string): Promise<StatusRecord | null>;
}
