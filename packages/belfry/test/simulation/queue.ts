/** Something that happens at an instant of true time, unless it is cancelled before. */
export interface Planned {
  at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** What is to happen, by time; what is planned for the same moment happens in the order in which it was planned. */
export class Queue {
  readonly #heap: Planned[] = [];
  #order = 0;

  add(at: number, run: () => void): Planned {
    const planned: Planned = { at, order: this.#order++, run, cancelled: false };
    this.#heap.push(planned);
    this.#rise(this.#heap.length - 1);
    return planned;
  }

  /** Takes the next one out; undefined where nothing is planned up to `until`. */
  take(until: number): Planned | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (!first || first.at > until) return undefined;
      const last = this.#heap.pop() as Planned;
      if (this.#heap.length > 0) this.#sink(last);
      if (!first.cancelled) return first;
    }
  }

  /** Everything happens so much later: nothing of the world goes on meanwhile, but time does. */
  shift(ms: number): void {
    for (const planned of this.#heap) planned.at += ms;
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const item = heap[from] as Planned;
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const other = heap[above] as Planned;
      if (!isBefore(item, other)) break;
      heap[index] = other;
      index = above;
    }
    heap[index] = item;
  }

  #sink(item: Planned): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= heap.length) break;
      const right = heap[below + 1];
      if (right && isBefore(right, heap[below] as Planned)) below += 1;
      const other = heap[below] as Planned;
      if (!isBefore(other, item)) break;
      heap[index] = other;
      index = below;
    }
    heap[index] = item;
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
