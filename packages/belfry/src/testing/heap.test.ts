import fc from "fast-check";
import { expect, test } from "vitest";
import { Heap, type Waiting } from "./heap.ts";

test("whatever is put, moved and taken out: the first one is the least by time and order", () => {
  const step = fc.record({ what: fc.constantFrom("put", "move", "remove", "take"), at: fc.nat(9), which: fc.nat(50) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const heap = new Heap<Waiting>();
      const inside: Waiting[] = [];
      for (const [order, { what, at, which }] of steps.entries()) {
        const chosen = what === "take" ? heap.first : inside[which % Math.max(1, inside.length)];
        if (what === "put") {
          inside.push({ at, order, place: -1 });
          heap.put(inside.at(-1) as Waiting);
        } else if (chosen && what === "move") {
          chosen.at = at;
          heap.put(chosen);
        } else if (chosen) {
          heap.remove(chosen);
          inside.splice(inside.indexOf(chosen), 1);
          heap.remove(chosen);
        }
        const [least] = [...inside].sort((one, other) => one.at - other.at || one.order - other.order);
        expect(heap.first).toBe(least);
      }
    }),
  );
});
