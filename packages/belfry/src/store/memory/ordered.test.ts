import fc from "fast-check";
import { expect, test } from "vitest";
import { Groups, Ordered, take } from "./ordered.ts";

interface Row {
  readonly at: number;
  readonly id: number;
}

const compare = (a: Row, b: Row) => a.at - b.at || a.id - b.id;
const changes = fc.array(fc.record({ at: fc.nat(9), drop: fc.nat(20) }), { maxLength: 60 });

test("an order stays what sorting makes of the same rows, whatever comes and goes", () => {
  fc.assert(
    fc.property(changes, fc.nat(10), (steps, bound) => {
      const ordered = new Ordered(compare);
      const rows: Row[] = [];
      for (const [id, { at, drop }] of steps.entries()) {
        const [gone] = rows.splice(drop, 1);
        if (gone) ordered.delete(gone);
        ordered.delete({ at, id });
        rows.push({ at, id });
        ordered.add(rows.at(-1) as Row);
      }
      const sorted = rows.toSorted(compare);
      const isBehind = ({ at }: Row) => at >= bound;
      expect([...ordered]).toEqual(sorted);
      expect([ordered.size, ordered.first, ordered.last]).toEqual([sorted.length, sorted[0], sorted.at(-1)]);
      expect([...ordered.from(isBehind)]).toEqual(sorted.filter(isBehind));
      expect([...ordered.downFrom(isBehind)]).toEqual(sorted.filter((row) => !isBehind(row)).reverse());
    }),
  );
});

test("a walk sees every row once, also while rows are taken out", () => {
  fc.assert(
    fc.property(changes, (steps) => {
      const ordered = new Ordered(compare);
      const rows = steps.map(({ at }, id) => ({ at, id }));
      for (const row of rows) ordered.add(row);
      const seen: Row[] = [];
      for (const row of ordered) {
        seen.push(row);
        if (steps[row.id]?.drop !== 0) ordered.delete(row);
      }
      expect(seen).toEqual(rows.toSorted(compare));
      expect(ordered.size).toBe(steps.filter(({ drop }) => drop === 0).length);
    }),
  );
});

test("groups keep keys apart, and take ends at the limit or the bound", () => {
  const groups = new Groups<string, Row>(compare);
  const [first, second] = [
    { at: 2, id: 1 },
    { at: 1, id: 2 },
  ];
  groups.add("a", first);
  groups.add("a", second);
  expect([...groups.of("a")]).toEqual([second, first]);
  expect([...groups.of("b")]).toEqual([]);
  expect(take(groups.of("a"), 1)).toEqual([second]);
  expect(take(groups.of("a"), 5, ({ at }) => at < 2)).toEqual([second]);
  groups.delete("a", second);
  groups.delete("b", first);
  expect([...groups.of("a")]).toEqual([first]);
});
