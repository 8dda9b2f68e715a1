import type { Clock } from "../../../src/clock/clock.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
  readonly clock: TestClock;
}

/** So many timers without any time passing are an endless loop. */
const timersAtOnceMax = 2_000;

/** Time that only the test moves: one for all clocks of a world. */
export class Time {
  wallMs: number;
  monoMs = 1_000;
  /** How many timers have fired. */
  fired = 0;
  #timers: Timer[] = [];
  #soon: { readonly clock: TestClock; readonly callback: () => void }[] = [];
  #ids = 0;

  constructor(wall: string) {
    this.wallMs = Date.parse(wall);
  }

  /** As a record shows it. */
  get iso(): string {
    return new Date(this.wallMs).toISOString();
  }

  /** Sets the wall clock forward or back; no timer notices. */
  jump(ms: number): void {
    this.wallMs += ms;
  }

  /** How many timers of this clock wait. */
  pending(clock: TestClock): number {
    return [...this.#timers, ...this.#soon].filter((waiting) => waiting.clock === clock).length;
  }

  add(clock: TestClock, ms: number, callback: () => void): () => void {
    const timer = { clock, callback, at: this.monoMs + Math.max(0, ms) };
    const place = this.#timers.findIndex(({ at }) => at > timer.at);
    this.#timers.splice(place < 0 ? this.#timers.length : place, 0, timer);
    return () => this.#remove(timer);
  }

  addSoon(clock: TestClock, callback: () => void): void {
    this.#soon.push({ clock, callback });
  }

  /** Lets everything happen that needs no time to pass. */
  async settle(): Promise<void> {
    await nextTurn();
    for (let turns = 0; this.#soon.some(({ clock }) => !clock.frozen); turns++) {
      if (turns > timersAtOnceMax) throw new Error("an endless loop: there is always something to do soon");
      const soon = this.#soon;
      this.#soon = soon.filter(({ clock }) => clock.frozen);
      for (const { clock, callback } of soon) if (!clock.frozen) callback();
      await nextTurn();
    }
  }

  /** Moves time on, timer by timer. */
  async advance(ms: number): Promise<void> {
    const until = this.monoMs + ms;
    await this.settle();
    for (let atOnce = 0, next = this.#next(until); next; next = this.#next(until)) {
      atOnce = next.at > this.monoMs ? 0 : atOnce + 1;
      if (atOnce > timersAtOnceMax) throw new Error("an endless loop: there is always a timer that is due");
      this.#moveTo(Math.max(this.monoMs, next.at));
      this.#remove(next);
      this.fired += 1;
      next.callback();
      await this.settle();
    }
    this.#moveTo(until);
  }

  /** Moves time on until `probe` says yes. Throws after `maxMs`. */
  async until(probe: () => boolean, maxMs = 120_000): Promise<void> {
    const end = this.monoMs + maxMs;
    await this.settle();
    while (!probe()) {
      const next = this.#next(end);
      if (!next) throw new Error(`nothing that could make it true happens within ${maxMs} ms: ${probe}`);
      await this.advance(Math.max(0, next.at - this.monoMs));
    }
  }

  /** Moves time on until the promise settles, and answers it. */
  async during<T>(promise: Promise<T>, maxMs?: number): Promise<T> {
    let isSettled = false;
    const note = () => {
      isSettled = true;
    };
    promise.then(note, note);
    await this.until(() => isSettled, maxMs);
    return promise;
  }

  /** A number like no other. */
  nextId(): number {
    return ++this.#ids;
  }

  #next(until: number): Timer | undefined {
    return this.#timers.find(({ at, clock }) => at <= until && !clock.frozen);
  }

  #moveTo(monoMs: number): void {
    this.wallMs += monoMs - this.monoMs;
    this.monoMs = monoMs;
  }

  #remove(timer: Timer): void {
    const place = this.#timers.indexOf(timer);
    if (place >= 0) this.#timers.splice(place, 1);
  }
}

/** One process's clock. Frozen, nothing of the process runs, as while it is stopped or its loop is blocked. */
export class TestClock implements Clock {
  readonly #time: Time;
  frozen = false;
  /** What `random` answers. */
  chance = 0.5;

  constructor(time: Time) {
    this.#time = time;
  }

  now(): number {
    return this.#time.wallMs;
  }

  mono(): number {
    return this.#time.monoMs;
  }

  after(ms: number, callback: () => void): () => void {
    return this.#time.add(this, ms, callback);
  }

  soon(callback: () => void): void {
    this.#time.addSoon(this, callback);
  }

  random(): number {
    return this.chance;
  }

  randomHex(characters: number): string {
    return this.#time.nextId().toString(16).padStart(characters, "0").slice(-characters);
  }
}

/** After all microtasks, those that they bring included. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
