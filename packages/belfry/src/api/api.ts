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
  /** The API keys of the store. */
  readonly keys: Keys;
  /** The processes whose engines work on the store, by epoch. */
  nodes(): Promise<NodeInfo[]>;
}
