import { BelfryError } from "../../../src/base/errors.ts";
import type { Store } from "../../../src/store/store.ts";
import type { TestClock } from "./time.ts";

const nouns = ["tasks", "schedules", "ledger", "runs", "backfills", "nodes", "logs", "keys"] as const;
const reads = new Set(
  [
    ["tasks.current", "tasks.list", "tasks.deploys", "tasks.definitions"],
    [
      "schedules.due",
      "schedules.newest",
      "schedules.nextAfter",
      "schedules.list",
      "schedules.get",
      "schedules.summaries",
      "schedules.past",
    ],
    ["ledger.list", "ledger.outcomes", "runs.held", "runs.get", "runs.list", "backfills.get", "backfills.list"],
    ["backfills.running", "nodes.list", "nodes.lives", "logs.list", "keys.list"],
  ].flat(),
);

/** What becomes of one call to the store. */
export type Fate = (call: () => Promise<unknown>) => Promise<unknown>;

/** The call is not made, and rejects: certainly nothing was done. */
export const refused: Fate = () =>
  Promise.reject(new BelfryError("E_STORE_UNAVAILABLE", { detail: "refused by the test" }));
/** The call is made, and its answer lost. */
export const answerLost: Fate = async (call) => {
  await call();
  throw unknown();
};
/** The call is not made, and nobody says so. */
export const callLost: Fate = () => Promise.reject(unknown());
/** The call is made as ever. */
export const passed: Fate = (call) => call();

function unknown(): BelfryError {
  return new BelfryError("E_OUTCOME_UNKNOWN", { trackingId: "" });
}

/** A fate that waits: for `go` before the call, and for `answer` after it. */
export function held(): { fate: Fate; go(): void; answer(): void } {
  let [go, answer] = [() => {}, () => {}];
  const before = new Promise<void>((resolve) => {
    go = resolve;
  });
  const after = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const fate: Fate = async (call) => {
    await before;
    const given = await call();
    await after;
    return given;
  };
  return { fate, go, answer };
}

/** Whether it is the answer of a verb that found nothing to do, and wrote nothing. */
function isNothing(answer: unknown): boolean {
  const runs = (answer as { runs?: unknown } | undefined)?.runs ?? answer;
  return runs === 0 || (Array.isArray(runs) && runs.length === 0);
}

/** Counts what was written, so that each process can see that another one has written something. */
export class Writes {
  readonly #byLink = new Map<Link, number>();

  note(link: Link): void {
    this.#byLink.set(link, (this.#byLink.get(link) ?? 0) + 1);
  }

  ofOthers(link: Link): number {
    let sum = 0;
    for (const [other, count] of this.#byLink) if (other !== link) sum += count;
    return sum;
  }
}

/**
 * One process's way to the store, where the test decides what becomes of each call. Tells its process, within a
 * second, that another one has written: never of what itself has written, as SQLite's `data_version` does.
 */
export class Link {
  readonly store: Store;
  /** Every call, as `runs.claim`. */
  readonly calls: string[] = [];
  /** The store does not answer: every call rejects. */
  away = false;
  isOpen = false;
  readonly #fates = new Map<string, Fate[]>();
  readonly #writes: Writes;

  constructor(store: Store, clock: TestClock, writes: Writes) {
    this.#writes = writes;
    const wrapped = Object.fromEntries(nouns.map((noun) => [noun, this.#wrap(noun, store[noun])]));
    this.store = {
      ...(wrapped as Pick<Store, (typeof nouns)[number]>),
      presence: store.presence,
      now: () => store.now(),
      onChange: (listener) => this.#watch(clock, listener),
      close: async () => {
        this.isOpen = false;
      },
    };
  }

  /** The store, opened. */
  open(): Store {
    if (this.away) throw new BelfryError("E_STORE_UNAVAILABLE", { detail: "away" });
    this.isOpen = true;
    return this.store;
  }

  /** Says what becomes of the next calls of a verb, in order; later ones pass. */
  plan(verb: string, ...fates: Fate[]): void {
    this.#fates.set(verb, [...(this.#fates.get(verb) ?? []), ...fates]);
  }

  /** How often a verb was called. */
  count(verb: string): number {
    return this.calls.filter((call) => call === verb).length;
  }

  #wrap(noun: string, verbs: object): object {
    const wrapped: [string, unknown][] = Object.entries(verbs).map(
      ([name, verb]: [string, (...args: unknown[]) => Promise<unknown>]) => [
        name,
        (...args: unknown[]) => this.#call(`${noun}.${name}`, () => verb(...structuredClone(args))),
      ],
    );
    return Object.fromEntries(wrapped);
  }

  async #call(verb: string, call: () => Promise<unknown>): Promise<unknown> {
    this.calls.push(verb);
    if (this.away || !this.isOpen) return refused(call);
    const fate = this.#fates.get(verb)?.shift() ?? passed;
    return fate(async () => {
      const answer = await call();
      if (!reads.has(verb) && !isNothing(answer)) this.#writes.note(this);
      return structuredClone(answer);
    });
  }

  #watch(clock: TestClock, listener: () => void): () => void {
    let seen = this.#writes.ofOthers(this);
    let end = () => {};
    const look = () => {
      const now = this.#writes.ofOthers(this);
      if (now !== seen) listener();
      seen = now;
      end = clock.after(1_000, look);
    };
    end = clock.after(1_000, look);
    return () => end();
  }
}
