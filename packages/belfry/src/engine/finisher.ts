import { textOf } from "../base/text.ts";
import type { Clock } from "../clock/clock.ts";
import type { LogLine } from "../store/logs.ts";
import type { Finish, FinishAnswer } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import { outside } from "./global.ts";
import type { Logger } from "./logger.ts";

const linesEveryMs = 100;
const retryMs = 500;
const callsMax = 2;

interface Ending {
  readonly finish: Finish;
  readonly settled: (answer: FinishAnswer) => void;
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
  readonly #onEnded: () => void;
  #endings: Ending[] = [];
  #sayings = new Map<number, Saying>();
  #under = 0;
  #scheduled = false;
  #closed = false;
  #failing = false;
  #cancelTimer: (() => void) | undefined;
  #idle: (() => void)[] = [];

  /** `afterFlush`: ends are on their way, and what is asked now shares their commit. `onEnded`: they are durable. */
  constructor(deps: {
    store: Store;
    clock: Clock;
    logger: Logger;
    afterFlush: () => void;
    onEnded: () => void;
  }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#afterFlush = deps.afterFlush;
    this.#onEnded = deps.onEnded;
  }

  /** Ends an attempt; `settled` is called once that is durable, or the token is known not to hold. */
  end(finish: Finish, settled: (answer: FinishAnswer) => void): void {
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

  /** Writes nothing more: what is left, and what abandoned handlers still say, is dropped. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer?.();
    this.#endings = [];
    this.#sayings.clear();
  }

  #isIdle(): boolean {
    return this.#under === 0 && this.#endings.length === 0 && this.#sayings.size === 0;
  }

  #sayingOf({ id, token }: { id: string; token: number }): Saying {
    const saying = this.#sayings.get(token) ?? { id, token, lines: [] };
    if (!this.#closed) this.#sayings.set(token, saying);
    return saying;
  }

  #flushSoon(): void {
    if (this.#scheduled || this.#closed || this.#under >= callsMax) return;
    this.#scheduled = true;
    this.#clock.soon(() => {
      this.#scheduled = false;
      outside(() => this.#flush());
    });
  }

  #flushLater(ms: number): void {
    if (this.#closed) return;
    this.#cancelTimer ??= this.#clock.after(ms, () => {
      this.#cancelTimer = undefined;
      this.#flushSoon();
    });
  }

  /** All calls leave in this turn and in this order, so that a run's last lines are kept before it ends. */
  #flush(): void {
    if (this.#closed) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const sayings = [...this.#sayings.values()];
    const endings = this.#endings;
    this.#sayings = new Map();
    this.#endings = [];
    const lines = sayings.filter((saying) => saying.lines.length > 0);
    const moved = sayings.filter((saying) => saying.progress !== undefined);
    const progress = moved.flatMap(({ id, token, progress }) => (progress ? [{ id, token, ...progress }] : []));
    const { logs, runs } = this.#store;
    if (lines.length > 0) void this.#call(logs.append(lines), () => this.#sayAgain(lines));
    if (progress.length > 0) void this.#call(runs.progress(progress), () => this.#moveAgain(moved));
    if (endings.length > 0) {
      const call = runs.finish(endings.map(({ finish }) => finish)).then((answers) => {
        for (const [index, { settled }] of endings.entries()) settled(answers[index] ?? "stale");
        this.#onEnded();
      });
      void this.#call(call, () => this.#endings.unshift(...endings));
    }
    this.#settleIdle();
    this.#afterFlush();
  }

  async #call(call: Promise<unknown>, again: () => void): Promise<void> {
    this.#under += 1;
    let waitMs = linesEveryMs;
    try {
      await call;
      this.#failing = false;
    } catch (error) {
      if (!this.#failing)
        this.#logger.warn(`belfry: what runs said could not be kept, and is tried again: ${textOf(error)}`);
      this.#failing = true;
      if (!this.#closed) again();
      waitMs = retryMs;
    }
    this.#under -= 1;
    if (waitMs < retryMs && this.#endings.length > 0) this.#flushSoon();
    else if (!this.#isIdle()) this.#flushLater(waitMs);
    this.#settleIdle();
  }

  #sayAgain(sayings: readonly Saying[]): void {
    for (const { id, token, lines } of sayings) {
      const newer = this.#sayingOf({ id, token });
      newer.lines = [...lines, ...newer.lines];
    }
  }

  /** The newest value wins. */
  #moveAgain(sayings: readonly Saying[]): void {
    for (const { id, token, progress } of sayings) this.#sayingOf({ id, token }).progress ??= progress;
  }

  #settleIdle(): void {
    if (!this.#isIdle()) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}
