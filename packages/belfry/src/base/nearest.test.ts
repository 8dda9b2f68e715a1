import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { didYouMean, nearest } from "./nearest.ts";

const tasks = ["billOnDemand", "billMonthly", "cleanUp", "a"];

describe("the nearest name", () => {
  test.each<[string, string | undefined]>([
    ["billOnDemand", "billOnDemand"],
    ["billonDemand", "billOnDemand"],
    ["BILLONDEMAND", "billOnDemand"],
    ["bilOnDemand", "billOnDemand"],
    ["celan up", "cleanUp"],
    ["billOnDemnad", "billOnDemand"],
    ["bill_on_demand", "billOnDemand"],
    ["billMonthy", "billMonthly"],
    ["cleanup", "cleanUp"],
    ["clean-up", "cleanUp"],
    ["b", "a"],
    ["", "a"],
    ["unknown", undefined],
    ["bill", undefined],
    ["billOnDemandForEverybodyAtOnce", undefined],
  ])("of %j", (name, expected) => expect(nearest(name, tasks)).toBe(expected));

  test("is none where there are no candidates", () => {
    expect(nearest("billOnDemand", [])).toBeUndefined();
    expect(didYouMean("billOnDemand", [])).toBe("");
  });

  test("is offered in a message", () => {
    expect(didYouMean("billonDemand", tasks)).toBe(' (did you mean "billOnDemand"?)');
    expect(didYouMean("unknown", tasks)).toBe("");
  });

  test("is the first of the nearest", () => {
    expect(nearest("taskC", ["taskA", "taskB"])).toBe("taskA");
    expect(nearest("taskB", ["taskA", "taskB"])).toBe("taskB");
  });
});

const word = fc.string({ minLength: 1, maxLength: 24, unit: fc.constantFrom(..."abcDE- _19") });

describe("for every name", () => {
  test("the nearest is a candidate, and no other is nearer", () => {
    fc.assert(
      fc.property(word, fc.array(word, { maxLength: 12 }), (name, candidates) => {
        const edits = candidates.map((candidate) => plainDistance(name.toLowerCase(), candidate.toLowerCase()));
        const within = candidates.filter((candidate, i) => (edits[i] ?? 0) <= Math.max(1, candidate.length / 3));
        const found = nearest(name, candidates);
        if (within.length === 0) expect(found).toBeUndefined();
        else expect(plainDistance(name.toLowerCase(), (found ?? "").toLowerCase())).toBe(leastOf(name, within));
      }),
    );
  });

  test("one that differs in its case only is found among ten thousand long ones", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => `task-${String(i).padStart(120, "x")}`);
    expect(nearest(many[9_999]?.toUpperCase() ?? "", many)).toBe(many[9_999]);
  });
});

function leastOf(name: string, candidates: readonly string[]): number {
  return Math.min(...candidates.map((candidate) => plainDistance(name.toLowerCase(), candidate.toLowerCase())));
}

/** The distance as it is defined, without any short cut: Levenshtein's, two swapped neighbours being one edit. */
function plainDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const above = rows[i - 1] ?? [];
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const turned = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const turn = turned ? (rows[i - 2]?.[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(swap, turn, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
