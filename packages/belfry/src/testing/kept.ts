/** The newest items of a list that grows for ever, at most `most` of them. */
export class Kept<Item> {
  readonly #most: number;
  #items: Item[] = [];
  #hasDropped = false;

  constructor(most: number) {
    this.#most = most;
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

  /** Whether there were others, which are no longer kept. */
  get hasDropped(): boolean {
    this.all();
    return this.#hasDropped;
  }

  #drop(): void {
    this.#items = this.#items.slice(-this.#most);
    this.#hasDropped = true;
  }
}
