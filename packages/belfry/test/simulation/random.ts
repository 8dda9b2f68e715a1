/** Chance from a seed: the same seed gives the same numbers on every machine (sfc32). */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(seed: number) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 2 ** 32) >>> 0;
    this.#c = 0x9e3779b9;
    for (let round = 0; round < 12; round++) this.next();
  }

  /** From 0 (included) to 1 (excluded). */
  next(): number {
    const sum = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A number between the two. */
  between(min: number, max: number): number {
    return min + this.next() * (max - min);
  }

  /** Between the two, small ones as likely as big ones: each order of magnitude has the same share. */
  spread(min: number, max: number): number {
    return min * (max / min) ** this.next();
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)] as T;
  }

  hex(characters: number): string {
    let text = "";
    while (text.length < characters) text += (this.next() * 2 ** 32).toString(16).padStart(8, "0").slice(0, 8);
    return text.slice(0, characters);
  }

  /** A source of its own that depends on this one's past. */
  fork(): Random {
    return new Random(this.next() * 2 ** 32);
  }
}
