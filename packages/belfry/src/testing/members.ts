/** A set in the order in which its items came, for few items that come and go often. */
export class Members<Item> implements Iterable<Item> {
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  get first(): Item | undefined {
    return this.#items[0];
  }

  add(item: Item): void {
    if (!this.#items.includes(item)) this.#items.push(item);
  }

  /** The same for an item that is known to be new. */
  push(item: Item): void {
    this.#items.push(item);
  }

  delete(item: Item): boolean {
    // The oldest one goes first, mostly.
    const place = this.#items[0] === item ? 0 : this.#items.indexOf(item);
    if (place < 0) return false;
    if (this.#items.length === 1) this.#items.pop();
    else this.#items.splice(place, 1);
    return true;
  }

  /** Takes all out. */
  drain(): Item[] {
    return this.#items.splice(0);
  }

  [Symbol.iterator](): Iterator<Item> {
    return this.#items[Symbol.iterator]();
  }
}
