import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BelfryError, type ErrorCode, errorTable, isBelfryError, show } from "./errors.ts";

const codes = Object.keys(errorTable) as ErrorCode[];

function fieldsOf(template: string): string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
}

/** An error of this code, each of its fields being its own name. */
function exampleOf(code: ErrorCode): BelfryError {
  const fields = Object.fromEntries(fieldsOf(errorTable[code].message).map((name) => [name, `<${name}>`]));
  return new BelfryError(code, fields as ConstructorParameters<typeof BelfryError<ErrorCode>>[1]);
}

describe("the error table", () => {
  test.each(codes)("%s", (code) => {
    const { message: template, status, exit } = errorTable[code];
    const error = exampleOf(code);
    expect(code).toMatch(/^E_[A-Z]+(_[A-Z]+)*$/);
    for (const name of fieldsOf(template)) expect(error.message).toContain(`<${name}>`);
    expect(error.message).not.toMatch(/\{\w+\}|undefined/);
    expect(template).not.toMatch(/\.$/);
    expect([error.code, error.status, error.exitCode]).toEqual([code, status, exit]);
    expect(status >= 400 && status < 600).toBe(true);
    expect([1, 2, 3]).toContain(exit);
  });

  test("is what docs/errors.md says, in both directions", () => {
    const docs = readFileSync(new URL("../../../../docs/errors.md", import.meta.url), "utf8");
    const rows = docs.split("\n").filter((line) => line.startsWith("| `E_"));
    expect(rows).toEqual(
      codes.map((code) => {
        const { status, exit, message } = errorTable[code];
        return `| \`${code}\` | ${status} | ${exit} | ${message} |`;
      }),
    );
  });
});

describe("an error", () => {
  const error = new BelfryError("E_TRACKING_ID", { value: "ABC" }, { cause: "why" });

  test("has its code, its values, its cause and a message with the value and what was expected", () => {
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("BelfryError");
    expect(error.message).toBe('tracking id "ABC" is malformed; expected 24 characters of 0-9 and a-f');
    expect(error.fields).toEqual({ value: "ABC" });
    expect(error.cause).toBe("why");
  });

  test("is known as ours, by its code, also from another installed copy", () => {
    class Copy extends Error {
      override name = "BelfryError";
      code = "E_PAYLOAD";
    }
    expect(isBelfryError(error)).toBe(true);
    expect(isBelfryError(error, "E_TRACKING_ID")).toBe(true);
    expect(isBelfryError(error, "E_PAYLOAD")).toBe(false);
    expect(isBelfryError(new Copy(), "E_PAYLOAD")).toBe(true);
  });

  test("of another process keeps its code, its words and its values, known here or not", () => {
    const cause = new Error("why");
    const known = BelfryError.received("E_TASK_UNKNOWN", "there is no task\n5", { fields: { value: 5 }, cause });
    expect(isBelfryError(known, "E_TASK_UNKNOWN")).toBe(true);
    expect(known).toMatchObject({ message: "there is no task\\u000a5", fields: { value: 5 }, cause });
    expect([known.status, known.exitCode]).toEqual([404, 2]);
    const newer = BelfryError.received("E_OF_LATER", "x".repeat(9_000), { status: 429 });
    expect([isBelfryError(newer), newer.code, newer.status, newer.exitCode]).toEqual([true, "E_OF_LATER", 429, 1]);
    expect(newer.message.length).toBe(8_000);
    expect("cause" in newer).toBe(false);
    for (const code of ["constructor", "__proto__"]) expect(BelfryError.received(code, "odd").status).toBe(500);
  });

  const trap = () => {
    throw new Error("trapped");
  };
  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["another error", Object.assign(new Error("x"), { code: "E_PAYLOAD" })],
    ["what only looks like one", { name: "BelfryError", code: "E_PAYLOAD" }],
    ["what throws when it is looked at", new Proxy({}, { get: trap, getPrototypeOf: trap })],
  ])("%s is none of ours", (_, value) => expect(isBelfryError(value)).toBe(false));

  test("takes values that are long, hostile or full of controls", () => {
    const { message } = new BelfryError("E_OPTION", {
      field: "x".repeat(5_000),
      value: new Proxy({}, { get: trap, getPrototypeOf: trap }),
      expected: "a\nb\u202e",
    });
    expect(message.length).toBeLessThan(1_200);
    expect(message).toMatch(/…/);
    expect(message).toMatch(/is a value that cannot be read; expected a\\u000ab\\u202e$/);
  });
});

describe("a value is shown", () => {
  class Sorry {}
  test.each<[string, unknown, string]>([
    ["text", "a", '"a"'],
    ["text with controls", 'a"\n\0\u2028\u202e', '"a\\"\\n\\u0000\\u2028\\u202e"'],
    ["half a surrogate pair", "\ud83d", '"\\ud83d"'],
    ["long text", "x".repeat(1_000), `"${"x".repeat(118)}…`],
    ["a number", 1.5, "1.5"],
    ["NaN", Number.NaN, "NaN"],
    ["a BigInt", 5n, "5n"],
    ["undefined", undefined, "undefined"],
    ["null", null, "null"],
    ["a symbol", Symbol("s\n"), "Symbol(s\\u000a)"],
    ["a function", function bill() {}, "a function (bill)"],
    ["one without a name", () => {}, "a function"],
    ["a class", Sorry, "a function (Sorry)"],
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["no date", new Date(Number.NaN), "an invalid Date"],
    ["an array", [1, 2], "an array of 2"],
    ["an object", { a: 1 }, "an object"],
    ["one of another realm", runInNewContext("({})"), "an object"],
    ["one without a prototype", Object.create(null), "an object"],
  ])("%s", (_, value, shown) => expect(show(value)).toBe(shown));

  test("whatever it is: on one line, of at most 120 characters, well-formed, and it never throws", () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });
    fc.assert(
      fc.property(fc.oneof(anything, fc.string({ unit: "binary", maxLength: 300 })), (value) => {
        const shown = show(value);
        expect(shown.length).toBeLessThanOrEqual(120);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
