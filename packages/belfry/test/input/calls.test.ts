import { describe } from "vitest";
import { type Belfry, defineTask, nextFirings } from "../../src/index.ts";
import { tables } from "./support/tables.ts";

const handler = () => {};
const { refused } = tables([
  defineTask({ name: "bill", schedule: "0 0 29 2 *", handler }),
  defineTask({ name: "manual", handler }),
]);

/** Calls as a caller without types may make them. */
const firings =
  (...args: unknown[]) =>
  (belfry: Belfry) =>
    (belfry.schedules.firings as (...args: unknown[]) => unknown)(...args);

describe("schedules.firings()", () => {
  refused([
    ["no task", firings(), "E_TASK_UNKNOWN", "there is no task undefined"],
    ["an unknown task", firings("bil"), "E_TASK_UNKNOWN", 'there is no task "bil" (did you mean "bill"?)'],
    ["a task without schedules", firings("manual"), "E_SCHEDULE_UNKNOWN", 'task "manual" has no schedule "default"'],
    ["a task that is no text", firings(Symbol("bill")), "E_TASK_UNKNOWN", "there is no task Symbol(bill)"],
    ["an unknown key", firings("bill", "monthly"), "E_SCHEDULE_UNKNOWN", 'task "bill" has no schedule "monthly"'],
    ["a key that is no text", firings("bill", 5), "E_OPTION", "key is 5; expected text of 1 to 128"],
    ["null", firings("bill", "default", null), "E_OPTION", "schedules.firings is null; expected an object of options"],
    [
      "an unknown option",
      firings("bill", "default", { since: 1 }),
      "E_OPTION_UNKNOWN",
      "since is no option of schedules.firings",
    ],
    [
      "a date as text",
      firings("bill", "default", { from: "2026" }),
      "E_OPTION",
      'from is "2026"; expected a valid Date',
    ],
    ["a date as a number", firings("bill", "default", { to: 5 }), "E_OPTION", "to is 5; expected a valid Date"],
    [
      "too many items",
      firings("bill", "default", { limit: 1e9 }),
      "E_OPTION",
      "limit is 1000000000; expected a whole number from 1 to 1000",
    ],
    ["a cursor of others", firings("bill", "default", { cursor: "x" }), "E_CURSOR", 'cursor "x" is none of ours'],
  ]);
});

describe("on()", () => {
  const on = (name: unknown, listener: unknown) => (belfry: Belfry) =>
    belfry.on(name as "run.started", listener as () => void);
  refused([
    ["no event", on(undefined, handler), "E_OPTION", "event is undefined; expected one of run.started, run.completed,"],
    [
      "an unknown event",
      on("run.ended", handler),
      "E_OPTION",
      'event is "run.ended"; expected "run.started" or "run.completed" or',
    ],
    ["no listener", on("run.started", undefined), "E_OPTION", "listener is undefined; expected a function"],
    ["a listener that is none", on("run.started", {}), "E_OPTION", "listener is an object; expected a function"],
  ]);
});

describe("nextFirings()", () => {
  const next = (schedule: unknown, options: unknown) => () =>
    nextFirings(schedule as string, options as { from: Date });
  const from = new Date(0);
  refused([
    ["no schedule", next(undefined, { from }), "E_OPTION", "schedule is undefined; expected a cron pattern"],
    [
      "a pattern",
      next("60 * * * *", { from }),
      "E_SCHEDULE",
      'schedule is "60 * * * *": minute 60 is out of range 0-59',
    ],
    ["an empty pattern", next("", { from }), "E_SCHEDULE", 'schedule is "": it is empty'],
    ["a pattern that is never due", next("0 0 31 4 *", { from }), "E_SCHEDULE", "it is never due"],
    [
      "a long pattern",
      next("* ".repeat(10_000), { from }),
      "E_SCHEDULE",
      "it has 20000 characters; at most 1000 are allowed",
    ],
    [
      "a zone",
      next({ cron: "@daily", timezone: "Mars/Olympus" }, { from }),
      "E_TIMEZONE",
      'schedule.timezone is "Mars/Olympus"',
    ],
    ["a zone that is no text", next({ cron: "@daily", timezone: 2 }, { from }), "E_TIMEZONE", "schedule.timezone is 2"],
    ["an interval", next({ every: "0s" }, { from }), "E_DURATION", 'schedule.every is "0s"'],
    ["no options", next("@daily", undefined), "E_OPTION", "nextFirings is undefined; expected an object of options"],
    ["no from", next("@daily", {}), "E_OPTION", "from is undefined; expected a Date from 1970 to 2099"],
    [
      "a from that is no date",
      next("@daily", { from: "now" }),
      "E_OPTION",
      'from is "now"; expected a Date from 1970 to 2099',
    ],
    [
      "a count",
      next("@daily", { from, count: 1_001 }),
      "E_OPTION",
      "count is 1001; expected a whole number from 1 to 1000",
    ],
    [
      "an unknown option",
      next("@daily", { from, limit: 5 }),
      "E_OPTION_UNKNOWN",
      "limit is no option of nextFirings; known are from, count",
    ],
  ]);
});
