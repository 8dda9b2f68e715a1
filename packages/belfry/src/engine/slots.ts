/** How many runs this node may have at once. A slot is taken before a run is claimed and given back when its handler settles. */
export class Slots {
  readonly total: number;
  #taken = 0;

  constructor(total: number) {
    this.total = total;
  }

  get free(): number {
    return this.total - this.#taken;
  }

  /** Takes up to so many; answers how many. */
  take(wanted: number): number {
    const granted = Math.max(0, Math.min(wanted, this.free));
    this.#taken += granted;
    return granted;
  }

  give(count: number): void {
    this.#taken -= count;
  }
}
