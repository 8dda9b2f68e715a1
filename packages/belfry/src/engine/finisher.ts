import { isBelfryError } from "../base/errors.ts";
import type { Clock } from "../clock/clock.ts";
import type { LogLine } from "../store/logs.ts";
import type { Finish, WriteAnswer } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "./logger.ts";

const linesEveryMs = 100;
const retryMs = 500;
const callsMax = 2;

interface Ending {
  readonly finish: Finish;
  readonly settled: (answer: WriteAnswer) => void;
}

interface Saying {
  readonly id: string;
  readonly token: number;
  lines: LogLine[];
  progress?: { value: number; note?: string };
}

/**
 * Writes what attempts have to say: their lines and progress, a few times a second, and their ends, at once and
 * together. Keeps trying while the store is away; the store's fence decides what still counts.
 */
export class Finisher {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #afterFlush: () => void;
  #endings: Ending[] = [];
  #sayings = new Map<number, Saying>();
  #under = 0;
  #scheduled = false;
  #cancelTimer: (() => void) | undefined;
  #idle: (() => void)[] = [];

  constructor(deps: { store: Store; clock: Clock; logger: Logger; afterFlush: () => void }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#afterFlush = deps.afterFlush;
  }

  /** Ends an attempt; `settled` is called once that is durable, or the token is known not to hold. */
  end(finish: Finish, settled: (answer: WriteAnswer) => void): void {
    this.#endings.push({ finish, settled });
    this.#flushSoon();
  }

  say(run: { id: string; token: number }, line: LogLine): void {
    this.#sayingOf(run).lines.push(line);
    this.#flushLater(linesEveryMs);
  }

  progress(run: { id: string; token: number }, progress: { value: number; note?: string }): void {
    this.#sayingOf(run).progress = progress;
    this.#flushLater(linesEveryMs);
  }

  /** Resolves when nothing is left to write. */
  drained(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #isIdle(): boolean {
    return this.#under === 0 && this.#endings.length === 0 && this.#sayings.size === 0;
  }

  #sayingOf({ id, token }: { id: string; token: number }): Saying {
    const saying = this.#sayings.get(token) ?? { id, token, lines: [] };
    this.#sayings.set(token, saying);
    return saying;
  }

  #flushSoon(): void {
    if (this.#scheduled || this.#under >= callsMax) return;
    this.#scheduled = true;
    this.#clock.soon(() => {
      this.#scheduled = false;
      this.#flush();
      this.#afterFlush();
    });
  }

  #flushLater(ms: number): void {
    this.#cancelTimer ??= this.#clock.after(ms, () => this.#flushSoon());
  }

  /** All calls leave in this turn and in this order, so that a run's last lines are kept before it ends. */
  #flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const sayings = [...this.#sayings.values()];
    const endings = this.#endings;
    this.#sayings = new Map();
    this.#endings = [];
    const lines = sayings.filter((saying) => saying.lines.length > 0);
    const progress = sayings.flatMap(({ id, token, progress }) => (progress ? [{ id, token, ...progress }] : []));
    const { logs, runs } = this.#store;
    if (lines.length > 0) void this.#call(logs.append(lines), () => this.#sayAgain(lines));
    if (progress.length > 0) void this.#call(runs.progress(progress), () => {});
    if (endings.length > 0) {
      const call = runs.finish(endings.map(({ finish }) => finish)).then((answers) => {
        for (const [index, { settled }] of endings.entries()) settled(answers[index] ?? "stale");
      });
      void this.#call(call, () => this.#endings.unshift(...endings));
    }
    this.#settleIdle();
  }

  async #call(call: Promise<unknown>, again: () => void): Promise<void> {
    this.#under += 1;
    let waitMs = 0;
    try {
      await call;
    } catch (error) {
      this.#logger.warn(`belfry: what runs said could not be kept, and is tried again: ${isBelfryError(error) ? error.message : String(error)}`);
      again();
      waitMs = retryMs;
    }
    this.#under -= 1;
    if (waitMs > 0) this.#flushLater(waitMs);
    else if (this.#endings.length > 0) this.#flushSoon();
    this.#settleIdle();
  }

  #sayAgain(sayings: Saying[]): void {
    for (const saying of sayings) {
      const newer = this.#sayings.get(saying.token);
      this.#sayings.set(saying.token, newer ? { ...newer, lines: [...saying.lines, ...newer.lines] } : { ...saying, progress: undefined });
    }
  }

  #settleIdle(): void {
    if (!this.#isIdle()) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}
