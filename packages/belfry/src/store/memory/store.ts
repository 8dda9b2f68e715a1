import { BelfryError } from "../../base/errors.ts";
import type { Presence } from "../presence.ts";
import type { Store } from "../store.ts";
import { memoryBackfills } from "./backfills.ts";
import { memoryKeys } from "./keys.ts";
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
  const own = new Set<() => void>();
  let isClosed = false;
  state.listeners.add(own);
  const guard = <Room extends object>(room: Room) => guarded(room, state, own, () => isClosed);
  return {
    tasks: guard(memoryTasks(state)),
    schedules: guard(memorySchedules(state)),
    ledger: guard(memoryLedger(state)),
    runs: guard(memoryRuns(state)),
    backfills: guard(memoryBackfills(state)),
    nodes: guard(memoryNodes(state)),
    logs: guard(memoryLogs(state)),
    keys: guard(memoryKeys(state)),
    presence,
    now: () => state.now(),
    onChange: (listener) => {
      const heard = () => listener();
      own.add(heard);
      return () => void own.delete(heard);
    },
    close: async () => {
      isClosed = true;
      state.listeners.delete(own);
    },
  };
}

type Verb = (...args: unknown[]) => Promise<unknown>;

/** The room's verbs; none works once the store is closed, and what one changes the other stores are told. */
function guarded<Room extends object>(
  room: Room,
  state: MemoryState,
  own: Set<() => void>,
  isClosed: () => boolean,
): Room {
  const verbs = Object.entries(room as Record<string, Verb>).map(([name, verb]) => {
    const call: Verb = async (...args) => {
      if (isClosed()) throw new BelfryError("E_STORE_UNAVAILABLE", { detail: "it was closed" });
      const before = state.changes;
      const answer = state.atOnce(() => verb(...args));
      if (state.changes !== before) tellOthers(state, own);
      return answer;
    };
    return [name, call];
  });
  return Object.fromEntries(verbs) as Room;
}

function tellOthers(state: MemoryState, own: Set<() => void>): void {
  for (const listeners of state.listeners) {
    if (listeners !== own)
      for (const listener of listeners) queueMicrotask(() => listeners.has(listener) && listener());
  }
}
