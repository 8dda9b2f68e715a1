import { describe, expect, it } from "vitest";
import { isBelfryError } from "../base/errors.ts";
import { compile } from "./compile.ts";
import { parseScheduleTime, type ScheduleSpec } from "./spec.ts";

const [start, end] = [new Date("2026-01-01T00:00Z"), new Date("2026-12-31T00:00Z")];
const cron = "0 2 * * *";
const berlin = { cron, timezone: "Europe/Berlin" };
const holidays = { name: "Holidays", dates: ["2026-12-26", "2026-12-25", "2026-12-26"] };
const stored = { name: "Holidays", dates: ["2026-12-25", "2026-12-26"] };

describe("what a user writes becomes one stored form", () => {
  it.each<[unknown, ScheduleSpec]>([
    [
      {
        spread: "5m",
        exclude: holidays,
        end,
        start,
        dst: { repeat: "both", gap: "skip" },
        timezone: "Europe/Berlin",
        cron,
      },
      {
        ...berlin,
        dst: { gap: "skip", repeat: "both" },
        start: start.getTime(),
        end: end.getTime(),
        exclude: [stored],
        spreadMs: 300_000,
      },
    ],
    [
      { spread: "1ms", exclude: [{ name: "b", dates: [] }, holidays], end, anchor: start, every: "1h" },
      {
        everyMs: 3_600_000,
        anchor: start.getTime(),
        end: end.getTime(),
        exclude: [stored, { name: "b", dates: [] }],
        spreadMs: 1,
      },
    ],
    [{ ...berlin, dst: { gap: "shift", repeat: "first" }, exclude: [] }, berlin],
    [{ ...berlin, dst: {}, start: undefined, end: undefined, exclude: undefined, spread: undefined }, berlin],
    [
      { ...berlin, dst: { gap: "transition", repeat: undefined } },
      { ...berlin, dst: { gap: "transition" } },
    ],
    [
      { ...berlin, dst: { repeat: "last" } },
      { ...berlin, dst: { repeat: "last" } },
    ],
    [
      { cron: "0 * * * *", dst: {} },
      { cron: "0 * * * *", timezone: "UTC" },
    ],
    [
      { cron: "0 0 0 L * fri#L", start: end, end },
      { cron: "0 0 0 L * fri#L", timezone: "UTC", start: end.getTime(), end: end.getTime() },
    ],
  ])("%j", (written, spec) => {
    const parsed = parseScheduleTime(written, "schedule");
    expect(JSON.stringify(parsed)).toBe(JSON.stringify(spec));
    expect(() => compile(parsed)).not.toThrow();
  });
});

const name =
  "1 to 128 ASCII letters, digits, blanks, _ or -, starting with a letter or digit, without a trailing blank";
const realTime = "this pattern covers every hour, and follows real time when the clocks change";
const aDate = 'a date from 1970 to 2099 such as "2026-12-25"';
const calendars = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `c${index}`, dates: ["2026-01-01"] }));

describe("what is refused, naming field, value and what was expected", () => {
  it.each<[unknown, string, string]>([
    [{ cron, start: "2026-01-01" }, "E_OPTION", 'schedule.start is "2026-01-01"; expected a Date from 1970 to 2099'],
    [{ cron, end: null }, "E_OPTION", "schedule.end is null; expected a Date from 1970 to 2099"],
    [
      { cron, start: end, end: start },
      "E_OPTION",
      "schedule.end is 2026-01-01T00:00:00.000Z; expected a Date that is not before start, 2026-12-31T00:00:00.000Z",
    ],
    [{ every: "1h", spread: 5 }, "E_DURATION", "schedule.spread is 5; expected a string of numbers"],
    [{ every: "1h", spread: "0s" }, "E_DURATION", 'schedule.spread is "0s"; expected a string of numbers'],
    [{ at: start, spread: "5m" }, "E_OPTION_UNKNOWN", "schedule.spread is no option of a schedule for one instant"],
    [{ every: "1h", dst: {} }, "E_OPTION_UNKNOWN", "schedule.dst is no option of an interval schedule"],

    [
      { cron: "0 0 29 2 *", start, end },
      "E_SCHEDULE",
      'schedule is "0 0 29 2 *": it is never due within its start, end and exclude',
    ],
    [
      { every: "366d", start: end, end },
      "E_SCHEDULE",
      'schedule is "366d": it is never due within its start, end and exclude',
    ],
    [
      { cron: "0 0 24 12 *", start, end, exclude: { name: "eve", dates: ["2026-12-24"] } },
      "E_SCHEDULE",
      'schedule is "0 0 24 12 *": it is never due within its start, end and exclude',
    ],

    [{ cron, dst: "skip" }, "E_OPTION", 'schedule.dst is "skip"; expected an object of options'],
    [
      { cron, dst: { gap: "first" } },
      "E_OPTION",
      'schedule.dst.gap is "first"; expected "shift" or "transition" or "skip"',
    ],
    [{ cron, dst: { repeat: 2 } }, "E_OPTION", 'schedule.dst.repeat is 2; expected "first" or "last" or "both"'],
    [{ cron, dst: { repeats: "last" } }, "E_OPTION_UNKNOWN", "repeats is no option of schedule.dst"],
    [
      { cron: "0 */1 * * *", dst: { gap: "shift" } },
      "E_OPTION",
      `schedule.dst is an object; expected none: ${realTime}`,
    ],

    [{ cron, exclude: "2026-12-25" }, "E_OPTION", 'schedule.exclude is "2026-12-25"; expected an object of options'],
    [
      { cron, exclude: ["2026-12-25"] },
      "E_OPTION",
      'schedule.exclude[0] is "2026-12-25"; expected an object of options',
    ],
    [{ cron, exclude: calendars(11) }, "E_OPTION", "schedule.exclude is an array of 11; expected a calendar { name"],
    [{ cron, exclude: { dates: [] } }, "E_OPTION", `schedule.exclude.name is undefined; expected ${name}`],
    [{ cron, exclude: { name: "a ", dates: [] } }, "E_OPTION", `schedule.exclude.name is "a "; expected ${name}`],
    [{ cron, exclude: { name: "a" } }, "E_OPTION", "schedule.exclude.dates is undefined; expected at most 4000 dates"],
    [
      { cron, exclude: [{ name: "a", dates: ["2026-02-30"] }] },
      "E_OPTION",
      `schedule.exclude[0].dates[0] is "2026-02-30"; expected ${aDate}`,
    ],
    [
      { cron, exclude: { name: "a", dates: [start] } },
      "E_OPTION",
      "schedule.exclude.dates[0] is 2026-01-01T00:00:00.000Z",
    ],
    [{ cron, exclude: { name: "a", dates: ["1969-12-31"] } }, "E_OPTION", 'schedule.exclude.dates[0] is "1969-12-31"'],
    [{ cron, exclude: { name: "a", dates: ["2100-01-01"] } }, "E_OPTION", 'schedule.exclude.dates[0] is "2100-01-01"'],
    [{ cron, exclude: { name: "a", dates: ["2026-1-1"] } }, "E_OPTION", 'schedule.exclude.dates[0] is "2026-1-1"'],
    [
      {
        cron,
        exclude: [
          { name: "a", dates: [] },
          { name: "A", dates: [] },
        ],
      },
      "E_OPTION",
      'schedule.exclude: a calendar\'s name is "A"; expected a name of its own for each',
    ],
    [
      { cron, exclude: { name: "a", date: [] } },
      "E_OPTION_UNKNOWN",
      'date is no option of schedule.exclude (did you mean "dates"?)',
    ],
  ])("%j", (input, code, message) => {
    const error = errorOf(() => parseScheduleTime(input, "schedule"));
    expect(error.code).toBe(code);
    expect(error.message.slice(0, message.length)).toBe(message);
  });

  it("refuses a calendar of a million dates, and one of which the last is none, within 50 ms", () => {
    const dates = new Array(4_000).fill("2026-01-01");
    for (const list of [new Array(1_000_000).fill("2026-01-01"), [...dates.slice(1), "never"]]) {
      const begun = performance.now();
      errorOf(() => parseScheduleTime({ cron, exclude: { name: "a", dates: list } }, "schedule"));
      expect(performance.now() - begun).toBeLessThan(50);
    }
  });
});

describe("a stored form that cannot be read", () => {
  it.each<[unknown, string]>([
    [{ ...berlin, start: -1 }, "schedule.start is -1: expected whole milliseconds from 0 to 4102444799999"],
    [{ ...berlin, end: "x" }, 'schedule.end is "x": expected whole milliseconds from 0 to 4102444799999'],
    [{ ...berlin, spreadMs: 0 }, "schedule.spreadMs is 0: expected whole milliseconds from 1 to 31622400000"],
    [{ ...berlin, exclude: {} }, "schedule.exclude is an object: expected a list of calendars"],
    [{ ...berlin, exclude: [null] }, "schedule.exclude.dates is undefined: expected a list of dates"],
    [{ ...berlin, exclude: [{ name: "a", dates: ["x"] }] }, `schedule.exclude.dates is "x": expected ${aDate}`],
    [{ ...berlin, dst: { gap: "first" } }, 'schedule.dst.gap is "first": expected shift or transition or skip'],
    [{ ...berlin, dst: { repeat: 1 } }, "schedule.dst.repeat is 1: expected first or last or both"],
    [{ cron: "0 * * * *", timezone: "UTC", dst: {} }, `schedule.dst is an object: ${realTime}`],
  ])("%j", (spec, message) => {
    const error = errorOf(() => compile(spec as ScheduleSpec));
    expect({ code: error.code, message: error.message }).toEqual({ code: "E_SCHEDULE", message });
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
