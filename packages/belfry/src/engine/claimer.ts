import type { Clock } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import type { Claims } from "./claims.ts";
import type { Executor } from "./executor.ts";
import type { Lease } from "./lease.ts";
import type { Logger } from "./logger.ts";
import { Loop } from "./loop.ts";
import type { Slots } from "./slots.ts";

/** A wall clock that jumped is noticed after this long. */
const sleepMsMax = 1_000;
const adoptEveryMs = 1_000;
/** The store's clock is behind what this process believes it to be, or there was more than one answer holds. */
const sleepMsMin = 5;
/** An answer that is still on its way arrives within this. */
const adoptAfterMs = 5_000;

/** Takes what is ready into free slots, and wakes when something delayed becomes due. */
export class Claimer extends Loop {
  readonly #store: Store;
  readonly #claims: Claims;
  readonly #slots: Slots;
  readonly #lease: Lease;
  readonly #executor: Executor;
  /** Something may be ready: false once a claim came back with less than was asked for. */
  #wanted = true;
  #nextDueAt = Number.POSITIVE_INFINITY;
  /** Runs that are ours and that we do not know of, by token, and when (monotonic) they were first seen. */
  #strangers = new Map<number, number>();

  constructor(deps: {
    store: Store;
    clock: Clock;
    logger: Logger;
    claims: Claims;
    slots: Slots;
    lease: Lease;
    executor: Executor;
  }) {
    super("claimer", deps);
    this.#store = deps.store;
    this.#claims = deps.claims;
    this.#slots = deps.slots;
    this.#lease = deps.lease;
    this.#executor = deps.executor;
  }

  /** Something may be ready now, or will be at that instant of the store's clock. */
  want(at = Number.NEGATIVE_INFINITY): void {
    if (at <= this.#store.now()) this.#wanted = true;
    else if (at >= this.#nextDueAt) return;
    else this.#nextDueAt = at;
    this.wake();
  }

  /** There are free slots again: what was wanted while there were none is claimed now. */
  retry(): void {
    if (this.#wanted) this.wake();
  }

  async runOnce(): Promise<number | undefined> {
    if (!this.#claims.isOpen) return sleepMsMax;
    if (this.#claims.inDoubt) {
      await this.#adoptStrangers();
      this.#wanted = true;
    }
    if (this.#nextDueAt <= this.#store.now()) {
      this.#wanted = true;
      this.#nextDueAt = Number.POSITIVE_INFINITY;
    }
    if (this.#wanted && this.#slots.free > 0) await this.#claim();
    if (this.#claims.inDoubt) return adoptEveryMs;
    if (this.#wanted && this.#slots.free > 0) return sleepMsMax;
    return Number.isFinite(this.#nextDueAt)
      ? Math.min(sleepMsMax, Math.max(sleepMsMin, this.#nextDueAt - this.#store.now()))
      : undefined;
  }

  async #claim(): Promise<void> {
    const wanted = this.#slots.free;
    this.#wanted = false;
    this.#nextDueAt = Number.POSITIVE_INFINITY;
    try {
      const answer = await this.#claims.with(
        wanted,
        async (by) => (by ? this.#store.runs.claim(by) : { outcome: "dead" as const }),
        (found) => (found.outcome === "claimed" ? found.runs : "dead"),
      );
      if (answer.outcome === "dead") this.#wanted = true;
      else {
        if (answer.runs.length >= wanted) this.#wanted = true;
        if (answer.nextDueAt !== undefined) this.#nextDueAt = Math.min(this.#nextDueAt, answer.nextDueAt);
      }
    } catch (error) {
      this.#wanted = true;
      throw error;
    }
  }

  /**
   * A call that was not answered may have claimed for us: what the store says we hold, and nobody here knows, is
   * started, or given back where no slot is free.
   */
  async #adoptStrangers(): Promise<void> {
    const epoch = this.#lease.epoch;
    if (epoch === undefined) return;
    const lookedAt = this.clock.mono();
    const { runs } = await this.#store.runs.held(epoch);
    const strangers = runs.filter(({ token }) => !this.#executor.holds(token));
    const seen = this.#strangers;
    this.#strangers = new Map(strangers.map(({ token }) => [token, seen.get(token) ?? this.clock.mono()]));
    const settled = strangers.filter(
      ({ token }) => this.clock.mono() - (this.#strangers.get(token) ?? 0) >= adoptAfterMs,
    );
    if (strangers.length === 0) this.#claims.settle(lookedAt);
    if (settled.length === 0) return;
    await this.#lease.renew();
    const surplus = this.#claims.adopt(epoch, settled);
    if (surplus.length === 0) return;
    await this.#store.runs.finish(surplus.map(({ id, token }) => ({ id, token, event: "release" })));
  }
}
