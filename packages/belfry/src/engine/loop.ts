import { isBelfryError } from "../base/errors.ts";
import { textOf } from "../base/text.ts";
import type { Clock } from "../clock/clock.ts";
import { outside } from "./global.ts";
import type { Logger } from "./logger.ts";

const retryMs = 500;

/**
 * A background loop: one turn at a time, again when woken or when its sleep is over. Tolerates double start and stop,
 * stop before start, and start after stop. A turn that rejects is logged and tried again.
 */
export abstract class Loop {
  protected readonly clock: Clock;
  protected readonly logger: Logger;
  readonly #name: string;
  #state: "stopped" | "idle" | "running" = "stopped";
  /** Which turn it is: one that was stopped, or begun anew, has nothing more to say. */
  #number = 0;
  #woken = false;
  #failing = false;
  #cancelSleep: () => void = () => {};
  #turn: Promise<void> = Promise.resolve();

  constructor(name: string, { clock, logger }: { clock: Clock; logger: Logger }) {
    this.#name = name;
    this.clock = clock;
    this.logger = logger;
  }

  /** Whether it has not been started, or was stopped. */
  get stopped(): boolean {
    return this.#state === "stopped";
  }

  /** One turn. Answers after how many milliseconds the next is due; undefined: when woken. */
  abstract runOnce(): Promise<number | undefined>;

  start(): void {
    if (this.#state !== "stopped") return;
    this.#state = "idle";
    this.#go(this.#turn);
  }

  /** Starts no further turn, and resolves when the one under way has ended. */
  async stop(): Promise<void> {
    this.#cancelSleep();
    this.#state = "stopped";
    this.#number += 1;
    await this.#turn;
  }

  /** Has a turn: at once, or right after the one under way (after one that failed, as soon as it is tried again). */
  wake(): void {
    if (this.#state === "running") this.#woken = true;
    else if (this.#state === "idle") this.#go();
  }

  #go(after?: Promise<void>): void {
    this.#cancelSleep();
    this.#state = "running";
    this.#woken = false;
    const number = ++this.#number;
    this.#turn = outside(() => (after ? after.then(() => this.#runTurn(number)) : this.#runTurn(number)));
  }

  async #runTurn(number: number): Promise<void> {
    if (number !== this.#number) return;
    const sleepMs = await this.#guarded();
    if (number !== this.#number) return;
    this.#state = "idle";
    if (this.#woken && !this.#failing) this.clock.soon(() => this.wake());
    else if (sleepMs !== undefined) this.#cancelSleep = this.clock.after(sleepMs, () => this.wake());
  }

  async #guarded(): Promise<number | undefined> {
    try {
      const sleepMs = await this.runOnce();
      if (this.#failing) this.logger.info(`belfry: the ${this.#name} works again`);
      this.#failing = false;
      return sleepMs;
    } catch (error) {
      const text = isBelfryError(error) ? error.message : textOf(error instanceof Error ? error.stack : error);
      if (!this.#failing) this.logger.error(`belfry: the ${this.#name} failed, and tries again: ${text}`);
      this.#failing = true;
      return retryMs;
    }
  }
}
