import type { Clock } from "../clock/clock.ts";
import type { Activity } from "./activity.ts";
import { Members } from "./members.ts";

/** Somebody who waits for so long, in real time, is told of. */
const patienceMs = 3_000;

/** Knows what code is awake: no time passes before all of it has ended or sleeps. */
export class Awake {
  readonly #clock: Clock;
  readonly #warn: (message: string) => void;
  readonly #awake = new Members<{ readonly name: string }>();
  readonly #asleep = new Set<Activity>();
  /** Code that still sleeps may go on all the same: one of several sleeps of its has ended. */
  #hasStirred = false;
  #onQuiet: (() => void) | undefined;

  constructor(clock: Clock, warn: (message: string) => void) {
    this.#clock = clock;
    this.#warn = warn;
  }

  get isQuiet(): boolean {
    return this.#awake.size === 0 && !this.#hasStirred;
  }

  begin(who: { readonly name: string }): void {
    this.#awake.push(who);
  }

  end(who: { readonly name: string }): void {
    if (this.#awake.delete(who) && this.#awake.size === 0) this.#onQuiet?.();
  }

  /** The activity is over. */
  finish(activity: Activity): void {
    activity.hasEnded = true;
    this.#asleep.delete(activity);
    this.end(activity);
  }

  /** The activity goes to sleep until the returned function is called. `drop` ends that without waking it. */
  sleep(activity: Activity, drop: () => void): () => void {
    activity.sleeps += 1;
    activity.drops ??= new Set();
    activity.drops.add(drop);
    this.#asleep.add(activity);
    this.end(activity);
    return () => {
      activity.sleeps -= 1;
      activity.drops?.delete(drop);
      if (activity.hasEnded) return;
      if (activity.sleeps > 0) {
        this.#hasStirred = true;
        return;
      }
      this.#asleep.delete(activity);
      this.begin(activity);
    };
  }

  /** Code that is none of the kit's may go on. */
  stir(): void {
    this.#hasStirred = true;
  }

  /** The process of all that sleeps is gone: it never wakes. */
  dropAll(): void {
    for (const activity of this.#asleep) {
      activity.hasEnded = true;
      for (const drop of activity.drops ?? []) drop();
    }
    this.#asleep.clear();
  }

  /** Resolves once nothing is awake. Says who keeps it waiting for long. */
  async quiet(): Promise<void> {
    while (!this.isQuiet) {
      if (this.#hasStirred) await this.#turn();
      if (this.#awake.size > 0) await new Promise<void>((resolve) => this.#tellOfQuiet(resolve));
    }
  }

  /** Watches, in real time, that code does not stay awake for ever; answers what ends that. */
  watch(): () => void {
    let before: object | undefined;
    const look = () => {
      const { first } = this.#awake;
      if (first !== undefined && first === before) {
        this.#warn(
          `belfry/testing: time stands still, since ${first.name} has not ended for ${patienceMs / 1_000} s; what should take virtual time in it awaits \`kit.sleep(…)\``,
        );
        return;
      }
      before = first;
      cancel = this.#clock.after(patienceMs, look);
    };
    let cancel = this.#clock.after(patienceMs, look);
    return () => cancel();
  }

  async #turn(): Promise<void> {
    this.#hasStirred = false;
    await new Promise<void>((resolve) => this.#clock.soon(resolve));
  }

  #tellOfQuiet(resolve: () => void): void {
    this.#onQuiet = () => {
      this.#onQuiet = undefined;
      resolve();
    };
  }
}
