/** When something hindered a process: stretches of true time, each with a cause. */
export class Trouble {
  readonly #open = new Map<string, number>();
  readonly #past: { from: number; to: number }[] = [];
  #lastAt = Number.NEGATIVE_INFINITY;

  begin(cause: string, at: number): void {
    if (!this.#open.has(cause)) this.#open.set(cause, at);
  }

  end(cause: string, at: number): void {
    const since = this.#open.get(cause);
    if (since === undefined) return;
    this.#open.delete(cause);
    this.note(since, at);
  }

  note(from: number, to: number): void {
    this.#past.push({ from, to });
    this.#lastAt = Math.max(this.#lastAt, to);
  }

  /** For how long nothing has hindered it. */
  cleanMs(now: number): number {
    return this.#open.size > 0 ? 0 : now - this.#lastAt;
  }

  /** The longest stretch within the two instants; stretches with less than `gapMs` between them count as one. */
  longest(from: number, to: number, gapMs: number): number {
    const open = [...this.#open.values()].map((from) => ({ from, to }));
    const all = [...this.#past, ...open].filter((one) => one.to > from && one.from < to);
    all.sort((a, b) => a.from - b.from);
    let longest = 0;
    let current: { from: number; to: number } | undefined;
    for (const one of all) {
      const [begins, ends] = [Math.max(from, one.from), Math.min(to, one.to)];
      if (current && begins - current.to < gapMs) current.to = Math.max(current.to, ends);
      else current = { from: begins, to: ends };
      longest = Math.max(longest, current.to - current.from);
    }
    return longest;
  }
}
