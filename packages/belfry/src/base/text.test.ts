import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitText, printable, textOf } from "./text.ts";

describe("any value as text", () => {
  test.each<[string, unknown, string]>([
    ["text", "a", "a"],
    ["an error", new RangeError("x"), "RangeError: x"],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    ["null", null, "null"],
    ["an object without a prototype", Object.create(null), "(a value without text)"],
    [
      "one that throws",
      {
        toString: () => {
          throw new Error("no");
        },
      },
      "(a value without text)",
    ],
  ])("%s", (_, value, text) => expect(textOf(value)).toBe(text));
});

describe("text is made to fit", () => {
  test.each<[string, string]>([
    ["", ""],
    ["abcd", "abcd"],
    ["abcde", "abc…"],
    ["a\0b", "a\ufffdb"],
    ["a\ud83db", "a\ufffdb"],
    ["ab🔔", "ab🔔"],
    // Cut in the middle of a pair: half of it is nothing.
    ["ab🔔c", "ab\ufffd…"],
  ])("%j", (text, fitting) => expect(fitText(text, 4)).toBe(fitting));

  test("well-formed, without NUL and no longer than allowed, and as it was where it fits", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.integer({ min: 1, max: 60 }), (text, max) => {
        const fitting = fitText(text, max);
        expect(fitting.length).toBeLessThanOrEqual(max);
        expect(fitting.isWellFormed()).toBe(true);
        expect(fitting).not.toContain("\0");
        if (text.length <= max && text.isWellFormed() && !text.includes("\0")) expect(fitting).toBe(text);
      }),
    );
  });
});

test("text is printed on one line, with nothing in it that cannot be seen", () => {
  expect(printable("a\r\nb\u2029\u200b\u{e0041}ü🔔", 100)).toBe("a\\u000d\\u000ab\\u2029\\u200b\\u{e0041}ü🔔");
  expect(printable("\n".repeat(50), 10)).toBe("\\u000a\\u0…");
});
