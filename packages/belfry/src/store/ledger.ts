import type { Claimant, ClaimedRun } from "./claim.ts";
import type { Upcoming } from "./schedules.ts";

/** Why an instant did not fire. */
export const skipReasons = [
  "overlap",
  "bufferFull",
  "paused",
  "skipped",
  "missed",
  "disabled",
  "removed",
  "invalid",
] as const;

/**
 * Why an instant did not fire. `overlap`, `bufferFull`: an earlier run was unfinished. `paused`, `skipped`: somebody
 * said so. `missed`: nothing decided it in time, and catch-up did not want it. `disabled`, `removed`: its task, or the
 * schedule itself. `invalid`: the schedule's row cannot be read.
 */
export type SkipReason = (typeof skipReasons)[number];

/** One link of a decision: instants in (after, upTo] that do not fire, or one that does. */
export type DecidedLink =
  | {
      readonly after: number;
      readonly upTo: number;
      readonly reason: Extract<SkipReason, "paused" | "skipped" | "missed" | "invalid">;
    }
  | {
      readonly instant: number;
      readonly runId: string;
      /** It was missed and is caught up: it waits for every unfinished run of its schedule, and starts so much later at the earliest. */
      readonly queued?: { readonly delayMs: number };
    };

/** What is decided about a schedule's due instants: links, ascending and without a gap from the cursor on. */
export interface Decided {
  readonly links: readonly DecidedLink[];
  /** The cursor after it: where the last link ends. */
  readonly newCursor: number;
  /** When the newest of its instants was due: the store refuses what is not yet. */
  readonly wasDueAt: number;
}

/** One decision to be made about a schedule's due instants. */
export interface Firing extends Decided {
  readonly scheduleId: number;
  /** What the planner believed when it decided; if either moved, the answer is `stale`. */
  readonly version: number;
  readonly cursor: number;
  readonly next?: Upcoming;
}

/**
 * What became of one link. `held`: its run waits for earlier ones of its schedule to end. `replaced`: the runs that it
 * cancelled and that ended with it (`cancelOther`), where there are any; those that run end later.
 */
export type LinkAnswer =
  | {
      readonly decision: "fired";
      readonly trackingId: string;
      readonly claimed?: ClaimedRun;
      readonly held?: true;
      readonly replaced?: readonly string[];
    }
  | { readonly decision: SkipReason };

/**
 * `decided`: an answer for each link. `stale`: version or cursor moved: read the schedule again. `early`: not due by
 * the store's clock. `dead`: the epoch was taken over; nothing was changed.
 */
export type FiringAnswer =
  | { readonly outcome: "decided"; readonly links: readonly LinkAnswer[] }
  | { readonly outcome: "stale" }
  | { readonly outcome: "early" }
  | { readonly outcome: "dead" };

/** One item of a schedule's ledger: an instant that fired, or a span (after, upTo] of instants that did not. */
export interface LedgerItem {
  /** The cursor before this decision; each item's equals the end of the one before. */
  readonly after: number;
  /** The instant that fired, or the last of those that did not. */
  readonly upTo: number;
  readonly decision: "fired" | SkipReason;
  readonly trackingId?: string;
  /** Start of the first attempt minus the instant, in milliseconds, once it started. */
  readonly latenessMs?: number;
}

/** How the newest run that points to an instant stands, whatever asked for it. */
export type InstantOutcome = "none" | "unfinished" | "completed" | "failed";

export interface LedgerStore {
  /**
   * Decides each firing, in one transaction (at most 500 firings, 1,500 links): checks that it is due by the store's
   * clock, that version and cursor still stand, that the task is defined and enabled (else one span, `removed` or
   * `disabled`), and for each link that fires the overlap rule against the schedule's unfinished runs; advances the
   * cursor, records the spans, inserts the runs. A run that must wait for earlier ones of its schedule is inserted
   * `held`. Runs of the claimant's tasks that may start are inserted already claimed while its slots and the tasks'
   * concurrency last, the others ready. No instant is ever decided twice.
   */
  fire(by: Claimant, firings: readonly Firing[]): Promise<FiringAnswer[]>;
  /** The decisions about a schedule's instants in (from, to], oldest first, at most `limit`. */
  list(scheduleId: number, range: { from: number; to: number; limit: number }): Promise<LedgerItem[]>;
  /** Of each instant of a schedule, how the newest run stands that points to it: fired, backfilled or retried. */
  outcomes(scheduleId: number, instants: readonly number[]): Promise<InstantOutcome[]>;
}
