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
  #taskIds: readonly string[] = [];
  #open = false;
  /** Until when (monotonic) an unanswered call may have claimed runs for us that we do not know of. */
  #doubtUntil = Number.NEGATIVE_INFINITY;

  constructor(deps: { clock: Clock; lease: Lease; slots: Slots; executor: Executor }) {
    this.#clock = deps.clock;
    this.#lease = deps.lease;
    this.#slots = deps.slots;
    this.#executor = deps.executor;
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
    return this.#clock.mono() < this.#doubtUntil;
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
    try {
      const answer = await ask({ epoch, taskIds: this.#taskIds, slots });
      const claimed = read(answer);
      if (claimed === "dead") this.#lease.note(startedAt, epoch, "dead");
      else if (claimed.length > 0) {
        started = this.#startAll(claimed);
        this.#lease.note(startedAt, epoch, "renewed");
      }
      return answer;
    } catch (error) {
      this.#doubtUntil = this.#clock.mono() + doubtMs;
      throw error;
    } finally {
      this.#slots.give(slots - started);
    }
  }

  /** Starts runs that turned out to be ours after an unanswered call. */
  adopt(runs: readonly ClaimedRun[]): void {
    const slots = this.#slots.take(runs.length);
    this.#slots.give(slots - this.#startAll(runs.slice(0, slots)));
  }

  #startAll(runs: readonly ClaimedRun[]): number {
    const fresh = runs.filter(({ token }) => !this.#executor.holds(token));
    for (const run of fresh) this.#executor.start(run);
    return fresh.length;
  }
}

