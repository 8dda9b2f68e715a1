import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createBelfry, defineTask, type Run } from "../../src/index.ts";
import { hostile, nested, trap } from "./support/hostile.ts";
import { expectRefused } from "./support/refusal.ts";
import { contentOf, sharedEngine, startEngine, stoppedStore } from "./support/store.ts";

const month = z.object({ month: z.string() });
const handler = () => {};
const tasks = [
  defineTask({ name: "any", handler: (run) => run.payload }),
  defineTask({ name: "bill", payload: month, handler }),
  defineTask({ name: "answers", payload: z.string(), handler: (run) => [hostile[run.payload]?.()] }),
  defineTask({ name: "throws", payload: z.string(), handler: (run) => Promise.reject(hostile[run.payload]?.()) }),
  defineTask({ name: "broken", payload: z.any().refine(() => trap()), handler }),
];

const engine = sharedEngine(tasks);

/** What is refused, and what the message says of it; the rest of the hostile values says something of its own. */
const words: Record<string, string> = {
  "a BigInt": 'payload of task "any" is of type bigint, which JSON cannot say',
  NaN: "is NaN, which JSON cannot say",
  "a Map": "is of kind Map, which JSON cannot say; use plain objects and arrays",
  "a cycle": 'payload.list[0] of task "any" refers back to itself; expected a tree',
  "100,000 levels": "is nested deeper than 64 levels",
  "65 levels": "is nested deeper than 64 levels",
  "a lone surrogate": "holds half a surrogate pair; expected well-formed Unicode",
  NUL: "holds a NUL character; expected text without it",
  "a key __proto__": "has a key `__proto__`; expected plain data",
  "a getter that throws": "could not be read, since it threw RangeError: trapped",
  "a toJSON that throws": "could not be read, since it threw RangeError: trapped",
  "a Proxy that throws": "could not be read, since it threw RangeError: trapped",
  "text of 10 million characters": "is more than 262144 bytes as JSON; at most 262144 are kept",
};

describe("a payload that cannot be kept is refused: E_PAYLOAD, with its place, and nothing is kept", () => {
  const names = Object.keys(hostile).filter((name) => name !== "a Proxy of a date");
  test.each(names)("%s", async (name) => {
    const { belfry, file } = engine();
    const before = contentOf(file);
    const make = hostile[name] ?? trap;
    await expectRefused(() => belfry.task("any").run({ payload: make() }), "E_PAYLOAD", words[name] ?? "payload");
    await expectRefused(() => belfry.task("any").runAndWait({ payload: { in: [make()] } }), "E_PAYLOAD", "");
    expect(contentOf(file)).toEqual(before);
  });

  test("one byte more than allowed, in whatever characters", async () => {
    const { belfry, file } = engine();
    const before = contentOf(file);
    for (const text of ["x".repeat(262_143), "é".repeat(131_072), "🔔".repeat(65_536), "\n".repeat(131_072)]) {
      await expectRefused(() => belfry.task("any").run({ payload: text }), "E_PAYLOAD", "is more than 262144 bytes");
    }
    expect(contentOf(file)).toEqual(before);
    const largest = "x".repeat(262_142);
    expect((await belfry.task("any").runAndWait({ payload: largest })).result).toBe(largest);
  });

  test("what comes close to it is kept, and comes back the same", async () => {
    const { belfry } = engine();
    const values = [
      null,
      false,
      0,
      -1.5e-300,
      "",
      "\u2028🔔\ufffd",
      [],
      {},
      { "": { "a b": [null] }, constructor: 1 },
      nested(64),
    ];
    for (const payload of values) {
      const { result, trackingId } = await belfry.task("any").runAndWait({ payload });
      expect(result).toEqual(payload);
      expect((await belfry.runs.get(trackingId))?.payload).toEqual(payload);
    }
  });
});

describe("a payload that the task's schema refuses", () => {
  test.each<[string, unknown, string]>([
    ["one that is missing", undefined, 'payload of task "bill" was refused by its schema'],
    ["null", null, 'payload of task "bill" was refused by its schema'],
    [
      "one of another shape",
      { month: 11 },
      'payload.month of task "bill" was refused by its schema: Invalid input: expected string',
    ],
  ])("%s", async (_, payload, message) => {
    const { belfry, file } = engine();
    const before = contentOf(file);
    await expectRefused(() => belfry.task("bill").run({ payload }), "E_PAYLOAD", message);
    expect(contentOf(file)).toEqual(before);
  });

  test("no key is used up by it", async () => {
    const { belfry } = engine();
    const idempotencyKey = "once";
    await expectRefused(() => belfry.task("bill").run({ payload: 5, idempotencyKey }), "E_PAYLOAD");
    const { trackingId } = await belfry.task("bill").run({ payload: { month: "2026-11" }, idempotencyKey });
    expect((await belfry.task("bill").run({ payload: { month: "2026-11" }, idempotencyKey })).trackingId).toBe(
      trackingId,
    );
    await expectRefused(
      () => belfry.task("bill").run({ payload: { month: "2026-12" }, idempotencyKey }),
      "E_IDEMPOTENCY",
      '"once"',
      '"bill"',
    );
  });

  test("and one whose schema throws", async () => {
    const { belfry, file } = engine();
    const before = contentOf(file);
    await expectRefused(
      () => belfry.task("broken").run({ payload: 1 }),
      "E_PAYLOAD",
      "could not be checked, since its schema threw RangeError: trapped",
    );
    expect(contentOf(file)).toEqual(before);
  });
});

describe("a schedule's payload", () => {
  test("is checked by the schema at start: nothing of the set is applied", async () => {
    const { store, file } = await stoppedStore([defineTask({ name: "old", handler })]);
    const good = defineTask({ name: "good", schedule: "@daily", handler });
    const bad = defineTask({
      name: "bad",
      payload: month.optional(),
      schedule: [{ key: "monthly", cron: "@monthly" }],
      handler,
    });
    const wrong = defineTask({
      name: "wrong",
      payload: z.any().refine((value) => value !== 5),
      schedule: { every: "1h", payload: 5 },
      handler,
    });
    const before = contentOf(file);
    const belfry = createBelfry({ store, tasks: [good, bad, wrong] });
    await expectRefused(
      () => belfry.start(),
      "E_PAYLOAD",
      'payload in schedule "default" of task "wrong" was refused by its schema',
    );
    expect(contentOf(file)).toEqual(before);
    await expectRefused(() => belfry.task("good").run(), "E_NOT_STARTED");
  });
});

describe("what a handler answers and cannot be kept does not fail its run", () => {
  test.each([
    ...["a BigInt", "a Map", "a cycle", "a toJSON that throws", "a Proxy that throws", "a revoked Proxy", "NUL"],
  ])("%s", async (payload) => {
    const record = await engine().belfry.task("answers").runAndWait({ payload });
    const resultError = expect.stringMatching(/^result/);
    expect(record).toMatchObject({ status: "completed", outcome: "completed", resultError });
    expect(record).not.toHaveProperty("result");
  });
});

describe("what a handler throws fails its run, whatever it is", () => {
  test.each(Object.keys(hostile))("%s", async (payload) => {
    const { status, errors } = await engine().belfry.task("throws").runAndWait({ payload });
    expect([status, errors?.[0]?.code]).toEqual(["errors", "E_HANDLER"]);
  });
});

test("an error that is logged keeps what it says, also where it is part of the data", async () => {
  const handler = (run: Run) => {
    run.log.error("failed", new RangeError("no paper", { cause: "why" }));
    run.log("tried", { times: 3, last: new TypeError("jam") });
  };
  const { belfry } = await startEngine([defineTask({ name: "task", handler })]);
  const { trackingId } = await belfry.task("task").runAndWait();
  const { items } = await belfry.runs.logs(trackingId);
  expect(items.map(({ data }) => data)).toMatchObject([
    { name: "RangeError", message: "no paper", cause: { name: "string", message: "why" }, stack: expect.any(String) },
    { times: 3, last: { name: "TypeError", message: "jam" } },
  ]);
});
