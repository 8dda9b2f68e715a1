/** What stands in a heap: when, the order among equals, and where it stands (-1: in none). */
export interface Waiting {
  at: number;
  readonly order: number;
  place: number;
}

/** Items by `at`, then `order`; each can be moved and taken out. */
export class Heap<Item extends Waiting> {
  readonly #items: Item[] = [];

  get first(): Item | undefined {
    return this.#items[0];
  }

  /** Puts an item in, or to where its changed `at` belongs. */
  put(item: Item): void {
    if (item.place < 0) {
      item.place = this.#items.length;
      this.#items.push(item);
    }
    this.#rise(item);
    this.#sink(item);
  }

  remove(item: Item): void {
    const { place } = item;
    if (place < 0) return;
    const last = this.#items.pop() as Item;
    item.place = -1;
    if (last === item) return;
    this.#stand(last, place);
    this.#rise(last);
    this.#sink(last);
  }

  #stand(item: Item, place: number): void {
    this.#items[place] = item;
    item.place = place;
  }

  #rise(item: Item): void {
    let { place } = item;
    while (place > 0) {
      const above = this.#items[(place - 1) >> 1] as Item;
      if (!isBefore(item, above)) break;
      this.#stand(above, place);
      place = (place - 1) >> 1;
    }
    this.#stand(item, place);
  }

  #sink(item: Item): void {
    const items = this.#items;
    let { place } = item;
    for (;;) {
      let below = 2 * place + 1;
      if (below + 1 < items.length && isBefore(items[below + 1] as Item, items[below] as Item)) below += 1;
      if (below >= items.length || !isBefore(items[below] as Item, item)) break;
      this.#stand(items[below] as Item, place);
      place = below;
    }
    this.#stand(item, place);
  }
}

function isBefore(one: Waiting, other: Waiting): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
