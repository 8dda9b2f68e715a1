import { describe, expect, it } from "vitest";
import { isBelfryError } from "../base/errors.ts";
import { nextFirings } from "./firings.ts";

const from = new Date("2026-11-23T10:00:00.000Z");
const texts = (dates: Date[]) => dates.map((date) => date.toISOString());

describe("nextFirings", () => {
  it("gives the next firing, and never `from` itself", () => {
    expect(texts(nextFirings("0 * * * *", { from }))).toEqual(["2026-11-23T11:00:00.000Z"]);
    expect(texts(nextFirings("0 * * * *", { from: new Date(from.getTime() - 1) }))).toEqual([
      "2026-11-23T10:00:00.000Z",
    ]);
  });

  it("gives as many as are asked for, in a zone", () => {
    const schedule = { cron: "0 2 * * *", timezone: "Europe/Berlin" };
    expect(texts(nextFirings(schedule, { from: new Date("2026-10-23T12:00:00Z"), count: 3 }))).toEqual([
      "2026-10-24T00:00:00.000Z",
      "2026-10-25T00:00:00.000Z",
      "2026-10-26T01:00:00.000Z",
    ]);
  });

  it("aligns an interval to its anchor, also before it", () => {
    const anchor = new Date("2030-01-01T00:07:00Z");
    expect(texts(nextFirings({ every: "30m", anchor }, { from, count: 2 }))).toEqual([
      "2026-11-23T10:07:00.000Z",
      "2026-11-23T10:37:00.000Z",
    ]);
    expect(texts(nextFirings({ every: "1d" }, { from }))).toEqual(["2026-11-24T00:00:00.000Z"]);
  });

  it("gives fewer where there are fewer", () => {
    const at = new Date("2026-12-24T18:00:00Z");
    expect(nextFirings({ at }, { from, count: 5 })).toEqual([at]);
    expect(nextFirings({ at: from }, { from })).toEqual([]);
    expect(nextFirings("0 0 1 1 *", { from: new Date("2098-06-01T00:00:00Z"), count: 1_000 })).toHaveLength(1);
  });

  it.each<[unknown, string, string]>([
    [undefined, "E_OPTION", "nextFirings is undefined; expected an object of options"],
    [from, "E_OPTION", "from is undefined; expected a Date from 1970 to 2099"],
    [{}, "E_OPTION", "from is undefined; expected a Date from 1970 to 2099"],
    [{ from: "2026-11-23" }, "E_OPTION", 'from is "2026-11-23"; expected a Date from 1970 to 2099'],
    [{ from, count: 0 }, "E_OPTION", "count is 0; expected a whole number from 1 to 1000"],
    [{ from, count: 1_001 }, "E_OPTION", "count is 1001; expected a whole number from 1 to 1000"],
    [{ from, count: 1.5 }, "E_OPTION", "count is 1.5; expected a whole number from 1 to 1000"],
    [{ from, count: "3" }, "E_OPTION", 'count is "3"; expected a whole number from 1 to 1000'],
    [{ from, limit: 3 }, "E_OPTION_UNKNOWN", "limit is no option of nextFirings; known are from, count"],
    [
      { from, counts: 3 },
      "E_OPTION_UNKNOWN",
      'counts is no option of nextFirings (did you mean "count"?); known are from, count',
    ],
  ])("refuses the options %j", (options, code, message) => {
    try {
      nextFirings("0 * * * *", options as { from: Date });
      expect.unreachable();
    } catch (error) {
      if (!isBelfryError(error)) throw error;
      expect({ code: error.code, message: error.message }).toEqual({ code, message });
    }
  });

  it("refuses a schedule as its definition does", () => {
    expect(() => nextFirings("0 24 * * *", { from })).toThrow('schedule is "0 24 * * *": hour 24 is out of range');
  });
});
