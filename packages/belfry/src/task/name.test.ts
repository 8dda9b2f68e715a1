import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isBelfryError } from "../base/errors.ts";
import { checkTaskName } from "./name.ts";

const expected =
  "1 to 128 ASCII letters, digits, blanks, _ or -, starting with a letter or digit, without a trailing blank";

describe("a name is taken", () => {
  test.each([
    "billOnDemand",
    "a",
    "7",
    "Bill on demand",
    "a_b-c",
    "a-",
    "a_",
    "A  B",
    "x".repeat(128),
    "constructor",
    "null",
  ])("%j", (name) => expect(checkTaskName(name, "name")).toBe(name));
});

describe("a name is refused, with its value", () => {
  test.each<[unknown, string]>([
    ["", '""'],
    [" ", '" "'],
    [" bill", '" bill"'],
    ["bill ", '"bill "'],
    ["_bill", '"_bill"'],
    ["-bill", '"-bill"'],
    ["__proto__", '"__proto__"'],
    ["bill.monthly", '"bill.monthly"'],
    ["bill/monthly", '"bill/monthly"'],
    ["../bill", '"../bill"'],
    ["bill\tmonthly", '"bill\\tmonthly"'],
    ["bill\n", '"bill\\n"'],
    ["bill\0", '"bill\\u0000"'],
    ["bill\u00a0monthly", '"bill\u00a0monthly"'],
    ["Zürich", '"Zürich"'],
    ["bill🔔", '"bill🔔"'],
    ["bill\ud83d", '"bill\\ud83d"'],
    ["x".repeat(129), `"${"x".repeat(118)}…`],
    [undefined, "undefined"],
    [null, "null"],
    [5, "5"],
    [["bill"], "an array of 1"],
    [{ toString: () => "bill" }, "an object"],
  ])("%j", (value, shown) => {
    expect(() => checkTaskName(value, "name")).toThrow(
      expect.objectContaining({ code: "E_OPTION", message: `name is ${shown}; expected ${expected}` }),
    );
  });
});

test("a name is what its rule says, of any text", () => {
  const letters = fc.string({ minLength: 0, maxLength: 130, unit: fc.constantFrom(..."aZ09 _-.ü") });
  fc.assert(
    fc.property(letters, (text) => {
      const plain = text !== "" && text.length <= 128 && [...text].every((letter) => "aZ09 _-".includes(letter));
      const fits = plain && !" _-".includes(text.charAt(0)) && !text.endsWith(" ");
      try {
        expect(checkTaskName(text, "name")).toBe(text);
        expect(fits).toBe(true);
      } catch (error) {
        if (!isBelfryError(error, "E_OPTION")) throw error;
        expect(fits).toBe(false);
      }
    }),
  );
});
