import { describe } from "vitest";
import { z } from "zod";
import { type Belfry, defineTask, type RunOptions } from "../../src/index.ts";
import { tables } from "./support/tables.ts";

const unknownId = "0123456789abcdef01234567";
const handler = () => {};
const { refused } = tables([
  defineTask({ name: "bill", handler }),
  defineTask({ name: "typed", payload: z.object({ month: z.string() }), handler }),
  defineTask({ name: "off", enabled: false, handler }),
]);

/** Calls as a caller without types may make them. */
const run =
  (options: unknown, name: unknown = "bill") =>
  (belfry: Belfry) =>
    belfry.task(name as string).run(options as RunOptions);

const reason = "expected text of 1 to 1000 characters, well-formed and without NUL";
const units = 'expected a string of numbers with units (ms, s, m, h, d), such as "10m" or "1h30m" from 0ms to 366d';

describe("run()", () => {
  refused([
    ["options that are null", run(null), "E_OPTION", "run is null; expected an object of options"],
    ["options that are text", run("now"), "E_OPTION", 'run is "now"; expected an object of options'],
    ["options in an array", run([{}]), "E_OPTION", "run is an array of 1; expected an object of options"],
    [
      "a payload in place of the options",
      run({ month: "2026-11" }),
      "E_OPTION_UNKNOWN",
      "month is no option of run; known are payload, idempotencyKey,",
    ],
    [
      "an unknown option",
      run({ delya: "10s" }),
      "E_OPTION_UNKNOWN",
      'delya is no option of run (did you mean "delay"?)',
    ],
    ["a delay without a unit", run({ delay: 10 }), "E_DURATION", `delay is 10; ${units}`],
    ["a delay that is none", run({ delay: "soon" }), "E_DURATION", `delay is "soon"; ${units}`],
    ["a delay that is null", run({ delay: null }), "E_DURATION", `delay is null; ${units}`],
    ["a delay that is too long", run({ delay: "367d" }), "E_DURATION", `delay is "367d"; ${units}`],
    ["a time as text", run({ at: "2026-11-24" }), "E_OPTION", 'at is "2026-11-24"; expected a Date from 1970 to 2099'],
    ["a time as a number", run({ at: 0 }), "E_OPTION", "at is 0; expected a Date from 1970 to 2099"],
    [
      "an invalid date",
      run({ at: new Date("x") }),
      "E_OPTION",
      "at is an invalid Date; expected a Date from 1970 to 2099",
    ],
    ["a date too late", run({ at: new Date(8.64e15) }), "E_OPTION", "expected a Date from 1970 to 2099"],
    [
      "both a delay and a time",
      run({ at: new Date(), delay: "1s" }),
      "E_OPTION",
      "expected either `at` or `delay`, not both",
    ],
    [
      "a priority that is too high",
      run({ priority: 101 }),
      "E_OPTION",
      "priority is 101; expected a whole number from -100 to 100",
    ],
    [
      "a priority that is not whole",
      run({ priority: 0.5 }),
      "E_OPTION",
      "priority is 0.5; expected a whole number from -100 to 100",
    ],
    [
      "a priority as text",
      run({ priority: "high" }),
      "E_OPTION",
      'priority is "high"; expected a whole number from -100 to 100',
    ],
    ["an empty reason", run({ reason: "" }), "E_OPTION", `reason is ""; ${reason}`],
    ["a long reason", run({ reason: "x".repeat(1_001) }), "E_OPTION", reason],
    ["a reason that is no text", run({ reason: new Error("x") }), "E_OPTION", `reason is an object; ${reason}`],
    ["a reason with NUL", run({ reason: "a\0" }), "E_OPTION", `reason is "a\\u0000"; ${reason}`],
    [
      "a key that is empty",
      run({ idempotencyKey: "" }),
      "E_OPTION",
      'idempotencyKey is ""; expected text of 1 to 255 characters',
    ],
    [
      "a key that is long",
      run({ idempotencyKey: "x".repeat(256) }),
      "E_OPTION",
      "expected text of 1 to 255 characters",
    ],
    [
      "a key that is a number",
      run({ idempotencyKey: 5 }),
      "E_OPTION",
      "idempotencyKey is 5; expected text of 1 to 255 characters",
    ],
    [
      "a key with half a surrogate pair",
      run({ idempotencyKey: "\ud83d" }),
      "E_OPTION",
      'idempotencyKey is "\\ud83d"; expected text',
    ],
    ["a transaction", run({ tx: {} }), "E_TX_UNSUPPORTED", "leave it out"],
    [
      "no payload where one is needed",
      run(undefined, "typed"),
      "E_PAYLOAD",
      'payload of task "typed" was refused by its schema',
    ],
    ["a task that is disabled", run({}, "off"), "E_TASK_DISABLED", 'task "off" is disabled'],
    ["a name in another case", run({}, "Bill"), "E_TASK_UNKNOWN", 'there is no task "Bill" (did you mean "bill"?)'],
    [
      "a name with a blank after it",
      run({}, "bill "),
      "E_TASK_UNKNOWN",
      'there is no task "bill " (did you mean "bill"?)',
    ],
    ["an empty name", run({}, ""), "E_TASK_UNKNOWN", 'there is no task ""'],
    ["a name of an object's own", run({}, "__proto__"), "E_TASK_UNKNOWN", 'there is no task "__proto__"'],
    ["a name that is no text", run({}, { name: "bill" }), "E_TASK_UNKNOWN", "there is no task an object"],
    ["a long name", run({}, "x".repeat(1_000_000)), "E_TASK_UNKNOWN", 'there is no task "xxx'],
  ]);
});

describe("getTaskStatus()", () => {
  const status =
    (id: unknown, name = "bill") =>
    (belfry: Belfry) =>
      belfry.task(name).getTaskStatus(id as string);
  refused([
    [
      "no id",
      status(undefined),
      "E_TRACKING_ID",
      "tracking id undefined is malformed; expected 24 characters of 0-9 and a-f",
    ],
    ["an empty id", status(""), "E_TRACKING_ID", 'tracking id "" is malformed'],
    [
      "an id in upper case",
      status(unknownId.toUpperCase()),
      "E_TRACKING_ID",
      'tracking id "0123456789ABCDEF01234567" is malformed',
    ],
    ["a short id", status("0123"), "E_TRACKING_ID", 'tracking id "0123" is malformed'],
    ["a whole record", status({ trackingId: unknownId }), "E_TRACKING_ID", "tracking id an object is malformed"],
    ["an unknown task", status(unknownId, "bil"), "E_TASK_UNKNOWN", 'there is no task "bil" (did you mean "bill"?)'],
  ]);
});
