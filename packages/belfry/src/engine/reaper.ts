import type { Clock } from "../clock/clock.ts";
import { lostFailure } from "../run/failure.ts";
import type { NodeRow, Suspect } from "../store/nodes.ts";
import type { Store } from "../store/store.ts";
import { type Lease, observerTakesOverLeases } from "./lease.ts";
import type { Logger } from "./logger.ts";
import { Loop } from "./loop.ts";
import type { Reporter } from "./reporter.ts";

const lookEveryMs = 1_000;
/** Short leases are looked at more often: seeing one stand still, and then that it did for long enough, takes two looks. */
const looksPerLease = 10;
/** A node that holds nothing and has not renewed for this many leases, and at least an hour, is forgotten. */
const forgottenAfterMs = 3_600_000;

/** How long a lease has been seen to stand still, on this process's monotonic clock. */
interface Watch {
  readonly expiresAt: number;
  readonly since: number;
}

/**
 * Finds dead nodes and frees their runs: at once where the kernel proves a death (rule 5.4), else when a lease expired
 * by the store's clock and was watched standing still for 1.75 leases, without a gap in the watching.
 */
export class Reaper extends Loop {
  readonly #store: Store;
  readonly #lease: Lease;
  readonly #reporter: Reporter;
  readonly #onReady: () => void;
  readonly #watches = new Map<number, Watch>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** A reaping was not answered. */
  #mayHaveFreed = false;

  constructor(deps: {
    store: Store;
    clock: Clock;
    logger: Logger;
    lease: Lease;
    reporter: Reporter;
    onReady: () => void;
  }) {
    super("reaper", deps);
    this.#store = deps.store;
    this.#lease = deps.lease;
    this.#reporter = deps.reporter;
    this.#onReady = deps.onReady;
  }

  /** Looks again as long as there are others to look at; a change in the store wakes it for new ones. */
  async runOnce(): Promise<number | undefined> {
    if (this.#mayHaveFreed) this.#onReady();
    this.#mayHaveFreed = false;
    const epoch = this.#lease.epoch;
    if (epoch === undefined) return lookEveryMs;
    const others = (await this.#store.nodes.list()).filter((node) => node.epoch !== epoch);
    this.#watch(others);
    const suspects = (await Promise.all(others.map((node) => this.#judge(node)))).flatMap((suspect) => suspect ?? []);
    if (suspects.length > 0 && (await this.#reap(epoch, suspects))) {
      const proved = new Set(
        suspects.filter(({ expiresAt }) => expiresAt === undefined).map((suspect) => suspect.epoch),
      );
      await Promise.all(
        others.filter((node) => proved.has(node.epoch)).map((node) => this.#store.presence.forget(node)),
      );
    }
    return others.length > 0 ? Math.min(lookEveryMs, shortestOf(others) / looksPerLease) : undefined;
  }

  #watch(nodes: readonly NodeRow[]): void {
    const now = this.clock.mono();
    if (now - this.#lookedAt > Math.max(2 * lookEveryMs, shortestOf(nodes) / 2)) this.#watches.clear();
    this.#lookedAt = now;
    const known = new Map(this.#watches);
    this.#watches.clear();
    for (const { epoch, expiresAt } of nodes) {
      const before = known.get(epoch);
      this.#watches.set(epoch, before?.expiresAt === expiresAt ? before : { expiresAt, since: now });
    }
  }

  async #judge(node: NodeRow): Promise<Suspect | undefined> {
    const { epoch, expiresAt, expired, running, leaseMs } = node;
    if ((await this.#store.presence.probe(node)) === "dead") return { epoch };
    const watched = this.clock.mono() - (this.#watches.get(epoch)?.since ?? this.clock.mono());
    const neededMs = observerTakesOverLeases * leaseMs;
    return expired && watched >= (running > 0 ? neededMs : Math.max(neededMs, forgottenAfterMs))
      ? { epoch, expiresAt }
      : undefined;
  }

  async #reap(by: number, suspects: readonly Suspect[]): Promise<boolean> {
    const startedAt = this.clock.mono();
    this.#mayHaveFreed = true;
    const answer = await this.#store.nodes.reap(by, suspects);
    this.#mayHaveFreed = false;
    this.#lease.note(startedAt, by, answer.outcome === "dead" ? "dead" : "renewed");
    if (answer.outcome === "dead") return false;
    this.logger.warn(
      `belfry: ${suspects.length} dead node(s) found; ${answer.lost.length} of their runs are free again`,
    );
    for (const { id, task, ended, cancelled } of answer.lost) {
      if (cancelled) this.#reporter.cancelled(id);
      else if (ended) this.#reporter.failed(id, task, lostFailure(1));
    }
    this.#onReady();
    return true;
  }
}

function shortestOf(nodes: readonly NodeRow[]): number {
  return Math.min(...nodes.map(({ leaseMs }) => leaseMs));
}
