/** The newest items of a list that grows for ever, at most `most` of them. */
export class Kept<Item> {
  readonly #most: number;
  #items: Item[] = [];
  #dropped = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** How many there have been. */
  get count(): number {
    return this.#dropped + this.#items.length;
  }

  get last(): Item | undefined {
    return this.#items.at(-1);
  }

  push(item: Item): void {
    this.#items.push(item);
    // Seldom, and many at once: each item is moved once at most.
    if (this.#items.length >= 2 * this.#most) this.#drop();
  }

  /** What is kept, oldest first. */
  all(): readonly Item[] {
    if (this.#items.length > this.#most) this.#drop();
    return this.#items;
  }

  /** The newest one that is no longer kept, if any was dropped: what came before it cannot be told. */
  get hasDropped(): boolean {
    this.all();
    return this.#dropped > 0;
  }

  #drop(): void {
    const excess = this.#items.length - this.#most;
    this.#items = this.#items.slice(excess);
    this.#dropped += excess;
  }
}
