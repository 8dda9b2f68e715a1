import { describe, expect, test } from "vitest";
import { task } from "./support/jobs.ts";
import { World } from "./support/world.ts";

class OwnError extends RangeError {
  override name = "OwnError";
  readonly secret = { not: "kept" };
}

function cyclic(): Error {
  const error = new Error("cyclic");
  error.cause = new Error("inner", { cause: error });
  return error;
}

/** An error whose every property throws when it is read. */
function unreadable(): Error {
  const error = new Error();
  for (const key of ["name", "message", "stack", "cause", "code"]) {
    Object.defineProperty(error, key, { get: () => assert(`${key} is not for you`) });
  }
  return error;
}

function assert(message: string): never {
  throw new Error(message);
}

/** A proxy that refuses everything, even to say what it is. */
const hostile = new Proxy(new Error("hidden"), {
  get: () => assert("no get"),
  getPrototypeOf: () => assert("no prototype"),
  has: () => assert("no has"),
  ownKeys: () => assert("no keys"),
});

const thrown: [string, unknown, { name: string; message: string }][] = [
  ["undefined", undefined, { name: "undefined", message: "undefined" }],
  ["null", null, { name: "object", message: "null" }],
  ["a string", "just text", { name: "string", message: "just text" }],
  ["an empty string", "", { name: "string", message: "" }],
  ["a number", Number.NaN, { name: "number", message: "NaN" }],
  ["a bigint", 12n, { name: "bigint", message: "12" }],
  ["a symbol", Symbol("x"), { name: "symbol", message: "Symbol(x)" }],
  ["a plain object", { status: 500 }, { name: "object", message: '{"status":500}' }],
  ["an object without prototype", Object.create(null), { name: "object", message: "{}" }],
  ["a subclass of Error", new OwnError("out of range"), { name: "OwnError", message: "out of range" }],
  [
    "an AggregateError",
    new AggregateError([new Error("a"), 1], "all failed"),
    { name: "AggregateError", message: "all failed" },
  ],
  ["cyclic causes", cyclic(), { name: "Error", message: "cyclic" }],
  ["text with half a surrogate pair and NUL", "a\ud800b\0c", { name: "string", message: "a\ufffdb\ufffdc" }],
  ["an error that cannot be read", unreadable(), { name: "unreadable", message: "the thrown value could not be read" }],
  ["a hostile proxy", hostile, { name: "unreadable", message: "the thrown value could not be read" }],
  [
    "an object whose toJSON throws",
    { toJSON: () => assert("no JSON") },
    { name: "unreadable", message: "the thrown value could not be read" },
  ],
  ["a cyclic object", Object.assign([], { 0: [] }), { name: "object", message: "[[]]" }],
];

describe("a handler may throw anything", () => {
  test.each(thrown)("%s, at once and later", async (_, value, { name, message }) => {
    const world = new World();
    const now = task(() => {
      throw value;
    });
    const later = task(() => Promise.reject(value), { name: "later", retries: 1 });
    const { belfry } = await world.start({ tasks: [now, later], concurrency: 1 });
    const ids = [(await belfry.task("task").run()).trackingId, (await belfry.task("later").run()).trackingId];
    await world.time.until(() => ids.every((id) => world.record(id).status === "errors"));
    for (const id of ids) {
      const record = world.record(id);
      expect(record.errors?.at(-1)).toMatchObject({ code: "E_HANDLER", name, message });
      expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    }
  });

  test("with causes at most eight deep, and messages of at most 8,000 characters of whole letters", async () => {
    const world = new World();
    let error = new Error("deepest");
    for (let depth = 0; depth < 20; depth++) error = new Error(`${"x".repeat(7_998)}😀😀`, { cause: error });
    const { belfry } = await world.start({ tasks: [task(() => Promise.reject(error))] });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    let depth = 0;
    for (
      let failure: { message: string; cause?: unknown } | undefined = world.record(trackingId).attempts[0]?.error;
      failure;
    ) {
      expect(failure.message.length).toBeLessThanOrEqual(8_000);
      expect(failure.message.isWellFormed()).toBe(true);
      failure = failure.cause as typeof failure;
      depth += 1;
    }
    expect(depth).toBe(9);
  });

  test("and the error's own stack is in the full record, not in the short one", async () => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [task(() => Promise.reject(new Error("no")))] });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    const record = await belfry.runs.get(trackingId);
    expect(record?.attempts[0]?.error?.stack).toContain("thrown.test.ts");
    expect(JSON.stringify(await belfry.task("task").getTaskStatus(trackingId))).not.toContain("thrown.test.ts");
  });
});

const cyclicResult: { self?: unknown } = {};
cyclicResult.self = cyclicResult;

const unstorable: [string, unknown, RegExp][] = [
  ["a cycle", cyclicResult, /^result\.self refers back to itself/],
  ["a bigint", { rows: [1n] }, /^result\.rows\[0\] is of type bigint/],
  ["a function", () => 1, /^result is of type function/],
  ["a Map", new Map(), /of kind Map/],
  ["not a number", Number.NaN, /NaN/],
  ["more than 256 KiB", "x".repeat(256 * 1024), /bytes as JSON/],
  ["what is too deep", JSON.parse("[".repeat(80) + "]".repeat(80)), /nested deeper/],
  ["half a surrogate pair", "\udc00", /surrogate/],
  [
    "a getter that throws",
    {
      get rows() {
        return assert("no rows");
      },
    },
    /could not be read/,
  ],
  ["a toJSON that throws", { toJSON: () => assert("no JSON") }, /could not be read/],
  [
    "a hostile proxy",
    new Proxy({}, { ownKeys: () => assert("no keys"), getPrototypeOf: () => assert("no") }),
    /could not be read/,
  ],
];

describe("a result that cannot be stored", () => {
  test.each(unstorable)("%s: the run completes all the same, and says why", async (_, result, why) => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [task(() => result)], concurrency: 1 });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    const record = world.record(trackingId);
    expect(record).toMatchObject({
      status: "completed",
      outcome: "completed",
      resultError: expect.stringMatching(why),
    });
    expect(record).not.toHaveProperty("result");
  });

  test.each([
    ["null", null],
    ["false", false],
    ["an empty text", ""],
    ["what toJSON makes of it", new Date(0)],
  ])("is not %s", async (_, result) => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [task(() => result)] });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    expect(world.record(trackingId).result).toEqual(JSON.parse(JSON.stringify(result)));
  });

  test("is not undefined: the run then has none", async () => {
    const world = new World();
    const { belfry } = await world.start({ tasks: [task(() => {})] });
    const { trackingId } = await belfry.task("task").run();
    await world.time.settle();
    expect(world.record(trackingId)).toMatchObject({ status: "completed" });
    expect(world.record(trackingId)).not.toHaveProperty("result");
    expect(world.record(trackingId)).not.toHaveProperty("resultError");
  });
});
