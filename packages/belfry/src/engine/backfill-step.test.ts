import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../schedule/compile.ts";
import type { InstantOutcome } from "../store/ledger.ts";
import { isWanted, nextInstants, reach } from "./backfill-step.ts";

const everySecond = compile({ everyMs: 1_000, anchor: 0 });

describe("the instants of a backfill", () => {
  it("begin at its first instant and end at its last, in either order", () => {
    const range = { from: 1_000, to: 3_000 };
    expect(nextInstants(everySecond, { ...range, order: "oldest" }, 10)).toEqual([1_000, 2_000, 3_000]);
    expect(nextInstants(everySecond, { ...range, order: "newest" }, 10)).toEqual([3_000, 2_000, 1_000]);
  });

  it("go on behind the last one that was handled", () => {
    const range = { from: 1_000, to: 4_000, position: 2_000 };
    expect(nextInstants(everySecond, { ...range, order: "oldest" }, 10)).toEqual([3_000, 4_000]);
    expect(nextInstants(everySecond, { ...range, order: "newest" }, 10)).toEqual([1_000]);
  });

  it("are none where the range has none", () => {
    const range = { from: 1_001, to: 1_999 };
    expect(nextInstants(everySecond, { ...range, order: "oldest" }, 10)).toEqual([]);
    expect(nextInstants(everySecond, { ...range, order: "newest" }, 10)).toEqual([]);
  });
});

describe("what runs again", () => {
  it.each([
    ["none", "none", true],
    ["none", "completed", false],
    ["none", "failed", false],
    ["none", "unfinished", false],
    ["failed", "failed", true],
    ["failed", "completed", false],
    ["failed", "unfinished", false],
    ["all", "completed", true],
    ["all", "unfinished", true],
  ] as const)("reprocess %s, and the newest run is %s: %s", (reprocess, outcome, wanted) => {
    expect(isWanted(outcome, reprocess)).toBe(wanted);
  });
});

describe("a step", () => {
  const outcomes = fc.array(fc.constantFrom<InstantOutcome>("none", "unfinished", "completed", "failed"));
  const rules = fc.constantFrom("none" as const, "failed" as const, "all" as const);

  it("handles a beginning of its instants, as long as there is room", () => {
    fc.assert(
      fc.property(outcomes, rules, fc.nat(5), (all, reprocess, room) => {
        const instants = all.map((_, index) => (index + 1) * 1_000);
        const { wanted, passed, position } = reach(instants, all, reprocess, room);
        const handled = position === undefined ? 0 : position / 1_000;
        const expected = instants.slice(0, handled).filter((_, at) => isWanted(all[at] as InstantOutcome, reprocess));
        expect(wanted).toEqual(expected);
        expect(wanted.length + passed).toBe(handled);
        expect(wanted.length).toBeLessThanOrEqual(room);
        const next = all[handled];
        if (next !== undefined) expect(wanted.length === room && isWanted(next, reprocess)).toBe(true);
      }),
    );
  });

  it("makes every wanted run once, step after step", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (has, room) => {
        const all = has.map((one): InstantOutcome => (one ? "completed" : "none"));
        const instants = all.map((_, index) => index);
        const made: number[] = [];
        let at = 0;
        while (at < instants.length) {
          const { wanted, position = 0 } = reach(instants.slice(at), all.slice(at), "none", room);
          made.push(...wanted);
          expect(position).toBeGreaterThanOrEqual(at);
          at = position + 1;
        }
        expect(made).toEqual(instants.filter((instant) => !has[instant]));
      }),
    );
  });
});
