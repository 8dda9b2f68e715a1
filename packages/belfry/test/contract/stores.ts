import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/clock/system.ts";
import { MemoryState } from "../../src/store/memory/state.ts";
import { memoryStore } from "../../src/store/memory/store.ts";
import type { Presence } from "../../src/store/presence.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import type { Store } from "../../src/store/store.ts";
import type { Pair } from "./context.ts";

/** A kind of store: opens two that share fresh data of their own. */
export interface Subject {
  readonly name: string;
  open(): Promise<Pair & { end(): Promise<void> }>;
}

/** No socket is possible: the lease alone tells. */
const presence: Presence = {
  listen: async () => undefined,
  probe: async () => "unknown",
  forget: async () => {},
  close: async () => {},
};

/** Two memory stores over one state. State and stores may be given that are broken on purpose. */
export function memory(
  State: typeof MemoryState = MemoryState,
  as: (store: Store) => Store = (store) => store,
): Subject {
  return {
    name: "memory",
    open: async () => {
      const state = new State(systemClock.now);
      const [store, other] = [as(memoryStore(state, presence)), as(memoryStore(state, presence))];
      return { store, other, end: async () => void (await Promise.all([store.close(), other.close()])) };
    },
  };
}

/** Two SQLite stores on one file, each with its own connections and thread, as two processes have them. */
const sqlite: Subject = {
  name: "sqlite",
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), "belfry-contract-"));
    const file = join(folder, "belfry.db");
    const store = await openSqliteStore({ file, presence });
    const other = await openSqliteStore({ file, presence });
    const end = async () => {
      await Promise.all([store.close(), other.close()]);
      await rm(folder, { recursive: true });
    };
    return { store, other, end };
  },
};

/** Every store that is held to the contract. */
export const subjects: readonly Subject[] = [memory(), sqlite];
