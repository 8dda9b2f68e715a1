import { isBelfryError } from "../base/errors.ts";
import type { Clock } from "../clock/clock.ts";
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
  #woken = false;
  #failing = false;
  #cancelSleep: () => void = () => {};
  #turn: Promise<void> = Promise.resolve();

  constructor(name: string, { clock, logger }: { clock: Clock; logger: Logger }) {
    this.#name = name;
    this.clock = clock;
    this.logger = logger;
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
    await this.#turn;
  }

  /** Has a turn: at once, or right after the one under way. */
  wake(): void {
    if (this.#state === "running") this.#woken = true;
    else if (this.#state === "idle") this.#go();
  }

  #go(after?: Promise<void>): void {
    this.#cancelSleep();
    this.#state = "running";
    this.#woken = false;
    this.#turn = after ? after.then(() => this.#runTurn()) : this.#runTurn();
  }

  async #runTurn(): Promise<void> {
    if (this.#state !== "running") return;
    const sleepMs = await this.#guarded();
    if (this.#state !== "running") return;
    this.#state = "idle";
    if (this.#woken) this.clock.soon(() => this.wake());
    else if (sleepMs !== undefined) this.#cancelSleep = this.clock.after(sleepMs, () => this.wake());
  }

  async #guarded(): Promise<number | undefined> {
    try {
      const sleepMs = await this.runOnce();
      if (this.#failing) this.logger.info(`belfry: the ${this.#name} works again`);
      this.#failing = false;
      return sleepMs;
    } catch (error) {
      const text = isBelfryError(error) ? error.message : String(error instanceof Error ? error.stack : error);
      if (!this.#failing) this.logger.error(`belfry: the ${this.#name} failed, and tries again: ${text}`);
      this.#failing = true;
      return retryMs;
    }
  }
}
