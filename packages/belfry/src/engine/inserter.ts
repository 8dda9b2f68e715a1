import { BelfryError, isBelfryError } from "../base/errors.ts";
import { type Clock, sleep } from "../clock/clock.ts";
import type { InsertAnswer, NewRun } from "../store/runs.ts";
import type { ClaimedRun, Store } from "../store/store.ts";
import { Batcher } from "./batcher.ts";
import type { Claimer } from "./claimer.ts";
import type { Claims } from "./claims.ts";
import { outside } from "./global.ts";

const itemsMax = 500;
const callsMax = 2;
const triesMax = 5;
const retryMs = 200;

/** Keeps triggers: those that arrive together in one call, each started at once where this node has a free slot. */
export class Inserter {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #claims: Claims;
  readonly #claimer: Claimer;
  readonly #batcher: Batcher<NewRun, InsertAnswer>;

  constructor(deps: { store: Store; clock: Clock; claims: Claims; claimer: Claimer }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#claims = deps.claims;
    this.#claimer = deps.claimer;
    this.#batcher = new Batcher((runs) => outside(() => this.#insert(runs)), { itemsMax, callsMax });
  }

  /**
   * Resolves once the run is durable. Rejects E_OUTCOME_UNKNOWN, with its id, when the store never said; what a later
   * try says of itself does not unsay that.
   */
  async insert(run: NewRun): Promise<InsertAnswer> {
    for (let tries = 1, isUnknown = false; ; tries++) {
      try {
        const answer = await this.#batcher.add(run);
        // A refusal is of now: the try that was not answered may have been kept before, or may still be.
        if (isUnknown && !("run" in answer)) throw new BelfryError("E_OUTCOME_UNKNOWN", { trackingId: run.id });
        return answer;
      } catch (error) {
        isUnknown ||= isBelfryError(error, "E_OUTCOME_UNKNOWN");
        if (!isUnknown) throw error;
        if (tries >= triesMax) throw new BelfryError("E_OUTCOME_UNKNOWN", { trackingId: run.id }, { cause: error });
        await sleep(this.#clock, retryMs * tries);
      }
    }
  }

  async #insert(runs: NewRun[]): Promise<readonly InsertAnswer[]> {
    const answers = await this.#claims.with(runs.length, (by) => this.#store.runs.insert(runs, by), claimedOf);
    for (const [index, answer] of answers.entries()) {
      const isKept = "run" in answer && answer.run.id === runs[index]?.id;
      if (isKept && !answer.claimed) this.#claimer.want(answer.availableAt);
    }
    return answers;
  }
}

function claimedOf(answers: readonly InsertAnswer[]): ClaimedRun[] {
  return answers.flatMap((answer) => ("claimed" in answer && answer.claimed ? [answer.claimed] : []));
}
