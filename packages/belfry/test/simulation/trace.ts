/** Everything that happened, a line each, and a digest that tells two histories apart. */
export class Trace {
  readonly lines: string[] = [];
  #low = 0x811c9dc5;
  #high = 0x01234567;

  say(at: number, who: string, what: string): void {
    const line = `${at.toFixed(3).padStart(11)} ${who.padEnd(5)} ${what}`;
    this.lines.push(line);
    for (let index = 0; index < line.length; index++) {
      const code = line.charCodeAt(index);
      this.#low = Math.imul(this.#low ^ code, 0x01000193);
      this.#high = Math.imul(this.#high ^ code, 0x85ebca6b) ^ (this.#high >>> 15);
    }
  }

  get digest(): string {
    const hex = (word: number) => (word >>> 0).toString(16).padStart(8, "0");
    return `${hex(this.#low)}${hex(this.#high)}-${this.lines.length}`;
  }
}
