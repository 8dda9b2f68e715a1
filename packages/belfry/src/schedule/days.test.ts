import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCron } from "./cron.ts";
import { nextDay, previousDay } from "./days.ts";
import { dateOfDay } from "./exclude.ts";

const dayOf = (date: string) => Date.parse(date) / 86_400_000;

/** The dates that a pattern lists from one date up to another, both included. */
function dates(cron: string, from: string, until: string): string[] {
  const { fields } = parseCron(cron, "schedule");
  const found: number[] = [];
  for (let day = nextDay(fields, dayOf(from)); day <= dayOf(until); day = nextDay(fields, day + 1)) found.push(day);
  const backward: number[] = [];
  for (let day = previousDay(fields, dayOf(until)); day >= dayOf(from); day = previousDay(fields, day - 1))
    backward.unshift(day);
  expect(backward).toEqual(found);
  return found.map(dateOfDay);
}

describe("days that depend on the month", () => {
  it.each<[string, string, string, string[]]>([
    ["0 0 L * *", "2027-12-01", "2028-04-30", ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]],
    ["0 0 L-2 2,4 *", "2027-01-01", "2028-12-31", ["2027-02-26", "2027-04-28", "2028-02-27", "2028-04-28"]],
    ["0 0 L-30 * *", "2026-01-01", "2026-06-30", ["2026-01-01", "2026-03-01", "2026-05-01"]],
    ["0 0 1,L-1 2 *", "2026-01-01", "2026-12-31", ["2026-02-01", "2026-02-27"]],
    // 2026-08-15 is a Saturday, 2026-11-15 a Sunday, 2026-12-15 a Tuesday.
    ["0 0 15W 8,11,12 *", "2026-01-01", "2026-12-31", ["2026-08-14", "2026-11-16", "2026-12-15"]],
    // It stays in the month: 2026-08-01 is a Saturday, 2027-01-31 a Sunday, 2026-10-31 a Saturday.
    ["0 0 1W 8 *", "2026-01-01", "2026-12-31", ["2026-08-03"]],
    ["0 0 31W 1,10 *", "2026-02-01", "2027-12-31", ["2026-10-30", "2027-01-29", "2027-10-29"]],
    ["0 0 31W * *", "2026-02-01", "2026-05-31", ["2026-03-31", "2026-05-29"]],
    ["0 0 LW * *", "2026-01-01", "2026-05-31", ["2026-01-30", "2026-02-27", "2026-03-31", "2026-04-30", "2026-05-29"]],
    ["0 0 * * 5L", "2026-01-01", "2026-03-31", ["2026-01-30", "2026-02-27", "2026-03-27"]],
    ["0 0 ? * fri#L,sunL", "2026-02-01", "2026-02-28", ["2026-02-22", "2026-02-27"]],
    ["0 0 * * 1#2", "2026-01-01", "2026-03-31", ["2026-01-12", "2026-02-09", "2026-03-09"]],
    ["0 0 * * 0#5", "2026-01-01", "2026-08-31", ["2026-03-29", "2026-05-31", "2026-08-30"]],
    [
      "0 0 * * mon#1,mon#3,wed",
      "2026-02-01",
      "2026-02-20",
      ["2026-02-02", "2026-02-04", "2026-02-11", "2026-02-16", "2026-02-18"],
    ],
    // Either day is enough where both are restricted.
    ["0 0 L * friL", "2026-01-01", "2026-02-28", ["2026-01-30", "2026-01-31", "2026-02-27", "2026-02-28"]],
    ["0 0 1W * ?", "2026-02-01", "2026-03-31", ["2026-02-02", "2026-03-02"]],
    ["0 0 29W 2 *", "2026-01-01", "2033-12-31", ["2028-02-29", "2032-02-27"]],
  ])("%s", (cron, from, until, expected) => {
    expect(dates(cron, from, until)).toEqual(expected);
  });

  it("W is the nearest working day of the month that has that day", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 1970, max: 2098 }), (date, year) => {
        const found = dates(`0 0 ${date}W * *`, `${year}-01-01`, `${year}-12-31`);
        for (let month = 0; month < 12; month++) {
          const meant = new Date(Date.UTC(year, month, date));
          const ofMonth = found.filter((one) => new Date(one).getUTCMonth() === month);
          expect(ofMonth).toHaveLength(meant.getUTCMonth() === month ? 1 : 0);
          for (const one of ofMonth) {
            const away = Math.abs(new Date(one).getUTCDate() - date);
            expect([1, 2, 3, 4, 5]).toContain(new Date(one).getUTCDay());
            expect(away).toBeLessThanOrEqual(meant.getUTCDay() === 0 || meant.getUTCDay() === 6 ? 2 : 0);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
