import type { Clock } from "../clock/clock.ts";

/** Calls back when it is wanted, and never sooner than so many milliseconds after the last time. */
export class Pulse {
  readonly #clock: Clock;
  readonly #everyMs: number;
  readonly #call: () => void;
  #lastAt = Number.NEGATIVE_INFINITY;
  #dueAt = Number.POSITIVE_INFINITY;
  #cancel: () => void = () => {};

  constructor(clock: Clock, everyMs: number, call: () => void) {
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.#call = call;
  }

  /** Wants a call within so many milliseconds, or as soon as one is allowed after that. */
  within(ms: number): void {
    const now = this.#clock.mono();
    const dueAt = Math.max(now + ms, this.#lastAt + this.#everyMs);
    if (dueAt >= this.#dueAt) return;
    this.#cancel();
    this.#dueAt = dueAt;
    this.#cancel = this.#clock.after(dueAt - now, () => {
      this.#lastAt = this.#clock.mono();
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#call();
    });
  }

  /** Calls nothing that was wanted until now. */
  stop(): void {
    this.#cancel();
    this.#dueAt = Number.POSITIVE_INFINITY;
  }
}
