// Whatever is passed to whatever call: an error of ours with a known code, or an answer; never anything else, never a
// call that does not settle, and never a record of what was refused.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Belfry, createBelfry, defineTask, errorTable, isBelfryError, nextFirings } from "../../src/index.ts";
import { hostile } from "./support/hostile.ts";
import { contentOf, sharedEngine } from "./support/store.ts";

const engine = sharedEngine([defineTask({ name: "bill", schedule: "0 0 29 2 *", handler: () => {} })]);

/** A value to be made when it is used: what bites cannot be looked at before. */
type Make = () => unknown;

const plain: fc.Arbitrary<Make> = fc
  .anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withSparseArray: true,
    maxDepth: 3,
  })
  .map((value) => () => value);
// Without the one that is slow to make: a thousand times over it would be all that happens.
const biting: fc.Arbitrary<Make> = fc.constantFrom(
  ...Object.entries(hostile).flatMap(([name, make]) => (name.includes("million") ? [] : [make])),
);
const likely: fc.Arbitrary<Make> = fc
  .constantFrom(
    "bill",
    "0123456789abcdef01234567",
    "sqlite:",
    "run.started",
    "10s",
    "@daily",
    0,
    1,
    1e9,
    -1,
    true,
    null,
    undefined,
    new Date(0),
  )
  .map((value) => () => value);
const value: fc.Arbitrary<Make> = fc.oneof(plain, biting, likely);

/** Options of which some may be right: names that are known, with any values. */
function optionsOf(...names: string[]): fc.Arbitrary<Make> {
  const entries = fc.dictionary(fc.constantFrom(...names, "unknown", "__proto__"), value, { maxKeys: 4 });
  return fc.oneof(
    value,
    entries.map((made) => () => Object.fromEntries(Object.entries(made).map(([name, make]) => [name, make()]))),
  );
}

/** What a call answers; undefined where it is refused by an error of ours. Throws for any other error. */
async function answerOf(call: () => unknown): Promise<object | undefined> {
  try {
    return Object(await call()) as object;
  } catch (error) {
    if (isBelfryError(error) && error.code in errorTable) return undefined;
    throw new Error("it threw what is no error of ours", { cause: error });
  }
}

const runOptions = optionsOf("payload", "idempotencyKey", "delay", "at", "priority", "reason", "tx");
const listOptions = optionsOf("task", "status", "trigger", "from", "to", "limit", "cursor");
const pageOptions = optionsOf("from", "to", "limit", "cursor", "after");
const scheduleOption = optionsOf("cron", "timezone", "every", "anchor", "at", "key", "payload");

type Garbled = (belfry: Belfry, ...args: unknown[]) => unknown;
/** The methods as a caller without types has them. */
const untyped = (target: object, name: string) =>
  (Reflect.get(target, name) as (...args: unknown[]) => unknown).bind(target);

describe("on a started engine", () => {
  const calls: [name: string, args: fc.Arbitrary<Make>[], call: Garbled][] = [
    [
      "task(name).run()",
      [value, runOptions],
      (belfry, name, options) => untyped(belfry.task(name as string), "run")(options),
    ],
    ["run()", [runOptions], (belfry, options) => untyped(belfry.task("bill"), "run")(options)],
    [
      "getTaskStatus()",
      [value, value],
      (belfry, name, id) => untyped(belfry.task(name as string), "getTaskStatus")(id),
    ],
    ["runs.get()", [value], (belfry, id) => untyped(belfry.runs, "get")(id)],
    ["runs.list()", [listOptions], (belfry, options) => untyped(belfry.runs, "list")(options)],
    ["runs.cancel()", [value, optionsOf("reason")], (belfry, ...args) => untyped(belfry.runs, "cancel")(...args)],
    ["runs.retry()", [value, optionsOf("reason")], (belfry, ...args) => untyped(belfry.runs, "retry")(...args)],
    ["runs.logs()", [value, pageOptions], (belfry, ...args) => untyped(belfry.runs, "logs")(...args)],
    [
      "schedules.firings()",
      [value, value, pageOptions],
      (belfry, ...args) => untyped(belfry.schedules, "firings")(...args),
    ],
    ["schedules.get()", [value, value], (belfry, ...args) => untyped(belfry.schedules, "get")(...args)],
    ["schedules.list()", [pageOptions], (belfry, options) => untyped(belfry.schedules, "list")(options)],
    ["tasks.get()", [value], (belfry, name) => untyped(belfry.tasks, "get")(name)],
    ["tasks.list()", [pageOptions], (belfry, options) => untyped(belfry.tasks, "list")(options)],
    ["keys.create()", [optionsOf("name", "scope")], (belfry, options) => untyped(belfry.keys, "create")(options)],
    ["keys.revoke()", [value], (belfry, id) => untyped(belfry.keys, "revoke")(id)],
    ["on()", [value, value], (belfry, ...args) => untyped(belfry, "on")(...args)],
  ];

  test.each(calls)("%s", async (name, args, call) => {
    const { belfry, file } = engine();
    const idsOf = () => new Set(contentOf(file).runs?.map((run) => Reflect.get(run as object, "id")));
    const before = idsOf();
    const acknowledged = new Set<unknown>();
    const property = fc.asyncProperty(fc.tuple(...args), async (makers) => {
      const answer = await answerOf(() => call(belfry, ...makers.map((make) => make())));
      if (name.endsWith("run()") && answer) acknowledged.add(Reflect.get(answer, "trackingId"));
    });
    await fc.assert(property, { numRuns: 400 });
    // What was acknowledged is there, and nothing else is.
    expect(new Set([...idsOf()].filter((id) => !before.has(id)))).toEqual(acknowledged);
  });
});

describe("what defines", () => {
  test("defineTask()", async () => {
    const names = [
      "name",
      "handler",
      "schedule",
      "payload",
      "overlap",
      "catchUp",
      "retries",
      "backoff",
      "retryOn",
      "timeout",
    ];
    const more = ["concurrency", "priority", "onLost", "onFailure", "enabled", "captureConsole"];
    const property = fc.asyncProperty(optionsOf(...names, ...more), scheduleOption, async (options, schedule) => {
      await answerOf(() => untyped({ defineTask }, "defineTask")(options()));
      const right = { name: "bill", handler: () => {} };
      await answerOf(() => untyped({ defineTask }, "defineTask")({ ...right, schedule: schedule() }));
      await answerOf(() => untyped({ defineTask }, "defineTask")({ ...right, schedule: [schedule(), schedule()] }));
      await answerOf(() => untyped({ defineTask }, "defineTask")({ ...right, backoff: options(), payload: options() }));
    });
    await fc.assert(property, { numRuns: 500 });
  });

  test("createBelfry()", async () => {
    const names = [
      "store",
      "tasks",
      "app",
      "work",
      "concurrency",
      "lease",
      "stopGrace",
      "retention",
      "logger",
      "migrate",
    ];
    const property = fc.asyncProperty(optionsOf(...names), value, async (options, other) => {
      await answerOf(() => untyped({ createBelfry }, "createBelfry")(options()));
      await answerOf(() => untyped({ createBelfry }, "createBelfry")({ store: "sqlite:belfry.db", tasks: [other()] }));
    });
    await fc.assert(property, { numRuns: 500 });
  });

  test("nextFirings()", async () => {
    const property = fc.asyncProperty(scheduleOption, optionsOf("from", "count"), async (schedule, options) => {
      await answerOf(() => untyped({ nextFirings }, "nextFirings")(schedule(), options()));
      await answerOf(() => untyped({ nextFirings }, "nextFirings")(schedule(), { from: new Date(0) }));
    });
    await fc.assert(property, { numRuns: 500 });
  });
});
