import type { Presence } from "../presence.ts";
import type { Store } from "../store.ts";
import { memoryLedger } from "./ledger.ts";
import { memoryLogs } from "./logs.ts";
import { memoryNodes } from "./nodes.ts";
import { memoryRuns } from "./runs.ts";
import { memorySchedules } from "./schedules.ts";
import type { MemoryState } from "./state.ts";
import { memoryTasks } from "./tasks.ts";

/**
 * One process's way to the tables in `state`: several may share them, as several processes share a file. The reference
 * of the contract, and what the simulation runs on; it keeps nothing.
 */
export function memoryStore(state: MemoryState, presence: Presence): Store {
  return {
    tasks: memoryTasks(state),
    schedules: memorySchedules(state),
    ledger: memoryLedger(state),
    runs: memoryRuns(state),
    nodes: memoryNodes(state),
    logs: memoryLogs(state),
    presence,
    now: () => state.now(),
    onChange: () => () => {},
    close: async () => {},
  };
}
