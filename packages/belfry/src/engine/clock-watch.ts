import { formatDuration } from "../base/duration.ts";
import { toIso } from "../run/record.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "./logger.ts";

/** How far the store's clock may be behind the newest decided instant, in milliseconds. */
const behindMsMax = 60_000;

/**
 * How far the store's clock is behind the newest instant that was decided by it, where that is more than a minute:
 * schedules are not due again before it has come there.
 */
export async function clockLag(store: Store): Promise<{ behindMs: number; decidedUpTo: number } | undefined> {
  const decidedUpTo = await store.schedules.newest();
  if (decidedUpTo === undefined) return undefined;
  const behindMs = decidedUpTo - store.now();
  return behindMs > behindMsMax ? { behindMs, decidedUpTo } : undefined;
}

/** Looks at the clock, and says in the log what is wrong with it: once, until it is right again. */
export class ClockWatch {
  readonly #logger: Logger;
  #wasBehind = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  async isBehind(store: Store): Promise<boolean> {
    const lag = await clockLag(store);
    if (lag && !this.#wasBehind) {
      this.#logger.warn(
        `belfry: clock_behind: instants up to ${toIso(lag.decidedUpTo)} are decided, ${formatDuration(lag.behindMs)} from now, ` +
          "and until then nothing that is decided is due again; set the clock right, or run `belfry doctor --rewind`",
      );
    }
    this.#wasBehind = lag !== undefined;
    return this.#wasBehind;
  }
}
