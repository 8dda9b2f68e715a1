import { checkFunction, checkOneOf, refuseOption } from "../base/options.ts";
import { textOf } from "../base/text.ts";
import type { RunError } from "../run/failure.ts";
import type { RunTrigger } from "../run/record.ts";
import type { SkipReason } from "../store/ledger.ts";
import type { Logger } from "./logger.ts";

interface RunEventFields {
  trackingId: string;
  task: string;
  attempt: number;
}

/** What `belfry.on` tells: of this node only, and each a hint to read again. */
export interface BelfryEvents {
  "run.started": RunEventFields & { trigger: RunTrigger; scheduledFor?: string };
  "run.completed": RunEventFields & { durationMs: number };
  /** The run has ended without success. `error` is why; `cause` what the handler threw, where it ran here. */
  "run.failed": RunEventFields & { error: Omit<RunError, "at" | "attempt">; cause?: unknown };
  "run.retrying": RunEventFields & { error: Omit<RunError, "at" | "attempt">; delayMs: number; cause?: unknown };
  "firing.skipped": { task: string; schedule: string; upTo: string; reason: SkipReason };
}

/** Every event. */
export const eventNames = [
  "run.started",
  "run.completed",
  "run.failed",
  "run.retrying",
  "firing.skipped",
] as const satisfies readonly (keyof BelfryEvents)[];

type Listener<Name extends keyof BelfryEvents> = (event: BelfryEvents[Name]) => unknown;

/** The listeners of one engine. One that throws is logged and hinders nobody. */
export class Events {
  readonly #logger: Logger;
  readonly #listeners = new Map<keyof BelfryEvents, Set<Listener<never>>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Throws E_OPTION for a name that is no event's, and for what is no function. */
  on<Name extends keyof BelfryEvents>(name: Name, listener: Listener<Name>): () => void {
    checkOneOf(name, "event", eventNames) ?? refuseOption("event", name, `one of ${eventNames.join(", ")}`);
    checkFunction(listener, "listener") ?? refuseOption("listener", listener, "a function");
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set.add(listener));
    return () => set.delete(listener);
  }

  /** Calls the listeners at once, and does not wait for them. */
  emit<Name extends keyof BelfryEvents>(name: Name, event: BelfryEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      void this.#call(name, listener as Listener<Name>, event);
    }
  }

  async #call<Name extends keyof BelfryEvents>(
    name: Name,
    listener: Listener<Name>,
    event: BelfryEvents[Name],
  ): Promise<void> {
    try {
      await listener(event);
    } catch (error) {
      this.#logger.error(`belfry: a listener of ${name} threw: ${textOf(error)}`);
    }
  }
}
