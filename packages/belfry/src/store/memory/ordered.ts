/** The place of the first row from which on all are `behind`; the rows' number where none is. */
export function firstBehind<Row>(rows: readonly Row[], behind: (row: Row) => boolean): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (behind(rows[middle] as Row)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Rows in an order, as an index keeps them: found by halving. What the order looks at must not change meanwhile. */
export class Ordered<Row> {
  readonly #rows: Row[] = [];
  readonly #compare: (a: Row, b: Row) => number;

  constructor(compare: (a: Row, b: Row) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#rows.length;
  }

  get first(): Row | undefined {
    return this.#rows[0];
  }

  get last(): Row | undefined {
    return this.#rows.at(-1);
  }

  add(row: Row): void {
    const { last } = this;
    if (last === undefined || this.#compare(last, row) <= 0) this.#rows.push(row);
    else this.#rows.splice(this.#behind(row), 0, row);
  }

  delete(row: Row): void {
    const at = firstBehind(this.#rows, (other) => this.#compare(other, row) >= 0);
    if (this.#rows[at] !== row) return;
    if (at === 0) this.#rows.shift();
    else this.#rows.splice(at, 1);
  }

  /** The rows from the first one on that is `behind`, also while some of them are taken out. */
  *from(behind: (row: Row) => boolean): Generator<Row, undefined> {
    let at = firstBehind(this.#rows, behind);
    for (let row = this.#rows[at]; row !== undefined; row = this.#rows[at]) {
      yield row;
      if (this.#rows[at] === row) at += 1;
      else at = this.#behind(row);
    }
  }

  [Symbol.iterator](): Generator<Row, undefined> {
    return this.from(() => true);
  }

  /** The rows before the first one that is `behind`, from the last one on. Nothing may change meanwhile. */
  *downFrom(behind: (row: Row) => boolean): Generator<Row, undefined> {
    for (let at = firstBehind(this.#rows, behind) - 1; at >= 0; at -= 1) yield this.#rows[at] as Row;
  }

  #behind(row: Row): number {
    return firstBehind(this.#rows, (other) => this.#compare(other, row) > 0);
  }
}

/** Rows by a key, those of each in an order. */
export class Groups<Key, Row> {
  readonly #groups = new Map<Key, Ordered<Row>>();
  readonly #compare: (a: Row, b: Row) => number;
  readonly #none: Ordered<Row>;

  constructor(compare: (a: Row, b: Row) => number) {
    this.#compare = compare;
    this.#none = new Ordered(compare);
  }

  of(key: Key): Ordered<Row> {
    return this.#groups.get(key) ?? this.#none;
  }

  add(key: Key, row: Row): void {
    const group = this.#groups.get(key) ?? new Ordered(this.#compare);
    group.add(row);
    this.#groups.set(key, group);
  }

  delete(key: Key, row: Row): void {
    const group = this.#groups.get(key);
    group?.delete(row);
    if (group?.size === 0) this.#groups.delete(key);
  }
}

/** At most `limit` of the rows, and none from the first one on that is not `within`. */
export function take<Row>(rows: Iterable<Row>, limit: number, within: (row: Row) => boolean = () => true): Row[] {
  const taken: Row[] = [];
  for (const row of rows) {
    if (taken.length >= limit || !within(row)) break;
    taken.push(row);
  }
  return taken;
}
