import type { Audit, AuditOptions, Explanation, Forecast } from "./account.ts";
import type { Backfills } from "./backfills.ts";
import type { Deploys } from "./deploys.ts";
import type { TaskHandle } from "./handle.ts";
import type { Keys } from "./keys.ts";
import type { NodeInfo } from "./nodes.ts";
import type { Runs } from "./runs.ts";
import type { Schedules } from "./schedules.ts";
import type { Tasks } from "./tasks.ts";

/** What every way in offers alike: an engine of this process, and a client of one elsewhere. */
export interface BelfryApi {
  /** A task by its exact name. Never throws; the handle's methods reject. */
  task(name: string): TaskHandle;
  /** The tasks of the store. */
  readonly tasks: Tasks;
  /** All runs of the store. */
  readonly runs: Runs;
  /** All schedules of the store, and what was decided about their instants. */
  readonly schedules: Schedules;
  /** The backfills of the store: made by `schedules.backfill`. */
  readonly backfills: Backfills;
  /** The sets of definitions that apps have had. */
  readonly deploys: Deploys;
  /**
   * Why a task did or did not run at an instant, for each of its schedules (or the one of key `schedule`): from the
   * ledger, or computed. Rejects E_TASK_UNKNOWN, E_SCHEDULE_UNKNOWN, E_OPTION, E_OPTION_UNKNOWN.
   */
  explain(task: string, options: { at: Date; schedule?: string }): Promise<Explanation>;
  /**
   * Computes again what every schedule was due, and compares it with what the ledger says: every due instant decided
   * once, every link of the chain where the one before ended. Rejects E_TASK_UNKNOWN, E_SCHEDULE_UNKNOWN, E_OPTION,
   * E_OPTION_UNKNOWN.
   */
  audit(options?: AuditOptions): Promise<Audit>;
  /** What is due in the next `hours`, 1 to 168, default 24. Rejects E_OPTION, E_OPTION_UNKNOWN. */
  forecast(options?: { hours?: number }): Promise<Forecast>;
  /** The API keys of the store. */
  readonly keys: Keys;
  /** The processes whose engines work on the store, by epoch. */
  nodes(): Promise<NodeInfo[]>;
}
