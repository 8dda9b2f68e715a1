/** How many tasks each minute remembers. */
const places = 5;

/** The tasks with the most firings in each minute: fed task by task, it holds five for each minute. */
export class Busiest {
  readonly #names: string[] = [];
  readonly #tasks: Int32Array;
  readonly #firings: Int32Array;
  readonly #own: Int32Array;
  #touched: number[] = [];

  constructor(minutes: number) {
    this.#tasks = new Int32Array(minutes * places);
    this.#firings = new Int32Array(minutes * places);
    this.#own = new Int32Array(minutes);
  }

  /** The task at hand fires in this minute. */
  note(minute: number): void {
    if (this.#own[minute] === 0) this.#touched.push(minute);
    this.#own[minute] = (this.#own[minute] ?? 0) + 1;
  }

  /** All that was noted was this task's. */
  close(task: string): void {
    if (this.#touched.length === 0) return;
    const index = this.#names.push(task) - 1;
    for (const minute of this.#touched) {
      this.#place(minute, index, this.#own[minute] ?? 0);
      this.#own[minute] = 0;
    }
    this.#touched = [];
  }

  /** The most first. */
  of(minute: number): { task: string; firings: number }[] {
    return Array.from({ length: places }, (_, place) => minute * places + place)
      .filter((at) => (this.#firings[at] ?? 0) > 0)
      .map((at) => ({ task: this.#names[this.#tasks[at] ?? 0] ?? "", firings: this.#firings[at] ?? 0 }));
  }

  #place(minute: number, task: number, firings: number): void {
    const first = minute * places;
    let at = first + places;
    while (at > first && (this.#firings[at - 1] ?? 0) < firings) at -= 1;
    const end = first + places;
    if (at === end) return;
    this.#firings.copyWithin(at + 1, at, end - 1);
    this.#tasks.copyWithin(at + 1, at, end - 1);
    this.#firings[at] = firings;
    this.#tasks[at] = task;
  }
}
