import { describe, expect, it } from "vitest";
import { compile } from "./compile.ts";
import { notesOf } from "./notes.ts";
import type { ScheduleSpec } from "./spec.ts";
import { type Surprise, surprisesOf } from "./surprises.ts";

const at = (text: string) => Date.parse(text);
const berlin = (cron: string, rest: object = {}): ScheduleSpec => ({ cron, timezone: "Europe/Berlin", ...rest });
const [from, until] = [at("2026-01-01T00:00Z"), at("2027-01-01T00:00Z")];
const [spring, autumn] = [at("2026-03-29T01:00Z"), at("2026-10-25T01:00Z")];

describe("what changing clocks do to a schedule in a year", () => {
  const shifted: Surprise = {
    kind: "shifted",
    local: "2026-03-29T02:30:00",
    instant: at("2026-03-29T01:30Z"),
    change: spring,
    count: 1,
  };
  const once: Surprise = {
    kind: "once",
    local: "2026-10-25T02:30:00",
    instant: at("2026-10-25T00:30Z"),
    change: autumn,
    count: 1,
  };

  it.each<[string, ScheduleSpec, Surprise[]]>([
    ["nothing far from them", berlin("30 4 * * *"), []],
    ["nothing in real time", berlin("30 * * * *"), []],
    ["nothing in UTC", { cron: "30 2 * * *", timezone: "UTC" }, []],
    ["nothing to an interval", { everyMs: 3_600_000, anchor: 0 }, []],
    ["moved, and once", berlin("30 2 * * *"), [shifted, once]],
    ["only on its days", berlin("30 2 29 3 *"), [shifted]],
    [
      "many local times are one surprise",
      berlin("*/10 2 * * *"),
      [
        { ...shifted, local: "2026-03-29T02:00:00", instant: spring, count: 6 },
        { ...once, local: "2026-10-25T02:00:00", instant: at("2026-10-25T00:00Z"), count: 6 },
      ],
    ],
    [
      "to the transition, and at the last pass",
      berlin("30 2 * * *", { dst: { gap: "transition", repeat: "last" } }),
      [
        { ...shifted, instant: spring },
        { ...once, instant: at("2026-10-25T01:30Z") },
      ],
    ],
    [
      "lost, and twice",
      berlin("30 2 * * *", { dst: { gap: "skip", repeat: "both" } }),
      [
        { kind: "lost", local: shifted.local, change: spring, count: 1 },
        { ...once, kind: "twice", again: at("2026-10-25T01:30Z") },
      ],
    ],
    ["within its start and end", berlin("30 2 * * *", { start: at("2026-06-01Z") }), [once]],
    ["not on excluded dates", berlin("30 2 * * *", { exclude: [{ name: "x", dates: ["2026-10-25"] }] }), [shifted]],
    [
      "none lost on excluded dates",
      berlin("30 2 * * *", { dst: { gap: "skip" }, exclude: [{ name: "x", dates: ["2026-03-29"] }] }),
      [once],
    ],
  ])("%s", (_, spec, surprises) => {
    expect(surprisesOf(spec, from, until)).toEqual(surprises);
    for (const { instant, again } of surprises)
      for (const one of [instant, again]) if (one !== undefined) expect(compile(spec).next(one - 1)).toBe(one);
  });

  it("a lost date", () => {
    const apia: ScheduleSpec = { cron: "0 6,12 * * *", timezone: "Pacific/Apia" };
    expect(surprisesOf(apia, at("2011-12-01Z"), at("2012-01-01Z"))).toEqual([
      { kind: "lost", local: "2011-12-30T06:00:00", change: at("2011-12-30T10:00Z"), count: 2 },
    ]);
  });

  it("has the first of its range, not the one at its end, and at most 100", () => {
    expect(surprisesOf(berlin("30 2 * * *"), spring, autumn)).toEqual([shifted]);
    expect(surprisesOf(berlin("30 2 * * *"), 0, at("2100-01-01Z"))).toHaveLength(100);
  });
});

describe("what is worth a word at definition", () => {
  it.each<[ScheduleSpec, string[]]>([
    [berlin("30 2 * * *"), []],
    [berlin("0 0 13 * 5"), ["either day is enough: day-of-month 13, or day-of-week 5"]],
    [berlin("0 0 0 */2 * friL"), ["either day is enough: day-of-month */2, or day-of-week friL"]],
    [berlin("0 0 31 * *"), ["months without day-of-month 31 are passed over; for the last day of each write L"]],
    [berlin("0 0 31 1,3 *"), []],
    [berlin("0 0 1,31 * *"), []],
    [
      berlin("@hourly"),
      ["it covers every hour, and so follows real time when clocks change: an hour that comes twice counts twice"],
    ],
    [{ cron: "@hourly", timezone: "UTC" }, []],
    [{ everyMs: 1_000, anchor: 0 }, []],
    [{ at: 5 }, []],
  ])("%j", (spec, notes) => {
    expect(notesOf(spec)).toEqual(notes);
  });
});
