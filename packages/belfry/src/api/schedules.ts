import type { CatchUp } from "../schedule/catchup.ts";
import type { Overlap } from "../schedule/overlap.ts";
import type { SkipReason } from "../store/ledger.ts";
import type { Page } from "./page.ts";

/** When a schedule is due, as it is written in JSON: instants are ISO 8601 strings. */
export type ScheduleRule = { cron: string; timezone: string } | { every: string; anchor?: string } | { at: string };

/** A schedule as the store has it. */
export interface ScheduleInfo {
  task: string;
  key: string;
  schedule: ScheduleRule;
  payload?: unknown;
  priority: number;
  overlap: Overlap;
  catchUp: CatchUp;
  /** Every instant up to this one is decided. */
  decidedUpTo: string;
  /** The next instants, at most five; none where the task is disabled. */
  nextFirings: string[];
}

/** What was decided about an instant of a schedule, or about all of them after `instant` up to `upTo`. */
export interface FiringItem {
  /** The instant that fired; for what did not fire, the instant after which it begins. */
  instant: string;
  /** The last instant of what did not fire. */
  upTo?: string;
  decision: "fired" | SkipReason;
  trackingId?: string;
  /** Start of the first attempt minus the instant, in milliseconds. */
  latenessMs?: number;
}

/** Which of a schedule's decisions to list. */
export interface FiringsOptions {
  /** After this instant. */
  from?: Date;
  /** Up to this instant. */
  to?: Date;
  /** 1 to 1,000. Default 50. */
  limit?: number;
  /** The `cursor` of the page before. */
  cursor?: string;
}

/** All schedules of the store, and their ledgers. */
export interface Schedules {
  /** A task's schedule by its key, `"default"` where none is given; null where there is none. Rejects E_TASK_UNKNOWN. */
  get(task: string, key?: string): Promise<ScheduleInfo | null>;
  /** Schedules by task name and key. Rejects E_OPTION, E_OPTION_UNKNOWN, E_CURSOR, E_TASK_UNKNOWN. */
  list(options?: { task?: string; limit?: number; cursor?: string }): Promise<Page<ScheduleInfo>>;
  /**
   * What was decided about a schedule's instants after `from` up to `to`, oldest first. Rejects E_TASK_UNKNOWN,
   * E_SCHEDULE_UNKNOWN, E_OPTION, E_OPTION_UNKNOWN, E_CURSOR.
   */
  firings(task: string, key?: string, options?: FiringsOptions): Promise<Page<FiringItem>>;
}
