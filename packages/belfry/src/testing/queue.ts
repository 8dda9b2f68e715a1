import type { TestRun } from "./run.ts";

/** The runs that wait for a free slot: highest priority first, then oldest first. */
export class Queue {
  readonly #runs: TestRun[] = [];

  get isEmpty(): boolean {
    return this.#runs.length === 0;
  }

  add(run: TestRun): void {
    const runs = this.#runs;
    let place = runs.length;
    while (place > 0 && isBefore(run, runs[place - 1] as TestRun)) place -= 1;
    runs.splice(place, 0, run);
  }

  remove(run: TestRun): void {
    const place = this.#runs.indexOf(run);
    if (place >= 0) this.#runs.splice(place, 1);
  }

  /** Takes out the first one that may start. */
  take(mayStart: (run: TestRun) => boolean): TestRun | undefined {
    const place = this.#runs.findIndex(mayStart);
    return place < 0 ? undefined : this.#runs.splice(place, 1)[0];
  }
}

function isBefore(one: TestRun, other: TestRun): boolean {
  return one.priority > other.priority || (one.priority === other.priority && one.seq < other.seq);
}
