import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { isBelfryError } from "../base/errors.ts";
import { compile } from "./compile.ts";
import { parseScheduleTime, type ScheduleSpec } from "./spec.ts";

const date = new Date("2026-11-23T10:00:00.000Z");

describe("what a user writes becomes the stored form", () => {
  it.each<[unknown, ScheduleSpec]>([
    ["0 2 * * *", { cron: "0 2 * * *", timezone: "UTC" }],
    [" 0\t2 * *  MON", { cron: "0 2 * * MON", timezone: "UTC" }],
    ["@daily", { cron: "@daily", timezone: "UTC" }],
    [{ cron: "0 2 * * *" }, { cron: "0 2 * * *", timezone: "UTC" }],
    [
      { cron: "0 2 * * *", timezone: undefined },
      { cron: "0 2 * * *", timezone: "UTC" },
    ],
    [
      { cron: "0 2 * * *", timezone: "Europe/Berlin" },
      { cron: "0 2 * * *", timezone: "Europe/Berlin" },
    ],
    [
      { cron: "0 2 * * *", timezone: "europe/BERLIN" },
      { cron: "0 2 * * *", timezone: "europe/BERLIN" },
    ],
    [
      { cron: "0 2 * * *", timezone: "-03:30" },
      { cron: "0 2 * * *", timezone: "-03:30" },
    ],
    [{ every: "15m" }, { everyMs: 900_000, anchor: 0 }],
    [{ every: "1s" }, { everyMs: 1_000, anchor: 0 }],
    [
      { every: "1h30m", anchor: date },
      { everyMs: 5_400_000, anchor: date.getTime() },
    ],
    [
      { every: "366d", anchor: undefined },
      { everyMs: 366 * 86_400_000, anchor: 0 },
    ],
    [{ at: date }, { at: date.getTime() }],
    [{ at: runInNewContext("new Date(5)") }, { at: 5 }],
  ])("%j", (written, spec) => {
    const parsed = parseScheduleTime(written, "schedule");
    expect(parsed).toEqual(spec);
    expect(JSON.parse(JSON.stringify(parsed))).toEqual(spec);
    expect(() => compile(parsed)).not.toThrow();
  });
});

const written = 'a cron pattern such as "0 2 * * *", { cron, timezone }, { every: "15m" } or { at: date }';
const years = "a Date from 1970 to 2099";
const zoneExpected = 'expected an IANA name such as "Europe/Berlin", "UTC", or a fixed offset such as "+02:00"';
const duration = 'expected a string of numbers with units (ms, s, m, h, d), such as "10m" or "1h30m" from 1s to 366d';
const inZone = (timezone: unknown) => ({ cron: "0 2 * * *", timezone });

describe("what is refused, naming field, value and what was expected", () => {
  it.each<[unknown, string, string]>([
    [undefined, "E_OPTION", `schedule is undefined; expected ${written}`],
    [null, "E_OPTION", `schedule is null; expected ${written}`],
    [5, "E_OPTION", `schedule is 5; expected ${written}`],
    [[], "E_OPTION", `schedule is an array of 0; expected ${written}`],
    [{}, "E_OPTION", `schedule is an object; expected ${written}`],
    [date, "E_OPTION", `schedule is 2026-11-23T10:00:00.000Z; expected ${written}`],
    [{ timezone: "UTC" }, "E_OPTION", `schedule is an object; expected ${written}`],
    [{ at: undefined }, "E_OPTION", `schedule is an object; expected ${written}`],
    [Object.create({ cron: "0 2 * * *" }), "E_OPTION", `schedule is an object; expected ${written}`],
    [{ cron: "0 2 * * *", at: date }, "E_OPTION", "schedule is an object; expected only one of cron and at in it"],
    [
      { every: "1h", cron: "0 2 * * *", at: date },
      "E_OPTION",
      "schedule is an object; expected only one of cron and every and at in it",
    ],

    [
      { cron: "0 2 * * *", timeZone: "UTC" },
      "E_OPTION_UNKNOWN",
      'schedule.timeZone is no option of a cron schedule (did you mean "timezone"?); known are cron, timezone, dst, start, end, exclude, spread',
    ],
    [
      { cron: "0 2 * * *", tz: "UTC" },
      "E_OPTION_UNKNOWN",
      'schedule.tz is no option of a cron schedule (did you mean "timezone"?); known are cron, timezone, dst, start, end, exclude, spread',
    ],
    [
      { every: "1h", timezone: "UTC" },
      "E_OPTION_UNKNOWN",
      "schedule.timezone is no option of an interval schedule; known are every, anchor, start, end, exclude, spread",
    ],
    [
      { every: "1h", ancor: date },
      "E_OPTION_UNKNOWN",
      'schedule.ancor is no option of an interval schedule (did you mean "anchor"?); known are every, anchor, start, end, exclude, spread',
    ],
    [
      { at: date, anchor: date },
      "E_OPTION_UNKNOWN",
      "schedule.anchor is no option of a schedule for one instant; known are at",
    ],
    [
      JSON.parse('{"cron":"0 2 * * *","__proto__":{"timezone":"UTC"}}'),
      "E_OPTION_UNKNOWN",
      "schedule.__proto__ is no option of a cron schedule; known are cron, timezone, dst, start, end, exclude, spread",
    ],

    ["0 24 * * *", "E_SCHEDULE", 'schedule is "0 24 * * *": hour 24 is out of range 0-23; midnight is 0'],
    [
      { cron: "0 24 * * *" },
      "E_SCHEDULE",
      'schedule.cron is "0 24 * * *": hour 24 is out of range 0-23; midnight is 0',
    ],
    [{ cron: 5 }, "E_SCHEDULE", 'schedule.cron is 5: expected a string of five cron fields, such as "0 2 * * *"'],
    [{ cron: null }, "E_SCHEDULE", 'schedule.cron is null: expected a string of five cron fields, such as "0 2 * * *"'],

    [inZone("Mars/Olympus"), "E_TIMEZONE", `schedule.timezone is "Mars/Olympus"; ${zoneExpected}`],
    [
      inZone("Europe/Berln"),
      "E_TIMEZONE",
      `schedule.timezone is "Europe/Berln" (did you mean "Europe/Berlin"?); ${zoneExpected}`,
    ],
    [inZone("berlin"), "E_TIMEZONE", `schedule.timezone is "berlin" (did you mean "Europe/Berlin"?); ${zoneExpected}`],
    [
      inZone("New York"),
      "E_TIMEZONE",
      `schedule.timezone is "New York" (did you mean "America/New_York"?); ${zoneExpected}`,
    ],
    [inZone("+0200"), "E_TIMEZONE", `schedule.timezone is "+0200" (did you mean "+02:00"?); ${zoneExpected}`],
    [inZone("+2"), "E_TIMEZONE", `schedule.timezone is "+2" (did you mean "+02:00"?); ${zoneExpected}`],
    [inZone("UTC-5"), "E_TIMEZONE", `schedule.timezone is "UTC-5" (did you mean "-05:00"?); ${zoneExpected}`],
    [inZone("GMT+05:30"), "E_TIMEZONE", `schedule.timezone is "GMT+05:30" (did you mean "+05:30"?); ${zoneExpected}`],
    [inZone("+14:01"), "E_TIMEZONE", `schedule.timezone is "+14:01"; ${zoneExpected}`],
    [inZone("+02:60"), "E_TIMEZONE", `schedule.timezone is "+02:60"; ${zoneExpected}`],
    [inZone("+02:00:30"), "E_TIMEZONE", `schedule.timezone is "+02:00:30"; ${zoneExpected}`],
    [inZone("BST"), "E_TIMEZONE", `schedule.timezone is "BST"; ${zoneExpected}`],
    [inZone("ist"), "E_TIMEZONE", `schedule.timezone is "ist"; ${zoneExpected}`],
    [inZone("SystemV/PST8"), "E_TIMEZONE", `schedule.timezone is "SystemV/PST8"; ${zoneExpected}`],
    [inZone("Z"), "E_TIMEZONE", `schedule.timezone is "Z"; ${zoneExpected}`],
    [inZone(""), "E_TIMEZONE", `schedule.timezone is ""; ${zoneExpected}`],
    [inZone(" UTC"), "E_TIMEZONE", `schedule.timezone is " UTC"; ${zoneExpected}`],
    [
      inZone("Asia/To\u212ayo"),
      "E_TIMEZONE",
      `schedule.timezone is "Asia/To\u212ayo" (did you mean "Asia/Tokyo"?); ${zoneExpected}`,
    ],
    [inZone(null), "E_TIMEZONE", `schedule.timezone is null; ${zoneExpected}`],
    [inZone(2), "E_TIMEZONE", `schedule.timezone is 2; ${zoneExpected}`],
    [inZone(["UTC"]), "E_TIMEZONE", `schedule.timezone is an array of 1; ${zoneExpected}`],

    [{ every: 15 }, "E_DURATION", `schedule.every is 15; ${duration}`],
    [{ every: "15" }, "E_DURATION", `schedule.every is "15"; ${duration}`],
    [{ every: "999ms" }, "E_DURATION", `schedule.every is "999ms"; ${duration}`],
    [{ every: "0s" }, "E_DURATION", `schedule.every is "0s"; ${duration}`],
    [{ every: "367d" }, "E_DURATION", `schedule.every is "367d"; ${duration}`],
    [{ every: null }, "E_DURATION", `schedule.every is null; ${duration}`],

    [{ every: "1h", anchor: 0 }, "E_OPTION", `schedule.anchor is 0; expected ${years}`],
    [
      { every: "1h", anchor: new Date(-1) },
      "E_OPTION",
      `schedule.anchor is 1969-12-31T23:59:59.999Z; expected ${years}`,
    ],
    [{ at: "2026-11-23" }, "E_OPTION", `schedule.at is "2026-11-23"; expected ${years}`],
    [{ at: date.getTime() }, "E_OPTION", `schedule.at is ${date.getTime()}; expected ${years}`],
    [{ at: new Date(Number.NaN) }, "E_OPTION", `schedule.at is an invalid Date; expected ${years}`],
    [
      { at: new Date("2100-01-01T00:00:00Z") },
      "E_OPTION",
      `schedule.at is 2100-01-01T00:00:00.000Z; expected ${years}`,
    ],
    [
      { at: { [Symbol.toStringTag]: "Date", getTime: () => 5 } },
      "E_OPTION",
      `schedule.at is an object; expected ${years}`,
    ],
    [{ at: null }, "E_OPTION", `schedule.at is null; expected ${years}`],
  ])("%j", (input, code, message) => {
    const error = errorOf(() => parseScheduleTime(input, "schedule"));
    expect({ code: error.code, message: error.message }).toEqual({ code, message });
  });

  it("refuses a zone of ten million characters within 50 ms", () => {
    const start = performance.now();
    const error = errorOf(() => parseScheduleTime(inZone("x".repeat(10_000_000)), "schedule"));
    expect(performance.now() - start).toBeLessThan(50);
    expect(error.message.length).toBeLessThan(400);
  });
});

describe("a stored form that cannot be read", () => {
  it.each<[unknown, string, string]>([
    [undefined, "E_SCHEDULE", "schedule is undefined: expected a stored schedule"],
    ["0 2 * * *", "E_SCHEDULE", 'schedule is "0 2 * * *": expected a stored schedule'],
    [{}, "E_SCHEDULE", "schedule is an object: expected one of cron, everyMs and at in it"],
    [
      { cron: "0 0 * * L", timezone: "UTC" },
      "E_SCHEDULE",
      'schedule.cron is "0 0 * * L": day-of-week "L" is read in two ways; write sat for Saturday, or friL for the last Friday of the month',
    ],
    [{ cron: "0 2 * * *" }, "E_TIMEZONE", `schedule.timezone is undefined; ${zoneExpected}`],
    [
      { cron: "0 2 * * *", timezone: "Mars/Olympus" },
      "E_TIMEZONE",
      `schedule.timezone is "Mars/Olympus"; ${zoneExpected}`,
    ],
    [
      { everyMs: 0, anchor: 0 },
      "E_SCHEDULE",
      "schedule.everyMs is 0: expected whole milliseconds from 1000 to 31622400000",
    ],
    [
      { everyMs: 1_000.5, anchor: 0 },
      "E_SCHEDULE",
      "schedule.everyMs is 1000.5: expected whole milliseconds from 1000 to 31622400000",
    ],
    [
      { everyMs: 1_000 },
      "E_SCHEDULE",
      "schedule.anchor is undefined: expected whole milliseconds from 0 to 4102444799999",
    ],
    [{ at: "5" }, "E_SCHEDULE", 'schedule.at is "5": expected whole milliseconds from 0 to 4102444799999'],
    [{ at: Number.NaN }, "E_SCHEDULE", "schedule.at is NaN: expected whole milliseconds from 0 to 4102444799999"],
  ])("%j", (spec, code, message) => {
    const error = errorOf(() => compile(spec as ScheduleSpec));
    expect({ code: error.code, message: error.message }).toEqual({ code, message });
  });
});

function errorOf(call: () => unknown) {
  try {
    call();
  } catch (error) {
    if (isBelfryError(error)) return error;
    throw error;
  }
  throw new Error("it was accepted");
}
