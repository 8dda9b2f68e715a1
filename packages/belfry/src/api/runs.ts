import type { RunRecord, RunTrigger, TriggerRecord } from "../run/record.ts";
import type { RunStatus } from "../run/states.ts";
import type { LogLevel } from "../store/logs.ts";
import type { Page } from "./page.ts";

/** Which runs to list. */
export interface ListOptions {
  /** Of this task. */
  task?: string;
  status?: RunStatus;
  trigger?: RunTrigger;
  /** Triggered at or after. */
  from?: Date;
  /** Triggered before. */
  to?: Date;
  /** 1 to 1,000. Default 50. A page ends sooner, with its `cursor`, once its runs hold more than 8 MiB. */
  limit?: number;
  /** The `cursor` of the page before. */
  cursor?: string;
}

/** A line of a run's log. */
export interface LogItem {
  at: string;
  attempt: number;
  level: LogLevel;
  message: string;
  data?: unknown;
}

/** A page of a run's log. `dropped`: how many lines were too many to be kept. */
export interface LogPage extends Page<LogItem> {
  dropped?: number;
}

/** What a retry may say. */
export interface RetryOptions {
  /** Why, for the record. At most 1,000 characters. */
  reason?: string;
  /** A second retry with the same key, within 24 h, answers the first one's record. 1 to 255 characters. */
  idempotencyKey?: string;
}

/** All runs of the store, of whatever task. */
export interface Runs {
  /** The full record, or null where there is none. Rejects E_TRACKING_ID. */
  get(trackingId: string): Promise<RunRecord | null>;
  /** Runs, newest first. Rejects E_OPTION, E_OPTION_UNKNOWN, E_CURSOR. */
  list(options?: ListOptions): Promise<Page<RunRecord>>;
  /**
   * Cancels a run. `ended`: it has ended (E_CANCELLED where it still waited). `requested`: it runs; its signal is
   * aborted, and the end comes when its handler settles or is abandoned. Rejects E_RUN_UNKNOWN, E_TRACKING_ID, E_OPTION.
   */
  cancel(trackingId: string, options?: { reason?: string }): Promise<"ended" | "requested">;
  /**
   * Runs an ended run again, as a new one: same task, payload, priority and `key`. Rejects E_RUN_UNFINISHED,
   * E_RUN_UNKNOWN, E_TASK_DISABLED, E_TASK_UNKNOWN, E_TRACKING_ID, E_IDEMPOTENCY, E_OPTION.
   */
  retry(trackingId: string, options?: RetryOptions): Promise<TriggerRecord>;
  /**
   * A run's log, oldest line first. `after` is the `cursor` of the page before, or how many lines were read already;
   * `limit` 1 to 1,000, default 1,000.
   * Rejects E_RUN_UNKNOWN, E_TRACKING_ID, E_CURSOR, E_OPTION.
   */
  logs(trackingId: string, options?: { after?: string; limit?: number }): Promise<LogPage>;
}
