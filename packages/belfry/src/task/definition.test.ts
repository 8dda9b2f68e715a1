import { describe, expect, test } from "vitest";
import { z } from "zod";
import { isBelfryError } from "../base/errors.ts";
import { ruleOf } from "../schedule/catchup.ts";
import { defineTask, isTask } from "./definition.ts";

const handler = () => {};

/** What a definition throws, as code and message. */
function refusalOf(options: unknown): string {
  try {
    defineTask(options as Parameters<typeof defineTask>[0]);
  } catch (error) {
    if (isBelfryError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

describe("a definition", () => {
  test("has the documented defaults", () => {
    const { name, rules } = defineTask({ name: "bill", handler });
    expect(name).toBe("bill");
    expect(rules).toEqual({
      ...{ name: "bill", handler, schedules: [], schema: undefined, overlap: "skip", retries: 0 },
      catchUp: { policy: "latest", windowMs: 86_400_000, limit: 100, spacingMs: 0 },
      ...{ backoff: { firstMs: 1_000, factor: 2, maxMs: 3_600_000 }, retryOn: undefined, timeoutMs: undefined },
      ...{
        concurrency: undefined,
        priority: 0,
        onLost: "retry",
        onFailure: undefined,
        enabled: true,
        captureConsole: false,
      },
    });
  });

  test("keeps what it is given", () => {
    const payload = z.object({ month: z.string() }).optional();
    const retryOn = () => true;
    const onFailure = () => {};
    const { rules } = defineTask({
      ...{ name: "bill", handler, payload, overlap: "allow", catchUp: "skip", retries: 1_000, retryOn, onFailure },
      ...{ backoff: { first: "2s", factor: 1.5, max: "1m" }, timeout: "1h30m", concurrency: 1, priority: -100 },
      ...{ onLost: "fail", enabled: false, captureConsole: true, schedule: "0 2 * * *" },
    });
    expect(rules).toEqual({
      ...{
        name: "bill",
        handler,
        schema: payload,
        overlap: "allow",
        catchUp: ruleOf("skip"),
        retries: 1_000,
        retryOn,
        onFailure,
      },
      ...{
        backoff: { firstMs: 2_000, factor: 1.5, maxMs: 60_000 },
        timeoutMs: 5_400_000,
        concurrency: 1,
        priority: -100,
      },
      ...{ onLost: "fail", enabled: false, captureConsole: true },
      schedules: [
        {
          ...{ key: "default", spec: { cron: "0 2 * * *", timezone: "UTC" }, payload: undefined, namesZone: false },
          ...{ overlap: "allow", catchUp: ruleOf("skip"), priority: -100 },
        },
      ],
    });
  });

  test("takes one schedule or many, each with its key and payload", () => {
    const spec = { everyMs: 900_000, anchor: 0 };
    const one = (schedule: Parameters<typeof defineTask>[0]["schedule"]) =>
      defineTask({ name: "a", handler, schedule }).rules.schedules.map(({ key, spec, payload }) => [
        key,
        spec,
        payload,
      ]);
    expect(one({ every: "15m" })).toEqual([["default", spec, undefined]]);
    expect(one({ every: "15m", key: "often", payload: { a: [1] } })).toEqual([["often", spec, '{"a":[1]}']]);
    expect(
      one([
        { every: "15m", key: "x" },
        { at: new Date(5), key: "Y y" },
      ]),
    ).toEqual([
      ["x", spec, undefined],
      ["Y y", { at: 5 }, undefined],
    ]);
    expect(one([])).toEqual([]);
  });

  test("gives its terms to those of its schedules that say nothing else", () => {
    const { rules } = defineTask({
      ...{ name: "a", handler, overlap: "bufferAll", catchUp: { policy: "all", limit: 5, spacing: "1m" }, priority: 7 },
      schedule: [
        { key: "plain", every: "1h" },
        { key: "own", every: "1h", overlap: "cancelOther", catchUp: "skip", priority: -1, pauseOnFailure: 3 },
      ],
    });
    const all = { policy: "all", windowMs: 86_400_000, limit: 5, spacingMs: 60_000 };
    expect(rules).toMatchObject({ overlap: "bufferAll", catchUp: all, priority: 7 });
    expect(rules.schedules).toMatchObject([
      { key: "plain", overlap: "bufferAll", catchUp: all, priority: 7 },
      { key: "own", overlap: "cancelOther", catchUp: ruleOf("skip"), priority: -1, pauseOnFailure: 3 },
    ]);
    expect(rules.schedules[0]).not.toHaveProperty("pauseOnFailure");
  });

  test("a backoff may be one wait", () => {
    expect(defineTask({ name: "a", handler, backoff: "0s" }).rules.backoff).toEqual({
      firstMs: 0,
      factor: 2,
      maxMs: 3_600_000,
    });
  });

  test("is known as a task, and what looks like one is not", () => {
    const task = defineTask({ name: "a", handler });
    expect(isTask(task)).toBe(true);
    expect(Object.keys(task)).toEqual(["name", "rules"]);
    for (const other of [undefined, null, "a", {}, { name: "a", rules: task.rules }, { ...task }])
      expect(isTask(other)).toBe(false);
  });
});

const trap = () => {
  throw new Error("trapped");
};
const units = 'expected a string of numbers with units (ms, s, m, h, d), such as "10m" or "1h30m"';
const written = 'expected a cron pattern such as "0 2 * * *", { cron, timezone }, { every: "15m" } or { at: date }';
const key =
  "expected 1 to 128 ASCII letters, digits, blanks, _ or -, starting with a letter or digit, without a trailing blank";

describe("a definition is refused, naming field, value and what was expected", () => {
  const rows: [string, object, string][] = [
    [
      "a handler that is missing",
      { handler: undefined },
      'E_OPTION: task "a": handler is undefined; expected a function',
    ],
    [
      "a handler that is no function",
      { handler: "./handler.js" },
      'E_OPTION: task "a": handler is "./handler.js"; expected a function',
    ],
    [
      "an unknown option",
      { retry: 1 },
      'E_OPTION_UNKNOWN: retry is no option of defineTask (did you mean "retryOn"?); known are name, schedule,',
    ],
    ["overlap", { overlap: "queue" }, 'E_OPTION: task "a": overlap is "queue"; expected "skip" or "bufferOne" or'],
    ["catchUp", { catchUp: "none" }, 'E_OPTION: task "a": catchUp is "none"; expected "skip" or "latest" or "all"'],
    [
      "catchUp.limit",
      { catchUp: { policy: "all", limit: 1_001 } },
      'E_OPTION: task "a": catchUp.limit is 1001; expected a whole number from 1 to 1000',
    ],
    [
      "a schedule's overlap",
      { schedule: { every: "1h", overlap: "queue" } },
      'E_OPTION: task "a": schedule.overlap is "queue"; expected "skip" or "bufferOne" or',
    ],
    [
      "a schedule's catchUp",
      { schedule: [{ every: "1h", catchUp: { windows: "1h" } }] },
      'E_OPTION_UNKNOWN: windows is no option of task "a": schedule[0].catchUp (did you mean "window"?)',
    ],
    [
      "a schedule's priority",
      { schedule: { every: "1h", priority: 101 } },
      'E_OPTION: task "a": schedule.priority is 101; expected a whole number from -100 to 100',
    ],
    [
      "a schedule's pauseOnFailure",
      { schedule: { every: "1h", pauseOnFailure: 0 } },
      'E_OPTION: task "a": schedule.pauseOnFailure is 0; expected a whole number from 1 to 1000',
    ],
    ["retries", { retries: 1_001 }, 'E_OPTION: task "a": retries is 1001; expected a whole number from 0 to 1000'],
    [
      "retries, infinite",
      { retries: Infinity },
      'E_OPTION: task "a": retries is Infinity; expected a whole number from 0 to 1000',
    ],
    ["backoff", { backoff: 5 }, 'E_OPTION: task "a": backoff is 5; expected an object of options'],
    ["backoff as text", { backoff: "5" }, `E_DURATION: task "a": backoff is "5"; ${units} from 0ms to 366d`],
    ["backoff.first", { backoff: { first: 5 } }, `E_DURATION: task "a": backoff.first is 5; ${units} from 0ms to 366d`],
    ["backoff.max", { backoff: { max: "1w" } }, `E_DURATION: task "a": backoff.max is "1w"; ${units} from 0ms to 366d`],
    [
      "backoff.factor",
      { backoff: { factor: 0.5 } },
      'E_OPTION: task "a": backoff.factor is 0.5; expected a number from 1 to 100',
    ],
    [
      "backoff.factor, no number",
      { backoff: { factor: NaN } },
      'E_OPTION: task "a": backoff.factor is NaN; expected a number from 1 to 100',
    ],
    [
      "backoff, an unknown option",
      { backoff: { start: "1s" } },
      'E_OPTION_UNKNOWN: start is no option of task "a": backoff; known are first, factor, max',
    ],
    ["retryOn", { retryOn: true }, 'E_OPTION: task "a": retryOn is true; expected a function'],
    ["timeout", { timeout: "0ms" }, `E_DURATION: task "a": timeout is "0ms"; ${units} from 1ms to 366d`],
    [
      "concurrency",
      { concurrency: 0 },
      'E_OPTION: task "a": concurrency is 0; expected a whole number from 1 to 10000',
    ],
    ["priority", { priority: 101 }, 'E_OPTION: task "a": priority is 101; expected a whole number from -100 to 100'],
    ["onLost", { onLost: "drop" }, 'E_OPTION: task "a": onLost is "drop"; expected "retry" or "fail"'],
    ["onFailure", { onFailure: "mail" }, 'E_OPTION: task "a": onFailure is "mail"; expected a function'],
    ["enabled", { enabled: "no" }, 'E_OPTION: task "a": enabled is "no"; expected true or false'],
    ["captureConsole", { captureConsole: 1 }, 'E_OPTION: task "a": captureConsole is 1; expected true or false'],
    [
      "a payload that is no schema",
      { payload: { month: "string" } },
      'E_OPTION: task "a": payload is an object; expected a Standard Schema, such as z.object({ … })',
    ],
    [
      "a payload that is null",
      { payload: null },
      'E_OPTION: task "a": payload is null; expected a Standard Schema, such as z.object({ … })',
    ],
    [
      "a schema that cannot be read",
      {
        payload: {
          get "~standard"() {
            return trap();
          },
        },
      },
      'E_OPTION: task "a": payload is an object; expected a Standard Schema, such as z.object({ … }) that can be read',
    ],
    ["a schedule that is none", { schedule: 5 }, `E_OPTION: task "a": schedule is 5; ${written}`],
    ["a schedule that is null", { schedule: null }, `E_OPTION: task "a": schedule is null; ${written}`],
    ["a schedule without a time", { schedule: { key: "x" } }, `E_OPTION: task "a": schedule is an object; ${written}`],
    [
      "a pattern",
      { schedule: "0 25 * * *" },
      'E_SCHEDULE: task "a": schedule is "0 25 * * *": hour 25 is out of range 0-23',
    ],
    [
      "a pattern that is never due",
      { schedule: "0 0 30 2 *" },
      'E_SCHEDULE: task "a": schedule is "0 0 30 2 *": it is never due',
    ],
    [
      "a zone",
      { schedule: { cron: "@daily", timezone: "Europe/Berln" } },
      'E_TIMEZONE: task "a": schedule.timezone is "Europe/Berln"',
    ],
    [
      "an interval",
      { schedule: { every: "500ms" } },
      `E_DURATION: task "a": schedule.every is "500ms"; ${units} from 1s to 366d`,
    ],
    [
      "an instant",
      { schedule: { at: "2026-11-24" } },
      'E_OPTION: task "a": schedule.at is "2026-11-24"; expected a Date from 1970 to 2099',
    ],
    [
      "an unknown key of a schedule",
      { schedule: { every: "1h", tz: "UTC" } },
      'E_OPTION_UNKNOWN: task "a": schedule.tz is no option of an interval schedule',
    ],
    [
      "a misspelt term of a schedule",
      { schedule: { every: "1h", overlp: "allow" } },
      'E_OPTION_UNKNOWN: task "a": schedule.overlp is no option of an interval schedule (did you mean "overlap"?)',
    ],
    [
      "one of many schedules",
      { schedule: [{ every: "1h" }, { every: "1x", key: "b" }] },
      'E_DURATION: task "a": schedule[1].every is "1x"',
    ],
    [
      "a hole among many",
      { schedule: [{ every: "1h" }, undefined] },
      `E_OPTION: task "a": schedule[1] is undefined; ${written}`,
    ],
    ["a key", { schedule: { every: "1h", key: " x" } }, `E_OPTION: task "a": schedule.key is " x"; ${key}`],
    [
      "two schedules of one key",
      {
        schedule: [
          { every: "1h", key: "x" },
          { every: "2h", key: "X" },
        ],
      },
      'E_OPTION: task "a": schedule[1].key is "X"; expected a key of its own for each schedule',
    ],
    [
      "two schedules without a key",
      { schedule: [{ every: "1h" }, { every: "2h" }] },
      'E_OPTION: task "a": schedule[1].key is "default"; expected a key of its own for each schedule',
    ],
    [
      "too many schedules",
      { schedule: Array(1_001).fill({ every: "1h" }) },
      'E_OPTION: task "a": schedule is an array of 1001; expected at most 1000 schedules',
    ],
    [
      "a schedule that cannot be read",
      {
        schedule: {
          get every() {
            return trap();
          },
        },
      },
      'E_OPTION: task "a": schedule is an object; expected a schedule that can be read',
    ],
    [
      "a schedule's payload",
      { schedule: { every: "1h", payload: { a: 1n } } },
      'E_PAYLOAD: payload.a in schedule "default" of task "a" is of type bigint, which JSON cannot say',
    ],
  ];
  for (const [name, options, expected] of rows) {
    test(name, () => {
      const refusal = refusalOf({ name: "a", handler, ...options });
      expect(refusal.startsWith(expected), refusal).toBe(true);
    });
  }

  test.each<[string, unknown, string]>([
    ["nothing", undefined, "E_OPTION: defineTask is undefined; expected an object of options"],
    ["a function", handler, "E_OPTION: defineTask is a function (handler); expected an object of options"],
    ["no name", { handler }, `E_OPTION: name is undefined; ${key}`],
    ["a bad name", { name: "bill.monthly", handler }, `E_OPTION: name is "bill.monthly"; ${key}`],
  ])("%s", (_, options, expected) => expect(refusalOf(options)).toBe(expected));

  test("a hostile object", () => {
    const message = "E_OPTION: defineTask is an object; expected an object of options that can be read";
    expect(refusalOf(new Proxy({}, { ownKeys: trap }))).toBe(message);
    expect(
      refusalOf({
        name: "a",
        get handler() {
          return trap();
        },
      }),
    ).toBe(message);
  });
});
