import type { BackfillState, Reprocess } from "../store/backfills.ts";
import type { InstantOutcome } from "../store/ledger.ts";
import type { Page } from "./page.ts";

/** Which instants to run again, and how. */
export interface BackfillOptions {
  /** The first instant that may be run. */
  from: Date;
  /** The last one; not after now. */
  to: Date;
  /** Default `oldest`: from the oldest on. */
  order?: "oldest" | "newest";
  /** How many of its runs may be unfinished at once, 1 to 1,000. Default 1. */
  concurrency?: number;
  /** Of instants that have a run already: none again (default), those whose newest run failed, or all. */
  reprocess?: Reprocess;
  /** At most 1,000 characters. */
  reason?: string;
  /** At most 128 characters. */
  author?: string;
  /** Also where the range begins before what the ledger keeps: instants of then count as never run. Default false. */
  force?: boolean;
  /** Only says what it would do. Default false. */
  dryRun?: boolean;
}

/** What a backfill would do. */
export interface BackfillEstimate {
  /** How many instants lie in the range. */
  instants: number;
  /** How many of them would run. */
  runs: number;
  /** The first ones that the order brings, at most 100, and how the newest run of each stands. */
  first: { instant: string; outcome: InstantOutcome; runs: boolean }[];
  /** How long it would take, by how long the task's newest runs took; absent where none has ended. */
  estimateMs?: number;
}

/** A backfill. */
export interface Backfill {
  id: string;
  task: string;
  key: string;
  from: string;
  to: string;
  order: "oldest" | "newest";
  concurrency: number;
  reprocess: Reprocess;
  reason?: string;
  author?: string;
  state: BackfillState;
  /** The last instant that was handled, in its order. */
  position?: string;
  /** How many runs were made, how many of them are unfinished, how many instants were passed over. */
  made: number;
  unfinished: number;
  passed: number;
  createdAt: string;
  endedAt?: string;
}

/** The backfills of the store. */
export interface Backfills {
  /** Rejects E_BACKFILL_UNKNOWN. */
  get(id: string): Promise<Backfill>;
  /** Newest first. Rejects E_OPTION, E_OPTION_UNKNOWN, E_CURSOR, E_TASK_UNKNOWN. */
  list(options?: { task?: string; limit?: number; cursor?: string }): Promise<Page<Backfill>>;
  /** Makes no more runs until it is resumed. One that has ended stays as it is. Rejects E_BACKFILL_UNKNOWN. */
  pause(id: string): Promise<Backfill>;
  resume(id: string): Promise<Backfill>;
  /** Makes no more runs; those that were made stay. */
  cancel(id: string): Promise<Backfill>;
}
