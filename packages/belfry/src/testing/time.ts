import { Heap, type Waiting } from "./heap.ts";

/** Something that happens when its time has come. */
export interface Timed extends Waiting {
  happen(): void;
}

/** After all schedules that are due at the same instant. */
const timersFrom = 2 ** 40;

/** Time that stands still until it is moved: a wall clock, which may jump, and one that never goes back. */
export class VirtualTime {
  wallMs: number;
  monoMs = 0;
  readonly #byWall = new Heap<Timed>();
  readonly #byMono = new Heap<Timed>();
  #timers = 0;

  constructor(wallMs: number) {
    this.wallMs = wallMs;
  }

  /** Puts what happens by the wall clock to where its `at` belongs. */
  arm(item: Timed): void {
    this.#byWall.put(item);
  }

  disarm(item: Timed): void {
    this.#byWall.remove(item);
  }

  /** Calls back at an instant of the wall clock; answers what ends it before. */
  at(wallMs: number, happen: () => void): () => void {
    return this.#add(this.#byWall, wallMs, happen);
  }

  /** Calls back after so many milliseconds, whatever the wall clock does; answers what ends it before. */
  after(ms: number, happen: () => void): () => void {
    return this.#add(this.#byMono, this.monoMs + Math.max(0, ms), happen);
  }

  /** Sets the wall clock forward or back; no time passes. */
  jump(ms: number): void {
    this.wallMs += ms;
  }

  /** How long until the next thing happens; undefined when nothing will. */
  untilNext(): number | undefined {
    const [wall, mono] = [this.#byWall.first, this.#byMono.first];
    if (!wall && !mono) return undefined;
    return Math.max(0, Math.min(wall ? wall.at - this.wallMs : Infinity, mono ? mono.at - this.monoMs : Infinity));
  }

  pass(ms: number): void {
    this.wallMs += ms;
    this.monoMs += ms;
  }

  /** Lets happen what is due by now; answers whether there was anything. */
  happen(): boolean {
    let any = false;
    for (;;) {
      const wall = this.#byWall.first;
      const mono = this.#byMono.first;
      const heap = wall && wall.at <= this.wallMs ? this.#byWall : this.#byMono;
      const item = heap === this.#byWall ? wall : mono && mono.at <= this.monoMs ? mono : undefined;
      if (!item) return any;
      heap.remove(item);
      item.happen();
      any = true;
    }
  }

  #add(heap: Heap<Timed>, at: number, happen: () => void): () => void {
    const timer = { at, order: timersFrom + this.#timers++, place: -1, happen };
    heap.put(timer);
    return () => heap.remove(timer);
  }
}
