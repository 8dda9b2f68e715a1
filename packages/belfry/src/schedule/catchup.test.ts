import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CatchUpRule,
  catchUps,
  parseCatchUp,
  readCatchUp,
  ruleOf,
  toCatchUpOption,
  writeCatchUp,
} from "./catchup.ts";

const day = 86_400_000;
const bounds = { windowMs: day, limit: 100, spacingMs: 0 };

describe("catchUp as it is written", () => {
  it.each<[unknown, CatchUpRule | undefined]>([
    [undefined, undefined],
    ["skip", { policy: "skip", ...bounds }],
    ["latest", { policy: "latest", ...bounds }],
    ["all", { policy: "all", ...bounds }],
    [{}, { policy: "latest", ...bounds }],
    [{ policy: "all" }, { policy: "all", ...bounds }],
    [
      { policy: "latest", window: "3h" },
      { policy: "latest", ...bounds, windowMs: 3 * 3_600_000 },
    ],
    [
      { policy: "all", window: "0ms", limit: 1_000, spacing: "1d" },
      { policy: "all", windowMs: 0, limit: 1_000, spacingMs: day },
    ],
  ])("%j", (written, rule) => {
    expect(parseCatchUp(written, "catchUp")).toEqual(rule);
  });

  it.each<[unknown, string, string]>([
    ["none", "E_OPTION", "catchUp"],
    [7, "E_OPTION", "catchUp"],
    [null, "E_OPTION", "catchUp"],
    [["all"], "E_OPTION", "catchUp"],
    [{ policy: "All" }, "E_OPTION", "catchUp.policy"],
    [{ policy: "all", window: 5 }, "E_DURATION", "catchUp.window"],
    [{ policy: "all", window: "367d" }, "E_DURATION", "catchUp.window"],
    [{ policy: "all", limit: 0 }, "E_OPTION", "catchUp.limit"],
    [{ policy: "all", limit: 1_001 }, "E_OPTION", "catchUp.limit"],
    [{ policy: "all", limit: 1.5 }, "E_OPTION", "catchUp.limit"],
    [{ policy: "all", spacing: "25h" }, "E_DURATION", "catchUp.spacing"],
    [{ policy: "latest", limit: 5 }, "E_OPTION", "catchUp.limit"],
    [{ policy: "skip", spacing: "1m" }, "E_OPTION", "catchUp.spacing"],
    [{ policies: "all" }, "E_OPTION_UNKNOWN", "policies"],
  ])("%j is refused with %s, naming %s", (written, code, field) => {
    expect(() => parseCatchUp(written, "catchUp")).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(field) }),
    );
  });
});

const rules: fc.Arbitrary<CatchUpRule> = fc
  .record({
    policy: fc.constantFrom(...catchUps),
    windowMs: fc.oneof(fc.constant(day), fc.integer({ min: 0, max: 366 * day })),
    limit: fc.oneof(fc.constant(100), fc.integer({ min: 1, max: 1_000 })),
    spacingMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: day })),
  })
  .map((rule) => (rule.policy === "all" ? rule : { ...rule, limit: 100, spacingMs: 0 }));

describe("a rule", () => {
  it("survives being stored, and being shown and written again", () => {
    fc.assert(
      fc.property(rules, (rule) => {
        expect(readCatchUp(writeCatchUp(rule))).toEqual(rule);
        expect(parseCatchUp(toCatchUpOption(rule), "catchUp")).toEqual(rule);
      }),
    );
  });

  it("has one text", () => {
    fc.assert(
      fc.property(rules, rules, (one, other) => {
        const isSame = (Object.keys(one) as (keyof CatchUpRule)[]).every((field) => one[field] === other[field]);
        expect(writeCatchUp(one) === writeCatchUp(other)).toBe(isSame);
      }),
    );
  });

  it.each(catchUps)("with the default bounds is its policy's name: %s", (policy) => {
    expect([writeCatchUp(ruleOf(policy)), toCatchUpOption(ruleOf(policy))]).toEqual([policy, policy]);
  });
});
