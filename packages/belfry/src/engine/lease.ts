import { textOf } from "../base/text.ts";
import { type Clock, sleep } from "../clock/clock.ts";
import type { Cancelling } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "./logger.ts";
import { Loop } from "./loop.ts";

/** A lease is renewed this often while it covers runs: a tenth of its length, and soon enough to hear of a cancelling. */
const renewalsPerLease = 10;
const renewMsMax = 5_000;
/** How often an idle node renews, so that it is not taken for gone. */
const idleRenewMs = 10 * 60_000;
/**
 * Leases after which a holder gives up, and after which an observer may take over; both count from the renewal, each
 * on its own monotonic clock. In between lies the last attempt to renew. The first lets a node outlive a store (or
 * its own loop) that is away for a lease and a half, the second keeps "within two leases".
 */
const holderGivesUpLeases = 1.65;
export const observerTakesOverLeases = 1.75;
const lastAttemptLeases = 0.05;

interface LeaseDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly name: string;
  readonly leaseMs: number;
  readonly taskIds: () => readonly string[];
  /** How many runs it covers now, or may cover. */
  readonly holding: () => number;
  /** Cancelling was asked for these. */
  readonly onCancelled: (items: readonly Cancelling[]) => void;
  /** The lease is lost, or may be: what it covered must stop. */
  readonly onLost: () => void;
}

/** This node's lease: keeps it while runs are held, and says when it is gone. */
export class Lease extends Loop {
  readonly #deps: LeaseDeps;
  #epoch: number | undefined;
  #presence: { socket: string; bootId: string } | undefined;
  #renewedAt = 0;
  /** When it was last asked what to cancel: other verbs renew, and do not tell that. */
  #askedAt = 0;
  #deadlineArmed = false;
  /** Its runs were told to stop, since it could not be renewed. */
  #gaveUp = false;
  /** Its sleep is that of a node which holds nothing. */
  #rests = false;
  #cancelDeadline: () => void = () => {};

  constructor(deps: LeaseDeps) {
    super("lease", deps);
    this.#deps = deps;
  }

  /** The lease's epoch; undefined while there is none. */
  get epoch(): number | undefined {
    return this.#epoch;
  }

  async register(): Promise<void> {
    const { store, clock, name, leaseMs, taskIds } = this.#deps;
    this.#presence ??= await store.presence.listen(name);
    const startedAt = clock.mono();
    const { epoch } = await store.nodes.register({ name, leaseMs, taskIds: taskIds(), ...this.#presence });
    this.#epoch = epoch;
    this.#renewedAt = startedAt;
  }

  /** Notes that a verb which was called at `monoMs` renewed the lease; `dead` that it was refused. */
  note(monoMs: number, epoch: number, outcome: "renewed" | "dead"): void {
    if (epoch !== this.#epoch) return;
    if (outcome === "dead") return this.#lose();
    this.#renewedAt = Math.max(this.#renewedAt, monoMs);
    this.#gaveUp = false;
    this.cover();
  }

  /** Runs are held from now on: it is renewed in time for them. */
  cover(): void {
    if (!this.#deadlineArmed) this.#armDeadline();
    if (this.#rests) this.wake();
  }

  /** Something it covers is to be cancelled: asks now, and not when it is to be renewed. */
  ask(): void {
    this.#askedAt = Number.NEGATIVE_INFINITY;
    this.wake();
  }

  async runOnce(): Promise<number | undefined> {
    if (this.#epoch === undefined) await this.register();
    this.#rests = this.#deps.holding() === 0;
    const everyMs = this.#rests ? idleRenewMs : Math.min(renewMsMax, this.#deps.leaseMs / renewalsPerLease);
    const waitMs = (this.#rests ? this.#renewedAt : this.#askedAt) + everyMs - this.clock.mono();
    if (waitMs > 0) return waitMs;
    await this.renew();
    return Math.max(0, this.#askedAt + everyMs - this.clock.mono());
  }

  /** Renews now, and learns what is to be cancelled. */
  async renew(): Promise<void> {
    const epoch = this.#epoch;
    if (epoch === undefined) return;
    const startedAt = this.clock.mono();
    const answer = await this.#deps.store.nodes.renew(epoch);
    this.#askedAt = startedAt;
    if (answer.outcome === "renewed" && answer.cancelled.length > 0) this.#deps.onCancelled(answer.cancelled);
    this.note(startedAt, epoch, answer.outcome);
  }

  #lose(): void {
    this.logger.warn("belfry: this node's lease was taken over; its runs are stopped, and it goes on under a new one");
    this.#epoch = undefined;
    this.#deps.onLost();
    this.wake();
  }

  /** One timer for the local deadline, moved on lazily: renewals only note their time. */
  #armDeadline(): void {
    const { leaseMs } = this.#deps;
    this.#deadlineArmed = !this.stopped && this.#epoch !== undefined && this.#deps.holding() > 0;
    if (!this.#deadlineArmed) return;
    const leftMs = this.#deadline() - this.clock.mono();
    const waitMs = leftMs > 0 ? leftMs : leaseMs / renewalsPerLease;
    this.#cancelDeadline = this.clock.after(waitMs, () => void this.#atDeadline());
  }

  override async stop(): Promise<void> {
    this.#cancelDeadline();
    await super.stop();
  }

  /** Gives the lease up: what it still covers is free for others at once. */
  async leave(): Promise<void> {
    const epoch = this.#epoch;
    this.#epoch = undefined;
    this.#cancelDeadline();
    if (epoch !== undefined) await this.#deps.store.nodes.leave(epoch);
  }

  #deadline(): number {
    return this.#renewedAt + holderGivesUpLeases * this.#deps.leaseMs;
  }

  /** Tries to renew first: this process may have been stopped or blocked, and nobody may have noticed. */
  async #atDeadline(): Promise<void> {
    const passed = () => this.clock.mono() >= this.#deadline();
    if (passed()) {
      const over = new AbortController();
      const attempt = this.renew().catch((error) => this.logger.debug(`belfry: renewing failed: ${textOf(error)}`));
      await Promise.race([attempt, sleep(this.clock, lastAttemptLeases * this.#deps.leaseMs, over.signal)]);
      over.abort();
    }
    if (passed() && this.#deps.holding() > 0 && this.#epoch !== undefined) {
      if (!this.#gaveUp)
        this.logger.warn("belfry: this node could not renew its lease in time; its runs are told to stop");
      this.#gaveUp = true;
      this.#deps.onLost();
    }
    this.#armDeadline();
  }
}
