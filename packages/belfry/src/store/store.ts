export type { Claimant, ClaimedRun } from "./claim.ts";

import type { BackfillStore } from "./backfills.ts";
import type { KeyStore } from "./keys.ts";
import type { LedgerStore } from "./ledger.ts";
import type { LogStore } from "./logs.ts";
import type { NodeStore } from "./nodes.ts";
import type { Presence } from "./presence.ts";
import type { RunStore } from "./runs.ts";
import type { ScheduleStore } from "./schedules.ts";
import type { TaskStore } from "./tasks.ts";

/**
 * Where everything is kept. The contract of every store:
 *
 * - A verb that writes is one transaction, or shares one with the calls that arrived with it; it resolves once that is
 *   durable. A verb takes a list and answers each item in the same order; one bad item spoils no other.
 * - Time is the store's clock. Due, and expired, mean `<=` now.
 * - A verb settles in bounded time. It rejects with an E_STORE_… code when certainly nothing was done, and with
 *   E_OUTCOME_UNKNOWN when it may have been done; calling it again with the same arguments is then safe.
 * - What a node writes about a run names the run's fencing token; the check and the write are one step. A token that no
 *   longer holds is a normal answer (`stale`), never an exception.
 */
export interface Store {
  readonly tasks: TaskStore;
  readonly schedules: ScheduleStore;
  readonly ledger: LedgerStore;
  readonly runs: RunStore;
  readonly backfills: BackfillStore;
  readonly nodes: NodeStore;
  readonly logs: LogStore;
  readonly keys: KeyStore;
  readonly presence: Presence;
  /** The store's clock as well as this process can tell without asking it; every decision is checked again inside. */
  now(): number;
  /**
   * Calls `listener` within a second after another process (or another `Store`) committed something. A hint: it may
   * come for nothing, and a store that cannot tell calls it every second. Returns what ends it.
   */
  onChange(listener: () => void): () => void;
  /** Waits for the calls under way and lets go of everything. Every call after it rejects E_STORE_UNAVAILABLE. */
  close(): Promise<void>;
}
