import type { Claimant, ClaimedRun } from "./claim.ts";

/** Why an instant did not fire. */
export type SkipReason = "overlap" | "missed" | "disabled" | "removed";

/** One decision to be made about a schedule's due instants: the next link of its chain. */
export interface Firing {
  readonly scheduleId: number;
  /** What the planner believed when it decided; if either moved, the answer is `stale`. */
  readonly version: number;
  readonly cursor: number;
  /** Instants in (after, upTo] that do not fire because they were missed. */
  readonly missed?: { readonly after: number; readonly upTo: number };
  /** The instant that fires. */
  readonly fire?: number;
  /** The cursor after it: `fire`, else `missed.upTo`. */
  readonly newCursor: number;
  readonly nextAt: number | undefined;
  /** The tracking id of the run, where one fires. */
  readonly runId: string;
}

/**
 * `fired`: the run exists, and is held by the caller where `claimed` is given. `skipped`: decided not to fire.
 * `stale`: version or cursor moved: read the schedule again. `early`: not due by the store's clock.
 * `dead`: the epoch was taken over; nothing was changed.
 */
export type FiringAnswer =
  | { readonly outcome: "fired"; readonly trackingId: string; readonly claimed?: ClaimedRun }
  | { readonly outcome: "skipped"; readonly reason: SkipReason }
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

export interface LedgerStore {
  /**
   * Decides each firing, in one transaction (at most 500): checks that its instants are due by the store's clock, that
   * version and cursor still stand, that the task is enabled, and the overlap rule against the schedule's unfinished
   * runs (a skip is recorded from `missed.upTo` or the cursor up to `fire`); advances the cursor, records the span,
   * inserts the run. Runs of the claimant's tasks are inserted already claimed while its slots and the tasks'
   * concurrency last, the others ready. No instant is ever decided twice.
   */
  fire(by: Claimant, firings: readonly Firing[]): Promise<FiringAnswer[]>;
  /** The decisions about a schedule's instants in (from, to], oldest first, at most `limit`. */
  list(scheduleId: number, range: { from: number; to: number; limit: number }): Promise<LedgerItem[]>;
}
