import type { Failure } from "../run/failure.ts";
import type { RunRow, RunTrigger } from "../run/record.ts";
import type { RunStatus } from "../run/states.ts";
import type { Claimant, ClaimedRun } from "./claim.ts";

/** A run to be made by hand. */
export interface NewRun {
  /** Its tracking id. Inserting one that exists changes nothing and answers it. */
  readonly id: string;
  readonly taskId: string;
  readonly trigger: Exclude<RunTrigger, "schedule" | "backfill">;
  readonly priority: number;
  /** JSON text. */
  readonly payload?: string;
  readonly reason?: string;
  /** When it may start: so many milliseconds from now, or at an instant; absent: at once. */
  readonly delayMs?: number;
  readonly at?: number;
  readonly retryOf?: string;
  readonly rootId?: string;
  /** The instant that a retry points to. */
  readonly scheduleKey?: string;
  readonly scheduledFor?: number;
  /** A second insert with this key (per task, for 24 h) and the same `request` answers the first run. */
  readonly idempotency?: { readonly key: string; readonly request: string };
}

/**
 * `created`: it is kept, and is held by the caller where `claimed` is given. `replayed`: its id or its idempotency
 * key was known. `conflict`: the key was used with another request. `disabled`, `unknownTask`: refused by its task.
 */
export type InsertAnswer =
  | {
      readonly outcome: "created" | "replayed";
      readonly run: {
        readonly id: string;
        readonly taskId: string;
        readonly task: string;
        readonly triggeredAt: number;
      };
      /** When it may start, where that is later. */
      readonly availableAt: number;
      readonly claimed?: ClaimedRun;
    }
  | { readonly outcome: "conflict" | "disabled" | "unknownTask" };

/** What a claim answers. `dead`: the epoch was taken over; nothing was claimed. */
export type ClaimAnswer =
  | {
      readonly outcome: "claimed";
      readonly runs: readonly ClaimedRun[] /** When the soonest delayed run is due. */;
      readonly nextDueAt?: number;
    }
  | { readonly outcome: "dead" };

/** How an attempt ended. */
export type Finish = { readonly id: string; readonly token: number } & (
  | { readonly event: "complete"; readonly result?: string; readonly resultError?: string }
  | { readonly event: "fail"; readonly error: Failure }
  | { readonly event: "retry"; readonly error: Failure; readonly delayMs: number }
  | { readonly event: "release" }
);

/** `done`: it is so now (or was already ended under this token). `stale`: the token does not hold; nothing changed. */
export type WriteAnswer = "done" | "stale";

/** `cancelled`: the attempt is over, and since the run's cancelling was asked for, the run ended with it (E_CANCELLED). */
export type FinishAnswer = WriteAnswer | "cancelled";

/** A held run whose cancelling was asked for, and why. */
export interface Cancelling {
  readonly id: string;
  readonly reason?: string;
}

/** `ended`: it had ended, or now has. `requested`: it runs; its node will abort its signal. */
export type CancelAnswer =
  | { readonly outcome: "ended" /** It was this call that ended it. */; readonly now: boolean }
  | { readonly outcome: "requested" }
  | { readonly outcome: "unknown" };

export interface RunQuery {
  readonly task?: string;
  readonly status?: RunStatus;
  readonly trigger?: RunTrigger;
  /** Triggered at or after, and before, in milliseconds. */
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly cursor?: string;
}

export interface RunStore {
  /**
   * Keeps new runs. With a claimant, those that may start at once are inserted already claimed while slots and the
   * task's concurrency last and nothing of the claimant's tasks is waiting before them. A dead epoch claims nothing;
   * the runs are kept all the same.
   */
  insert(runs: readonly NewRun[], by?: Claimant): Promise<InsertAnswer[]>;
  /**
   * Claims up to `slots` ready runs of the claimant's tasks: highest priority first, then oldest first; a task at
   * its concurrency (over all nodes) is passed over. What is delayed and now due becomes ready first. Each claim has a
   * new, higher fencing token. Renews the lease where it claims, and writes nothing where there is nothing to do: two
   * idle nodes that wake each other would never rest.
   */
  claim(by: Claimant): Promise<ClaimAnswer>;
  /** Ends attempts, each where its token holds. A run that would go on, and whose cancelling was asked for, ends too. */
  finish(items: readonly Finish[]): Promise<FinishAnswer[]>;
  /** Sets progress, each where its token holds. */
  progress(items: readonly { id: string; token: number; value: number; note?: string }[]): Promise<WriteAnswer[]>;
  /** Ends what waits (`E_CANCELLED`, with the reason), marks what runs; a mark's first reason stays. */
  cancel(items: readonly { id: string; reason?: string }[]): Promise<CancelAnswer[]>;
  /** The runs that the epoch holds, and those of them whose cancelling was asked for. */
  held(epoch: number): Promise<{ runs: ClaimedRun[]; cancelled: Cancelling[] }>;
  /** Each run, or undefined where there is none. Sees all that was answered before. */
  get(ids: readonly string[]): Promise<(RunRow | undefined)[]>;
  /** Runs, newest first. Throws E_CURSOR for a cursor that is none of its own. */
  list(query: RunQuery): Promise<{ items: RunRow[]; cursor?: string }>;
  /** Ends `E_NO_HANDLER` what waited since before `readyBefore` and whose task no living node has, at most `limit`. Answers what it ended. */
  expire(readyBefore: number, limit: number): Promise<{ id: string; task: string }[]>;
  /** Deletes runs that ended before, with their logs and data, and old idempotency keys and spans; at most `limit` runs. Answers how many runs. */
  prune(endedBefore: number, limit: number): Promise<number>;
}
