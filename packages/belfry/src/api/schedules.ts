import type { Duration } from "../base/duration.ts";
import type { CatchUpOption } from "../schedule/catchup.ts";
import type { Overlap } from "../schedule/overlap.ts";
import type { ScheduleTime } from "../schedule/spec.ts";
import type { SkipReason } from "../store/ledger.ts";
import type { ScheduleOrigin } from "../store/schedules.ts";
import type { ScheduleTerms } from "../task/terms.ts";
import type { Backfill, BackfillEstimate, BackfillOptions } from "./backfills.ts";
import type { Page } from "./page.ts";

/** Dates on which a schedule is not due, in JSON as in code. */
export interface CalendarRule {
  name: string;
  dates: string[];
}

interface BoundsRule {
  start?: string;
  end?: string;
  exclude?: CalendarRule[];
  spread?: Duration;
}

/** When a schedule is due, as it is written in JSON: instants are ISO 8601 strings. */
export type ScheduleRule =
  | ({
      cron: string;
      timezone: string;
      dst?: { gap?: "shift" | "transition" | "skip"; repeat?: "first" | "last" | "both" };
    } & BoundsRule)
  | ({ every: string; anchor?: string } & BoundsRule)
  | { at: string };

/**
 * A schedule to be made or changed at run time: a cron string, or when it is due, the payload of its runs (as the task's
 * schema accepts it) and its terms. What it does not say is as its task has it when it is put.
 */
export type ScheduleInput = string | (Exclude<ScheduleTime, string> & ScheduleTerms & { payload?: unknown });

/** A schedule's pause. */
export interface PauseInfo {
  since: string;
  reason?: string;
  author?: string;
  /** The first instant that may fire again; absent: until somebody resumes it. */
  until?: string;
}

/** A schedule as the store has it. */
export interface ScheduleInfo {
  task: string;
  key: string;
  /** `code`: a deploy of its app defines it; `runtime`: it was put. */
  origin: ScheduleOrigin;
  schedule: ScheduleRule;
  payload?: unknown;
  priority: number;
  overlap: Overlap;
  catchUp: CatchUpOption;
  pauseOnFailure?: number;
  /** While it is paused. */
  paused?: PauseInfo;
  /** Instants before this one are skipped, while that lies ahead. */
  skippedUntil?: string;
  /** How many of its runs have failed in a row, where `pauseOnFailure` is set. */
  failures?: number;
  /** Why its row cannot be read: it is never due. */
  invalid?: string;
  author?: string;
  changedAt: string;
  /** Every instant up to this one is decided. */
  decidedUpTo: string;
  /** The next instants that will fire, at most five; none where the task is disabled. */
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

/** What `put` answers. `runs`: the unfinished runs that the schedule had made before; they stay. At most 100. */
export interface PutResult {
  outcome: "created" | "changed" | "unchanged";
  schedule: ScheduleInfo;
  runs: string[];
}

/** A schedule of `putMany`. */
export interface PutItem {
  task: string;
  /** Default `default`. */
  key?: string;
  schedule: ScheduleInput;
}

/** What became of one item of `putMany`. */
export type PutItemResult =
  | { task: string; key: string; outcome: PutResult["outcome"] }
  | { task: string; key: string; error: { code: string; message: string } };

/** What a pause, a resuming or a skip answers. */
export interface AmendResult {
  /** How many schedules it changed. */
  count: number;
  /** The first of them, at most 100, as they are now. */
  schedules: ScheduleInfo[];
  /** Unfinished runs of theirs, at most 100: they stay. */
  runs: string[];
}

/** Who and why, for the record. */
export interface AmendOptions {
  /** At most 1,000 characters. */
  reason?: string;
  /** At most 128 characters. */
  author?: string;
}

/** All schedules of the store, and their ledgers. */
export interface Schedules {
  /**
   * Makes or changes a schedule at run time. It has no instants before this is committed; what was due and undecided
   * under its old definition is judged by that one's catch-up. Instants of the old definition never fire after the
   * answer. An equal one changes nothing. A pause stays. Rejects E_TASK_UNKNOWN, E_SCHEDULE_CODE (the app's code
   * defines it), E_SCHEDULE, E_TIMEZONE, E_DURATION, E_OPTION, E_OPTION_UNKNOWN, E_PAYLOAD (where this process knows
   * the task's schema).
   */
  put(task: string, key: string, schedule: ScheduleInput, options?: { author?: string }): Promise<PutResult>;
  /** The same for many, up to 1,000,000, each on its own: the answers, in order, say what became of each. */
  putMany(items: readonly PutItem[], options?: { author?: string }): Promise<{ items: PutItemResult[] }>;
  /** A task's schedule by its key, `"default"` where none is given; null where there is none. Rejects E_TASK_UNKNOWN. */
  get(task: string, key?: string): Promise<ScheduleInfo | null>;
  /** Schedules by task name and key. Rejects E_OPTION, E_OPTION_UNKNOWN, E_CURSOR, E_TASK_UNKNOWN. */
  list(options?: { task?: string; limit?: number; cursor?: string }): Promise<Page<ScheduleInfo>>;
  /**
   * Removes a schedule that was made at run time; its ledger and its runs stay, and `runs` lists the unfinished ones.
   * Rejects E_TASK_UNKNOWN, E_SCHEDULE_UNKNOWN, E_SCHEDULE_CODE.
   */
  delete(task: string, key?: string): Promise<{ runs: string[] }>;
  /**
   * Pauses schedules: their instants are recorded `paused` and do not fire, until `until` or `resume`. `task` and `key`
   * are names, or patterns with `*`; `key` is `*` where none is given. The task still runs by hand. Pausing what is
   * paused replaces reason, author and until. Rejects E_TASK_UNKNOWN, E_SCHEDULE_UNKNOWN (a name without a match; a
   * pattern without one changes nothing), E_OPTION, E_OPTION_UNKNOWN.
   */
  pause(task: string, key?: string, options?: AmendOptions & { until?: Date }): Promise<AmendResult>;
  /** Ends pauses. What was due until then is recorded `paused`: it is never caught up. Rejects as `pause`. */
  resume(task: string, key?: string, options?: AmendOptions): Promise<AmendResult>;
  /** Skips the next `count` instants (1 to 1,000, default 1), or all before `until`. Rejects as `pause`. */
  skip(task: string, key?: string, options?: AmendOptions & { count?: number; until?: Date }): Promise<AmendResult>;
  /**
   * Makes runs for the instants of a range, oldest first or newest first, so many at a time; see `belfry.backfills` for
   * its progress. With `dryRun` it answers what it would do. Rejects E_TASK_UNKNOWN, E_SCHEDULE_UNKNOWN,
   * E_BACKFILL_RANGE (before what the ledger keeps, without `force`), E_OPTION, E_OPTION_UNKNOWN.
   */
  backfill(task: string, key: string, options: BackfillOptions & { dryRun: true }): Promise<BackfillEstimate>;
  backfill(task: string, key: string, options: BackfillOptions & { dryRun?: false }): Promise<Backfill>;
  backfill(task: string, key: string, options: BackfillOptions): Promise<Backfill | BackfillEstimate>;
  /**
   * What was decided about a schedule's instants after `from` up to `to`, oldest first. Rejects E_TASK_UNKNOWN,
   * E_SCHEDULE_UNKNOWN, E_OPTION, E_OPTION_UNKNOWN, E_CURSOR.
   */
  firings(task: string, key?: string, options?: FiringsOptions): Promise<Page<FiringItem>>;
}
