/** What becomes of instants that have a run already. */
export const reprocessRules = ["none", "failed", "all"] as const;

/** Which instants a backfill runs again: `none` that has a run, those whose newest run `failed`, or `all`. */
export type Reprocess = (typeof reprocessRules)[number];

/** `running`: its runs are being made. `done`: all were made and have ended. */
export const backfillStates = ["running", "paused", "done", "cancelled"] as const;

/** How a backfill stands. `running`: its runs are being made. `done`: all were made, and have ended. */
export type BackfillState = (typeof backfillStates)[number];

/** A backfill to be made. */
export interface NewBackfill {
  /** 24 lower-case hex characters. Creating one that exists changes nothing and answers it. */
  readonly id: string;
  readonly scheduleId: number;
  /** Its instants: from `from` up to and including `to`, by the schedule's definition as it is now. */
  readonly from: number;
  readonly to: number;
  readonly order: "oldest" | "newest";
  /** How many of its runs may be unfinished at once. */
  readonly concurrency: number;
  readonly reprocess: Reprocess;
  readonly reason?: string;
  readonly author?: string;
}

/** A backfill as the store keeps it. */
export interface BackfillRow extends NewBackfill {
  readonly taskId: string;
  readonly task: string;
  readonly key: string;
  /** The schedule's rule and the payload of its runs, as they were when the backfill was made. */
  readonly spec: string;
  readonly payload?: string;
  readonly priority: number;
  readonly state: BackfillState;
  /** The last instant that was handled, in its order; absent at the start. */
  readonly position?: number;
  /** All of its instants were handled. */
  readonly exhausted: boolean;
  /** How many runs were made, and how many instants were passed over. */
  readonly made: number;
  readonly passed: number;
  /** How many of its runs are unfinished. */
  readonly unfinished: number;
  readonly createdAt: number;
  readonly endedAt?: number;
}

/** A step of a backfill. */
export interface BackfillStep {
  readonly id: string;
  /** What it was computed for; if it moved, the answer is `stale`. */
  readonly position?: number;
  readonly newPosition?: number;
  readonly exhausted: boolean;
  readonly runs: readonly { readonly id: string; readonly instant: number }[];
  readonly passed: number;
}

export interface BackfillStore {
  /** Keeps new backfills. Undefined where the schedule is gone. */
  create(items: readonly NewBackfill[]): Promise<(BackfillRow | undefined)[]>;
  get(ids: readonly string[]): Promise<(BackfillRow | undefined)[]>;
  /** Those that were made last first; `before` is the id of the last one of the page before. */
  list(query: { readonly taskId?: string; readonly before?: string; readonly limit: number }): Promise<BackfillRow[]>;
  /** Those that run, and whose task is defined and enabled, oldest first, at most 1,000. */
  running(): Promise<BackfillRow[]>;
  /**
   * Takes steps, each on its own: checks that the backfill runs, its task too, that its position stands, and that no more runs would
   * be unfinished than its concurrency allows (else `stale`); inserts the runs (trigger `backfill`, pointing to their
   * instants, ready), and moves the position. Once exhausted and without an unfinished run it is `done`.
   */
  step(items: readonly BackfillStep[]): Promise<("stepped" | "stale")[]>;
  /** Pauses, resumes or ends backfills; one that has ended stays as it is. Runs that were made stay. */
  set(
    items: readonly { readonly id: string; readonly state: "running" | "paused" | "cancelled" }[],
  ): Promise<(BackfillRow | undefined)[]>;
}
