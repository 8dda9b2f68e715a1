import type { Clock } from "../clock/clock.ts";

/** How long work may hold up the event loop. */
const turnMs = 10;

/** Lets others have their turn while something long is computed. */
export class Pace {
  readonly #clock: Clock;
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.mono();
  }

  /** Takes steps to their end, and answers it; rests where they took long. */
  async drive<T>(steps: Generator<void, T>): Promise<T> {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      await this.rest();
    }
  }

  /** Waits for the event loop where the last wait is long ago. */
  async rest(): Promise<void> {
    if (this.#clock.mono() - this.#since < turnMs) return;
    await new Promise<void>((resolve) => this.#clock.soon(resolve));
    this.#since = this.#clock.mono();
  }
}
