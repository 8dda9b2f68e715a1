import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { cancelledFailure, type Failure, lostFailure, noHandlerFailure, timeoutFailure, toFailure } from "./failure.ts";

const trap = () => {
  throw new Error("trapped");
};
const unreadable = { name: "unreadable", message: "the thrown value could not be read" };

describe("what a handler threw", () => {
  const values: [string, unknown, Omit<Failure, "code">][] = [
    ["text", "out of paper", { name: "string", message: "out of paper" }],
    ["undefined", undefined, { name: "undefined", message: "undefined" }],
    ["null", null, { name: "object", message: "null" }],
    ["a number", 5, { name: "number", message: "5" }],
    ["a symbol", Symbol("s"), { name: "symbol", message: "Symbol(s)" }],
    ["an object", { status: 503 }, { name: "object", message: '{"status":503}' }],
    ["a cyclic object", runInNewContext("const a = {}; a.a = a; a"), unreadable],
    ["a BigInt in an object", { a: 1n }, unreadable],
    ["an object whose toJSON says nothing", { toJSON() {} }, { name: "object", message: "[object Object]" }],
    ["an object without text", Object.assign(Object.create(null), { toJSON() {} }), unreadable],
    ["a Proxy that throws", new Proxy({}, { getPrototypeOf: trap }), unreadable],
    ["an error whose message throws", Object.defineProperty(new Error(), "message", { get: trap }), unreadable],
    ["an error whose name is none", Object.assign(new Error("x"), { name: Object.create(null) }), unreadable],
    ["text that cannot be stored", "a\0b\ud83d", { name: "string", message: "a\ufffdb\ufffd" }],
  ];
  for (const [name, value, kept] of values) {
    test(name, () => expect(toFailure(value)).toEqual({ code: "E_HANDLER", ...kept }));
  }

  test("an error keeps its name, message, stack and cause", () => {
    const error = new RangeError("out of range", { cause: new TypeError("no number", { cause: "why" }) });
    const failure = toFailure(error);
    expect(failure).toMatchObject({
      code: "E_HANDLER",
      name: "RangeError",
      message: "out of range",
      stack: error.stack,
    });
    expect(failure.cause).toMatchObject({
      name: "TypeError",
      message: "no number",
      cause: { name: "string", message: "why" },
    });
    expect(failure.cause).not.toHaveProperty("code");
  });

  test("an error of another realm is one too", () => {
    expect(toFailure(runInNewContext("new RangeError('far')"))).toMatchObject({ name: "RangeError", message: "far" });
  });

  test("an error without a stack has none", () => {
    expect(toFailure(Object.assign(new Error("x"), { stack: undefined }))).toEqual({
      code: "E_HANDLER",
      name: "Error",
      message: "x",
    });
  });

  test("an error of ours, of a trigger that the handler made, is the handler's failure", () => {
    const error = new BelfryError("E_PAYLOAD", { task: "other", path: "", problem: "was refused" });
    expect(toFailure(error)).toMatchObject({ code: "E_HANDLER", name: "BelfryError", message: error.message });
    expect(toFailure(error, "E_PAYLOAD").code).toBe("E_PAYLOAD");
  });

  test("causes are kept eight deep, also where they go round", () => {
    const error = new Error("round");
    error.cause = error;
    let depth = 0;
    for (let cause = toFailure(error).cause; cause; cause = cause.cause) depth++;
    expect(depth).toBe(limits.errorCauseDepthMax);
  });

  test("texts are cut", () => {
    const { name, message, stack } = toFailure(
      Object.assign(new Error("m".repeat(9_000)), { name: "n".repeat(9_000), stack: "s".repeat(9_000) }),
    );
    for (const text of [name, message, stack]) expect(text).toMatch(/^(.)\1{7998}…$/);
  });

  test("whatever it is: bounded, JSON, and nothing is thrown", () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          anything.map((cause) => new Error("outer", { cause })),
        ),
        (value) => {
          const failure = toFailure(value);
          expect(JSON.parse(JSON.stringify(failure))).toEqual(failure);
          expect(failure.message.length).toBeLessThanOrEqual(limits.errorMessageCharactersMax);
        },
      ),
    );
  });
});

describe("a failure of ours has its code, what happened, and no stack", () => {
  test.each<[Failure, string, string]>([
    [cancelledFailure(), "E_CANCELLED", "the run was cancelled"],
    [cancelledFailure("by hand"), "E_CANCELLED", "the run was cancelled: by hand"],
    [lostFailure(2), "E_LOST", "the process that ran attempt 2 died or lost its lease"],
    [noHandlerFailure("bill"), "E_NO_HANDLER", 'no node had a handler for task "bill" for 1d'],
    [timeoutFailure(90_000), "E_TIMEOUT", "the handler was not done after 1m30s"],
  ])("%o", (failure, code, message) => expect(failure).toEqual({ code, name: "BelfryError", message }));
});
