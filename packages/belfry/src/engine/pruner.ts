import { defaults, limits } from "../base/limits.ts";
import type { Clock } from "../clock/clock.ts";
import { noHandlerFailure } from "../run/failure.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "./logger.ts";
import { Loop } from "./loop.ts";
import type { Reporter } from "./reporter.ts";

const everyMs = 10 * 60_000;

/** Housekeeping, every ten minutes: forgets what is older than the retention, ends what nobody has a handler for. */
export class Pruner extends Loop {
  readonly #store: Store;
  readonly #reporter: Reporter;
  readonly #retentionMs: number;

  constructor(deps: { store: Store; clock: Clock; logger: Logger; reporter: Reporter; retentionMs: number }) {
    super("pruner", deps);
    this.#store = deps.store;
    this.#reporter = deps.reporter;
    this.#retentionMs = deps.retentionMs;
  }

  /** At most 500 in a commit; at once again while there is more. */
  async runOnce(): Promise<number | undefined> {
    const now = this.#store.now();
    const limit = limits.prunedPerCommitMax;
    const expired = await this.#store.runs.expire(now - defaults.noHandlerMs, limit);
    for (const { id, task } of expired) this.#reporter.failed(id, task, noHandlerFailure(task));
    const pruned = await this.#store.runs.prune(now - this.#retentionMs, limit);
    return pruned === limit || expired.length === limit ? 0 : everyMs;
  }
}
