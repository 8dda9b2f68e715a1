import type { MemoryState } from "../../src/store/memory/state.ts";
import type { Store } from "../../src/store/store.ts";
import type { Options } from "./options.ts";
import type { Process } from "./process.ts";

/** A way to break the engine or its store on purpose, so that a checker must cry. */
export interface Sabotage {
  /** What is broken, as a title. */
  readonly title: string;
  /** The checkers of which one must find it. */
  readonly foundBy: readonly string[];
  readonly state?: (now: () => number) => MemoryState;
  /** What a process has for a store, before faults come over it. */
  readonly store?: (store: Store, process: Process) => Store;
  /** Makes the faults likely in which it shows. */
  readonly options?: Partial<Options>;
}
