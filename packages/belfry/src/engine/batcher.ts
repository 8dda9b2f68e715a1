/**
 * Turns calls with one item each into calls with lists: what arrives while earlier lists are under way goes together
 * in the next. Each item gets its own answer; a list that rejects rejects all its items.
 */
export class Batcher<Item, Answer> {
  readonly #send: (items: Item[]) => Promise<readonly Answer[]>;
  readonly #itemsMax: number;
  readonly #callsMax: number;
  #waiting: { item: Item; resolve: (answer: Answer) => void; reject: (error: unknown) => void }[] = [];
  #under = 0;
  #scheduled = false;

  constructor(send: (items: Item[]) => Promise<readonly Answer[]>, limits: { itemsMax: number; callsMax: number }) {
    this.#send = send;
    this.#itemsMax = limits.itemsMax;
    this.#callsMax = limits.callsMax;
  }

  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#schedule();
    });
  }

  /** After the microtasks of this turn, so that the calls of a `Promise.all` go together. */
  #schedule(): void {
    if (this.#scheduled || this.#under >= this.#callsMax || this.#waiting.length === 0) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      void this.#flush();
      this.#schedule();
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting.splice(0, this.#itemsMax);
    this.#under += 1;
    try {
      const answers = await this.#send(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.#under -= 1;
      this.#schedule();
    }
  }
}
