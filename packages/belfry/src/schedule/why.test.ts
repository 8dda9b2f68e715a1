import { describe, expect, it } from "vitest";
import type { ScheduleSpec } from "./spec.ts";
import { type Cause, whyNot } from "./why.ts";

const at = (text: string) => Date.parse(text);
const berlin = (cron: string, rest: object = {}): ScheduleSpec => ({ cron, timezone: "Europe/Berlin", ...rest });
const repeat = {
  kind: "repeat",
  local: "2026-10-25T02:30:00",
  first: at("2026-10-25T00:30Z"),
  last: at("2026-10-25T01:30Z"),
} as const;
const christmas = { name: "christmas", dates: ["2026-12-25", "2026-12-26"] };
const gap = { kind: "gap", local: "2026-03-29T02:30:00" } as const;

describe("why a schedule is not due at an instant", () => {
  it.each<[string, ScheduleSpec, string, Cause[]]>([
    ["it is due", berlin("30 2 * * *"), "2026-11-24T01:30Z", []],
    ["its pattern does not list it", berlin("30 2 * * *"), "2026-11-24T02:30Z", []],
    ["an instant that is another", { at: 5 }, "2026-11-24T02:30Z", []],
    [
      "a calendar has its date",
      berlin("30 2 * * *", { exclude: [christmas, { name: "closed", dates: ["2026-12-26"] }] }),
      "2026-12-26T01:30Z",
      [
        { kind: "excluded", calendar: "christmas", date: "2026-12-26" },
        { kind: "excluded", calendar: "closed", date: "2026-12-26" },
      ],
    ],
    [
      "a calendar has the date, but it is not listed",
      berlin("30 2 * * *", { exclude: [christmas] }),
      "2026-12-25T09:00Z",
      [],
    ],
    [
      "an interval on an excluded date",
      { everyMs: 3_600_000, anchor: 0, exclude: [christmas] },
      "2026-12-25T23:00Z",
      [{ kind: "excluded", calendar: "christmas", date: "2026-12-25" }],
    ],
    [
      "before its start",
      berlin("30 2 * * *", { start: at("2027-01-01Z") }),
      "2026-11-24T01:30Z",
      [{ kind: "beforeStart", start: at("2027-01-01Z") }],
    ],
    [
      "after its end",
      berlin("30 2 * * *", { end: at("2026-01-01Z") }),
      "2026-11-24T01:30Z",
      [{ kind: "afterEnd", end: at("2026-01-01Z") }],
    ],

    // 02:30 of 29 March does not exist: read by the offset before it is 01:30Z, by the one after it 00:30Z.
    ["moved from a gap, due there", berlin("30 2 * * *"), "2026-03-29T01:30Z", []],
    ["moved from a gap", berlin("30 2 * * *"), "2026-03-29T00:30Z", [{ ...gap, shiftedTo: at("2026-03-29T01:30Z") }]],
    [
      "moved to the transition",
      berlin("30 2 * * *", { dst: { gap: "transition" } }),
      "2026-03-29T01:30Z",
      [{ ...gap, shiftedTo: at("2026-03-29T01:00Z") }],
    ],
    ["lost in a gap", berlin("30 2 * * *", { dst: { gap: "skip" } }), "2026-03-29T01:30Z", [gap]],
    ["a gap that it does not list", berlin("40 2 * * *"), "2026-03-29T00:30Z", []],
    [
      "a gap of real time",
      { cron: "15 * * * *", timezone: "Australia/Lord_Howe" },
      "2026-10-03T15:45Z",
      [{ kind: "gap", local: "2026-10-04T02:15:00" }],
    ],
    [
      "a lost date",
      { cron: "0 12 30 12 *", timezone: "Pacific/Apia" },
      "2011-12-30T22:00Z",
      [{ kind: "gap", local: "2011-12-30T12:00:00" }],
    ],

    ["the second pass", berlin("30 2 * * *"), "2026-10-25T01:30Z", [repeat]],
    ["the first pass, due", berlin("30 2 * * *"), "2026-10-25T00:30Z", []],
    [
      "the first pass, where the last counts",
      berlin("30 2 * * *", { dst: { repeat: "last" } }),
      "2026-10-25T00:30Z",
      [repeat],
    ],
    ["the second pass, where both count", berlin("30 2 * * *", { dst: { repeat: "both" } }), "2026-10-25T01:30Z", []],
  ])("%s", (_, spec, instant, causes) => {
    expect(whyNot(spec, at(instant))).toEqual(causes);
  });

  it("has nothing to say of a single instant", () => {
    expect([3, 5, 7].map((instant) => whyNot({ at: 5 }, instant))).toEqual([[], [], []]);
  });
});
