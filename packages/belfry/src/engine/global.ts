import { AsyncLocalStorage } from "node:async_hooks";
import type { TaskHandle } from "../api/handle.ts";

/** What `agnost` needs of an engine; kept small, since another installed copy of Belfry may be the one that asks. */
export interface GlobalEngine {
  task(name: string): TaskHandle;
}

/** The attempt that the current code runs in. */
interface Inside {
  readonly engine: GlobalEngine;
  /** Where `console.*` of this attempt goes too, when its task asks for that. */
  readonly print?: (level: "debug" | "info" | "warn" | "error", message: string) => void;
}

interface Shared {
  readonly engines: Set<GlobalEngine>;
  readonly inside: AsyncLocalStorage<Inside | undefined>;
  /** How many engines want `console.*` of their attempts, and what ends that. */
  console?: { users: number; readonly restore: () => void };
}

const symbol = Symbol.for("belfry");

/** What all copies of Belfry in this process share: the started engines, and which one the current code runs in. */
export function shared(): Shared {
  const holder = globalThis as { [symbol]?: Shared };
  holder[symbol] ??= { engines: new Set(), inside: new AsyncLocalStorage() };
  return holder[symbol];
}

/**
 * Does the engine's own work outside of the attempt that caused it: what is printed or triggered there is not the
 * attempt's, nor that of one which comes after.
 */
export function outside<T>(work: () => T): T {
  return shared().inside.run(undefined, work);
}
