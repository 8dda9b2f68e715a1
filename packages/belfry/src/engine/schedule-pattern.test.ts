import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NamePattern } from "./schedule-pattern.ts";

describe("a name pattern", () => {
  it.each<[string, string, boolean]>([
    ["bill", "bill", true],
    ["bill", "bill eu", false],
    ["bill", "Bill", false],
    ["*", "", true],
    ["*", "anything", true],
    ["**", "anything", true],
    ["bill*", "bill", true],
    ["bill*", "bills", true],
    ["*bill", "a bill", true],
    ["*bill", "a bills", false],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["ab*ba", "aba", false],
    ["a*b*c", "abc", true],
    ["a*b*c", "acb", false],
    ["a.c*", "abc", false],
    ["*ab*ab*", "abab", true],
    ["*ab*ab*", "aba", false],
  ])("%s matches %s: %s", (pattern, name, expected) => {
    expect(new NamePattern(pattern, "key").matches(name)).toBe(expected);
  });

  it("matches as the regular expression of the same meaning does", () => {
    const text = fc.array(fc.constantFrom("a", "b", "-"), { maxLength: 12 }).map((letters) => letters.join(""));
    const pattern = fc
      .array(fc.constantFrom("a", "b", "-", "*"), { minLength: 1, maxLength: 8 })
      .map((letters) => letters.join(""));
    fc.assert(
      fc.property(pattern, text, (written, name) => {
        const meant = new RegExp(`^${written.replaceAll("*", ".*")}$`);
        expect(new NamePattern(written, "key").matches(name)).toBe(meant.test(name));
      }),
      { numRuns: 5_000 },
    );
  });

  it("is not slow where a regular expression would be", () => {
    const hostile = new NamePattern("*a".repeat(64), "key");
    expect(hostile.matches(`${"a".repeat(127)}b`)).toBe(false);
  });

  it.each([5, "", "x".repeat(129), "a\0"])("%j is refused", (value) => {
    expect(() => new NamePattern(value, "key")).toThrow(expect.objectContaining({ code: "E_OPTION" }));
  });
});
