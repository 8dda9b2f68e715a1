import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeJson } from "./json.ts";
import { limits } from "./limits.ts";

const bytesMax = 1_000;

/** Objects in one another, so many levels deep. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = { in: value };
  return value;
}

function thrower(): never {
  throw new RangeError("out of order");
}

class Bill {
  month = "2026-11";
  #secret = 5;
  get due() {
    return this.#secret;
  }
}

describe("what JSON can say is kept", () => {
  test.each<[string, unknown, string]>([
    ["null", null, "null"],
    ["text", "bill", '"bill"'],
    ["empty text", "", '""'],
    ["an emoji", "🔔", '"🔔"'],
    ["a number", -1.5e-7, "-1.5e-7"],
    ["a boolean", false, "false"],
    ["an empty object", {}, "{}"],
    ["a nested value", { lines: [{ amount: 1 }, null] }, '{"lines":[{"amount":1},null]}'],
    ["keys that are no names", { "": 1, "a b": 2, constructor: 3 }, '{"":1,"a b":2,"constructor":3}'],
    ["a Date", { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ["a URL", new URL("https://example.org/"), '"https://example.org/"'],
    ["a field that is undefined is left out", { a: 1, b: undefined }, '{"a":1}'],
    ["the fields of an instance", new Bill(), '{"month":"2026-11"}'],
    ["an object without a prototype", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    ["what toJSON says", { toJSON: () => ({ a: [1] }) }, '{"a":[1]}'],
    ["the same object twice", twice({ a: 1 }), '{"one":{"a":1},"two":{"a":1}}'],
    ["as deep as allowed", nested(limits.jsonDepthMax), `${'{"in":'.repeat(64)}1${"}".repeat(64)}`],
    ["symbols as keys are nobody's", { [Symbol("s")]: 1 }, "{}"],
  ])("%s", (_, value, text) => expect(encodeJson(value, bytesMax)).toEqual({ text }));
});

function twice(value: unknown) {
  return { one: value, two: value };
}

const cyclic: Record<string, unknown> = { a: {} };
cyclic.a = { b: [cyclic] };

describe("what JSON cannot say is a problem, with its place", () => {
  test.each<[string, unknown, string, string]>([
    ["undefined", undefined, "", "is of type undefined, which JSON cannot say"],
    ["undefined in an array", [1, undefined], "[1]", "is of type undefined, which JSON cannot say"],
    ["a hole", Object.assign([1], { length: 3 }), "[1]", "is of type undefined, which JSON cannot say"],
    ["a BigInt", { amount: 1n }, ".amount", "is of type bigint, which JSON cannot say"],
    ["a function", { lines: [{ f() {} }] }, ".lines[0].f", "is of type function, which JSON cannot say"],
    ["a symbol", Symbol("s"), "", "is of type symbol, which JSON cannot say"],
    ["NaN", { a: Number.NaN }, ".a", "is NaN, which JSON cannot say"],
    ["an infinity", [Number.NEGATIVE_INFINITY], "[0]", "is -Infinity, which JSON cannot say"],
    ["a Map", { a: new Map() }, ".a", "is of kind Map, which JSON cannot say; use plain objects and arrays"],
    ["a Set", new Set([1]), "", "is of kind Set, which JSON cannot say; use plain objects and arrays"],
    ["an Error", new TypeError("x"), "", "is of kind Error, which JSON cannot say; use plain objects and arrays"],
    ["a RegExp", /x/, "", "is of kind RegExp, which JSON cannot say; use plain objects and arrays"],
    [
      "a Promise",
      { a: Promise.resolve() },
      ".a",
      "is of kind Promise, which JSON cannot say; use plain objects and arrays",
    ],
    ["bytes", new Uint8Array(2), "", "is of kind Uint8Array, which JSON cannot say; use plain objects and arrays"],
    ["an invalid Date", { at: new Date(Number.NaN) }, ".at", "is an invalid Date"],
    ["a cycle", cyclic, ".a.b[0]", "refers back to itself; expected a tree"],
    ["a lone surrogate", { a: "\ud83d" }, ".a", "holds half a surrogate pair; expected well-formed Unicode"],
    ["a lone surrogate in a key", { "\udd14": 1 }, "", "holds half a surrogate pair; expected well-formed Unicode"],
    ["NUL", ["a\0b"], "[0]", "holds a NUL character; expected text without it"],
    ["NUL in a key", { "a\0b": 1 }, "", "holds a NUL character; expected text without it"],
    ["__proto__", JSON.parse('{"a":{"__proto__":{}}}'), ".a", "has a key `__proto__`; expected plain data"],
    ["a key that is no name", { "a b": 1n }, '["a b"]', "is of type bigint, which JSON cannot say"],
    ["deeper than allowed", nested(65), "", "is nested deeper than 64 levels"],
    ["deeper than any stack", nested(100_000), "", "is nested deeper than 64 levels"],
    ["too large", "x".repeat(bytesMax), "", "is more than 1000 bytes as JSON; at most 1000 are kept"],
    ["too large in bytes", "é".repeat(600), "", "is more than 1000 bytes as JSON; at most 1000 are kept"],
    ["too large in escapes", "\n".repeat(600), "", "is more than 1000 bytes as JSON; at most 1000 are kept"],
    ["huge", new Array(2 ** 32 - 1).fill(0, 0, 5_000), "", "is more than 1000 bytes as JSON; at most 1000 are kept"],
    [
      "a getter that throws",
      {
        get a() {
          return thrower();
        },
      },
      "",
      "could not be read, since it threw RangeError: out of order",
    ],
    ["a toJSON that throws", { toJSON: thrower }, "", "could not be read, since it threw RangeError: out of order"],
    ["a toJSON that says nothing", { toJSON() {} }, "", "is of type undefined, which JSON cannot say"],
    [
      "a Proxy that throws",
      new Proxy({}, { ownKeys: thrower }),
      "",
      "could not be read, since it threw RangeError: out of order",
    ],
  ])("%s", (_, value, path, problem) => expect(encodeJson(value, bytesMax)).toEqual({ path, problem }));

  test("a revoked Proxy", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(encodeJson(proxy, bytesMax)).toMatchObject({
      path: "",
      problem: expect.stringMatching(/^could not be read/),
    });
  });

  test("one that throws what has no text", () => {
    const value = {
      toJSON() {
        throw Object.create(null);
      },
    };
    expect(encodeJson(value, bytesMax)).toMatchObject({
      problem: "could not be read, since it threw (a value without text)",
    });
  });

  test("an array without end is read no further than it fits", () => {
    let reads = 0;
    const get = (_: object, key: PropertyKey) => {
      if (key === "length") return Number.MAX_SAFE_INTEGER;
      return key === "toJSON" ? undefined : ++reads;
    };
    const endless = new Proxy([], { get });
    expect(encodeJson(endless, bytesMax)).toMatchObject({ problem: expect.stringMatching(/^is more than/) });
    expect(reads).toBeLessThanOrEqual(bytesMax + 1);
  });
});

test("a problem is as long as a message allows, whatever the value brings", () => {
  const value = { ["k".repeat(2_000)]: { "a\nb": 1n } };
  const { path, problem } = encodeJson(value, 9_999) as { path: string; problem: string };
  expect([path.length, problem]).toEqual([500, "is of type bigint, which JSON cannot say"]);
  const shouting = {
    toJSON: () => {
      throw new Error("no\n".repeat(2_000));
    },
  };
  expect(encodeJson(shouting, 9_999)).toMatchObject({
    problem: expect.stringMatching(/^could not be read.{400,500}$/),
  });
});

test("what JSON would empty is kept as its caller says", () => {
  const asPlain = (value: object) => (value instanceof Map ? [...value] : undefined);
  expect(encodeJson({ a: new Map([["b", new Map()]]) }, bytesMax, asPlain)).toEqual({ text: '{"a":[["b",[]]]}' });
  expect(encodeJson({ a: new Set() }, bytesMax, asPlain)).toMatchObject({ path: ".a" });
});

describe("for every value", () => {
  test("what is checked is what is kept: it is read once", () => {
    let reads = 0;
    const value = {
      get a() {
        return reads++ === 0 ? 1 : 1n;
      },
    };
    expect(encodeJson(value, bytesMax)).toEqual({ text: '{"a":1}' });
  });

  test("JSON comes back the same", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        const encoded = encodeJson(value, limits.payloadBytesMax);
        if ("problem" in encoded) expect(encoded.problem).toMatch(/surrogate|NUL|__proto__/);
        else expect(JSON.parse(encoded.text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("it never throws, and a text is JSON of no more bytes than allowed", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withBoxedValues: true,
      withNullPrototype: true,
      withObjectString: true,
    });
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 200 }), (value, max) => {
        const encoded = encodeJson(value, max);
        if ("problem" in encoded) return;
        expect(Buffer.byteLength(encoded.text)).toBeLessThanOrEqual(max);
        expect(encodeJson(JSON.parse(encoded.text), max)).toEqual(encoded);
      }),
      { numRuns: 500 },
    );
  });
});
