import { isBelfryError } from "../base/errors.ts";
import type { Clock } from "../clock/clock.ts";
import type { Claimant, ClaimedRun } from "../store/store.ts";
import type { Executor } from "./executor.ts";
import type { Lease } from "./lease.ts";
import type { Slots } from "./slots.ts";

/** Longer than any call to the store can be under way. */
const doubtMs = 60_000;

/**
 * The one way by which this node comes to hold runs: slots are taken first, then the store is asked, then what it
 * granted is started and the rest given back; the lease learns that it was renewed, or is lost.
 */
export class Claims {
  readonly #clock: Clock;
  readonly #lease: Lease;
  readonly #slots: Slots;
  readonly #executor: Executor;
  readonly #onDoubt: () => void;
  readonly #onFree: () => void;
  /** Calls under way. */
  readonly #asking = new Set<Promise<unknown>>();
  /** The tokens of runs that were started without an answer, which may still come. */
  readonly #adopted = new Set<number>();
  #taskIds: readonly string[] = [];
  #open = false;
  /** Until when (monotonic) an unanswered call may have claimed runs for us that we do not know of; absent: none was. */
  #doubtUntil: number | undefined;

  constructor(deps: {
    clock: Clock;
    lease: Lease;
    slots: Slots;
    executor: Executor;
    onDoubt: () => void;
    /** Slots that a call had taken are free again, unused. */
    onFree: () => void;
  }) {
    this.#clock = deps.clock;
    this.#lease = deps.lease;
    this.#slots = deps.slots;
    this.#executor = deps.executor;
    this.#onDoubt = deps.onDoubt;
    this.#onFree = deps.onFree;
  }

  /** From now on runs of these tasks are claimed. */
  open(taskIds: readonly string[]): void {
    this.#taskIds = taskIds;
    this.#open = true;
  }

  /** Nothing more is claimed. */
  shut(): void {
    this.#open = false;
  }

  get isOpen(): boolean {
    return this.#open && this.#lease.epoch !== undefined;
  }

  /** Whether an unanswered call may have left runs that are ours without our knowing. */
  get inDoubt(): boolean {
    return this.#doubtUntil !== undefined;
  }

  /** A look at what we hold, begun then (monotonic), found nothing that we do not know of. */
  settle(lookedAtMs: number): void {
    if (this.#doubtUntil !== undefined && lookedAtMs >= this.#doubtUntil) this.#doubtUntil = undefined;
  }

  /** Resolves when no call is under way that may still bring runs. */
  async quiet(): Promise<void> {
    while (this.#asking.size > 0) await Promise.allSettled(this.#asking);
  }

  /**
   * Calls `ask` as a claimant with up to `wanted` slots; `read` finds in the answer the runs that are now ours, or that
   * our lease is gone. Without an open claimant, `ask` gets none.
   */
  async with<Answer>(
    wanted: number,
    ask: (by: Claimant | undefined) => Promise<Answer>,
    read: (answer: Answer) => readonly ClaimedRun[] | "dead",
  ): Promise<Answer> {
    const epoch = this.#lease.epoch;
    if (!this.#open || epoch === undefined) return ask(undefined);
    const slots = this.#slots.take(wanted);
    const startedAt = this.#clock.mono();
    let started = 0;
    const asking = ask({ epoch, taskIds: this.#taskIds, slots });
    this.#asking.add(asking);
    try {
      const answer = await asking;
      const claimed = read(answer);
      if (claimed === "dead") this.#lease.note(startedAt, epoch, "dead");
      else if (claimed.length > 0) {
        started = this.#startAll(epoch, claimed);
        this.#lease.note(startedAt, epoch, "renewed");
      }
      return answer;
    } catch (error) {
      this.#doubt(error);
      throw error;
    } finally {
      this.#asking.delete(asking);
      this.#slots.give(slots - started);
      if (slots > started) this.#onFree();
    }
  }

  /**
   * Starts runs that turned out to be ours, under this epoch, after an unanswered call. Answers those that it has no
   * slot for: they are to be given back, and are not started any more either, should the answer still come.
   */
  adopt(epoch: number, runs: readonly ClaimedRun[]): ClaimedRun[] {
    const slots = this.#slots.take(runs.length);
    this.#slots.give(slots - this.#startAll(epoch, runs.slice(0, slots)));
    for (const { token } of runs) this.#adopted.add(token);
    this.#lease.cover();
    return runs.filter(({ token }) => !this.#executor.holds(token));
  }

  /** What was claimed under an epoch that is no longer ours is free again: it is not ours to start. */
  #startAll(epoch: number, runs: readonly ClaimedRun[]): number {
    if (epoch !== this.#lease.epoch) return 0;
    const fresh = runs.filter(({ token }) => !this.#executor.holds(token) && !this.#adopted.has(token));
    for (const run of fresh) this.#executor.start(run);
    return fresh.length;
  }

  #doubt(error: unknown): void {
    if (isBelfryError(error) && error.code !== "E_OUTCOME_UNKNOWN") return;
    if (!this.inDoubt) this.#adopted.clear();
    this.#doubtUntil = this.#clock.mono() + doubtMs;
    this.#onDoubt();
  }
}
