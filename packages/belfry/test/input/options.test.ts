import { describe, expect, test } from "vitest";
import { type Belfry, type BelfryOptions, createBelfry, defineTask, type ErrorCode } from "../../src/index.ts";
import { trap } from "./support/hostile.ts";
import { expectRefused } from "./support/refusal.ts";
import { contentOf, startEngine, stoppedStore } from "./support/store.ts";

const handler = () => {};
const bill = defineTask({ name: "bill", schedule: "0 0 29 2 *", handler });
const units = 'expected a string of numbers with units (ms, s, m, h, d), such as "10m" or "1h30m"';
const name =
  "expected 1 to 128 ASCII letters, digits, blanks, _ or -, starting with a letter or digit, without a trailing blank";
const list = "expected an array of at most 10000 tasks";
const defined = "expected what defineTask({ … }) answers";

describe("createBelfry() throws, naming field, value and what was expected", () => {
  const rows: [string, unknown, ErrorCode, string][] = [
    ["nothing", undefined, "E_OPTION", "createBelfry is undefined; expected an object of options"],
    [
      "a URL in place of the options",
      "sqlite:belfry.db",
      "E_OPTION",
      'createBelfry is "sqlite:belfry.db"; expected an object of options',
    ],
    ["an array", [], "E_OPTION", "createBelfry is an array of 0; expected an object of options"],
    [
      "options that cannot be read",
      new Proxy({}, { ownKeys: trap }),
      "E_OPTION",
      "createBelfry is an object; expected an object of options that can be read",
    ],
  ];
  const options: [string, object, ErrorCode, string][] = [
    [
      "an unknown option",
      { concurency: 5 },
      "E_OPTION_UNKNOWN",
      'concurency is no option of createBelfry (did you mean "concurrency"?); known are store, tasks,',
    ],
    ["__proto__", JSON.parse('{"__proto__":{}}'), "E_OPTION_UNKNOWN", "__proto__ is no option of createBelfry"],
    ["no store", { store: undefined }, "E_OPTION", 'store is undefined; expected a URL such as "sqlite:belfry.db"'],
    ["an empty store", { store: "" }, "E_OPTION", 'store is ""; expected a URL such as "sqlite:belfry.db"'],
    [
      "a store that is a URL object",
      { store: new URL("file:///belfry.db") },
      "E_OPTION",
      'store is an object; expected a URL such as "sqlite:belfry.db"',
    ],
    ["tasks that are no list", { tasks: { bill } }, "E_OPTION", `tasks is an object; ${list}`],
    ["tasks that are null", { tasks: null }, "E_OPTION", `tasks is null; ${list}`],
    ["a task that is none", { tasks: [bill, { name: "x", handler }] }, "E_OPTION", `tasks[1] is an object; ${defined}`],
    ["a task that is a function", { tasks: [handler] }, "E_OPTION", `tasks[0] is a function (handler); ${defined}`],
    ["two tasks of one name", { tasks: [bill, bill] }, "E_TASK_DUPLICATE", 'task "bill" is defined twice'],
    [
      "two tasks of one name, case aside",
      { tasks: [bill, defineTask({ name: "BILL", handler })] },
      "E_TASK_DUPLICATE",
      'task "BILL" is defined twice (names are compared without regard to case); rename one',
    ],
    ["an app", { app: "my/app" }, "E_OPTION", `app is "my/app"; ${name}`],
    ["work", { work: "no" }, "E_OPTION", 'work is "no"; expected true or false'],
    ["concurrency", { concurrency: 0 }, "E_OPTION", "concurrency is 0; expected a whole number from 1 to 10000"],
    [
      "concurrency, infinite",
      { concurrency: Number.POSITIVE_INFINITY },
      "E_OPTION",
      "concurrency is Infinity; expected a whole number from 1 to 10000",
    ],
    ["lease as a number", { lease: 10_000 }, "E_DURATION", `lease is 10000; ${units} from 1s to 10m`],
    ["lease too short", { lease: "999ms" }, "E_DURATION", `lease is "999ms"; ${units} from 1s to 10m`],
    ["lease too long", { lease: "11m" }, "E_DURATION", `lease is "11m"; ${units} from 1s to 10m`],
    ["stopGrace", { stopGrace: "forever" }, "E_DURATION", `stopGrace is "forever"; ${units} from 0ms to 366d`],
    ["retention too short", { retention: "59m" }, "E_DURATION", `retention is "59m"; ${units} from 1h to 366d`],
    [
      "logger",
      { logger: console.log },
      "E_OPTION",
      "logger is a function (log); expected an object with the methods debug, info, warn, error",
    ],
    [
      "logger without a method",
      { logger: { info: handler, warn: handler, error: handler } },
      "E_OPTION",
      "expected an object with the methods debug, info, warn, error",
    ],
    [
      "logger that cannot be read",
      {
        logger: {
          get debug() {
            return trap();
          },
        },
      },
      "E_OPTION",
      "expected an object with the methods debug, info, warn, error that can be read",
    ],
    ["migrate", { migrate: 1 }, "E_OPTION", "migrate is 1; expected true or false"],
  ];
  for (const [title, value, code, message] of rows)
    test(title, () => expectRefused(() => createBelfry(value as BelfryOptions), code, message));
  for (const [title, given, code, message] of options) {
    const value = { store: "sqlite:/nowhere/belfry.db", ...given } as BelfryOptions;
    test(title, () => expectRefused(() => createBelfry(value), code, message));
  }
});

describe("what is there only once the store is open", () => {
  test("a task that another app has: nothing of the set is applied", async () => {
    const { store, file } = await stoppedStore([bill]);
    const before = contentOf(file);
    const other = createBelfry({
      store,
      app: "other",
      tasks: [defineTask({ name: "Bill", handler }), defineTask({ name: "new", handler })],
    });
    await expectRefused(() => other.start(), "E_TASK_DUPLICATE", 'task "bill" is defined twice');
    expect(contentOf(file)).toEqual(before);
  });

  test("calls before start() and after stop(), each naming the call", async () => {
    const { store, file } = await stoppedStore([bill]);
    const before = contentOf(file);
    const belfry: Belfry = createBelfry({ store, tasks: [bill] });
    const calls: [string, () => Promise<unknown>][] = [
      ["run()", () => belfry.task("bill").run()],
      ["run()", () => belfry.task("bill").runAndWait()],
      ["getTaskStatus()", () => belfry.task("bill").getTaskStatus("0123456789abcdef01234567")],
      ["runs.list()", () => belfry.runs.list()],
      ["runs.cancel()", () => belfry.runs.cancel("0123456789abcdef01234567")],
      ["runs.get()", () => belfry.runs.get("0123456789abcdef01234567")],
      ["runs.retry()", () => belfry.runs.retry("0123456789abcdef01234567")],
      ["runs.logs()", () => belfry.runs.logs("0123456789abcdef01234567")],
      ["schedules.firings()", () => belfry.schedules.firings("bill")],
    ];
    for (const [call, make] of calls) await expectRefused(make, "E_NOT_STARTED", `${call} was called before start()`);
    expect(contentOf(file)).toEqual(before);
    await belfry.stop();
    for (const [call, make] of calls) await expectRefused(make, "E_STOPPED", `${call} was called after stop()`);
    await expectRefused(
      () => belfry.start(),
      "E_STOPPED",
      "start() was called after stop(); this engine does not start again",
    );
    expect(contentOf(file)).toEqual(before);
  });

  test("two calls of start() and of stop() answer the first", async () => {
    const { belfry } = await startEngine([bill]);
    await Promise.all([belfry.start(), belfry.start()]);
    await Promise.all([belfry.stop(), belfry.stop()]);
  });
});

describe("what user code does wrong hinders nobody", () => {
  test("a logger, a listener, onFailure and retryOn that throw or reject, whatever they throw", async () => {
    const nothing: unknown = Object.create(null);
    const bad = () => {
      throw nothing;
    };
    const failing = defineTask({ name: "failing", handler: bad, onFailure: bad, retryOn: bad, retries: 5 });
    const logger = { debug: bad, info: bad, warn: bad, error: bad };
    const { belfry } = await startEngine([failing, bill], { logger });
    belfry.on("run.started", bad);
    belfry.on("run.failed", async () => bad());
    const { status, attempts } = await belfry.task("failing").runAndWait();
    // A retryOn that throws counts as no.
    expect([status, attempts.length]).toEqual(["errors", 1]);
    expect(await belfry.task("bill").runAndWait()).toMatchObject({ status: "completed" });
  });

  test("a retryOn that answers neither true nor false counts as no", async () => {
    const answers: unknown[] = [undefined, "yes", 1, Promise.resolve(true)];
    const tasks = answers.map((answer, index) =>
      defineTask({
        name: `task ${index}`,
        retries: 5,
        backoff: "0s",
        retryOn: () => answer as boolean,
        handler: () => Promise.reject(new Error("x")),
      }),
    );
    const { belfry } = await startEngine(tasks);
    for (const { name: task } of tasks) expect((await belfry.task(task).runAndWait()).attempts).toHaveLength(1);
  });

  test("a payload that another task refuses is the failure of the handler that sent it, and is retried", async () => {
    const strict = defineTask({
      name: "strict",
      payload: { "~standard": { version: 1, vendor: "test", validate: () => ({ issues: [{ message: "no" }] }) } },
      handler,
    });
    const caller = defineTask({
      name: "caller",
      retries: 1,
      backoff: "0s",
      handler: async () => void (await belfry.task("strict").run()),
    });
    const { belfry } = await startEngine([strict, caller]);
    const { errors } = await belfry.task("caller").runAndWait();
    expect(errors?.map(({ code }) => code)).toEqual(["E_HANDLER", "E_HANDLER"]);
  });
});
