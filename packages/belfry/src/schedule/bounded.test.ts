import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Excluding } from "./bounded.ts";
import { type CompiledSchedule, compile } from "./compile.ts";
import { dateOfDay, rangesOf } from "./exclude.ts";
import { findZone } from "./find-zone.ts";
import { parseScheduleTime, type ScheduleSpec, type ScheduleTime } from "./spec.ts";

const hour = 3_600_000;
const day = 24 * hour;
const date = (text: string) => new Date(text);

function instants(time: ScheduleTime, from: string, until: string): string[] {
  const compiled = compile(parseScheduleTime(time, "schedule"));
  const forward = compiled.between(Date.parse(from) - 1, Date.parse(until), 1_000);
  const backward: number[] = [];
  for (
    let at = compiled.previous(Date.parse(until) + 1);
    at !== undefined && at >= Date.parse(from);
    at = compiled.previous(at)
  )
    backward.unshift(at);
  expect(backward).toEqual(forward);
  return forward.map((instant) => new Date(instant).toISOString().slice(0, 16));
}

describe("start and end", () => {
  it("are included", () => {
    const [start, end] = [date("2026-11-24T02:00Z"), date("2026-11-26T02:00Z")];
    const all = ["2026-11-24T02:00", "2026-11-25T02:00", "2026-11-26T02:00"];
    expect(instants({ cron: "0 2 * * *", start, end }, "2026-01-01", "2026-12-31")).toEqual(all);
    expect(instants({ every: "1d", anchor: start, start, end }, "2026-01-01", "2026-12-31")).toEqual(all);
    const later = new Date(start.getTime() + 1);
    const sooner = new Date(end.getTime() - 1);
    expect(instants({ cron: "0 2 * * *", start: later, end: sooner }, "2026-01-01", "2026-12-31")).toEqual([all[1]]);
    expect(instants({ every: "1h", start, end: start }, "2026-01-01", "2026-12-31")).toEqual([all[0]]);
  });
});

describe("exclude", () => {
  it("goes by the date of the schedule's zone, UTC for an interval", () => {
    const exclude = { name: "christmas", dates: ["2026-12-25", "2026-12-26"] };
    const tokyo = { cron: "0 0,9 * * *", timezone: "Asia/Tokyo", exclude };
    expect(instants(tokyo, "2026-12-24T00:00Z", "2026-12-27T00:00Z")).toEqual([
      "2026-12-24T00:00",
      "2026-12-26T15:00",
      "2026-12-27T00:00",
    ]);
    expect(instants({ every: "12h", exclude }, "2026-12-24T12:00Z", "2026-12-27T12:00Z")).toEqual([
      "2026-12-24T12:00",
      "2026-12-27T00:00",
      "2026-12-27T12:00",
    ]);
  });

  it("goes by the date that clocks show when a moved time comes", () => {
    // Nuuk's clocks go from Saturday 23:00 to Sunday 00:00: what lists Saturday 23:30 comes on Sunday at 00:30.
    const at = (dates: string[]) => ({
      cron: "30 23 * * sat",
      timezone: "America/Nuuk",
      exclude: { name: "x", dates },
    });
    expect(instants(at(["2026-03-28"]), "2026-03-28T00:00Z", "2026-03-30T00:00Z")).toEqual(["2026-03-29T01:30"]);
    expect(instants(at(["2026-03-29"]), "2026-03-28T00:00Z", "2026-03-30T00:00Z")).toEqual([]);
  });

  it("excludes both parts of a date that clocks come back to", () => {
    // St. John's had 00:00 of the 29th for a minute, then 23:01 of the 28th again.
    const exclude = { name: "x", dates: ["2006-10-28"] };
    const every = { cron: "0,30 * * * *", timezone: "America/St_Johns", exclude };
    expect(instants(every, "2006-10-28T02:30Z", "2006-10-29T04:00Z")).toEqual([
      "2006-10-29T02:30",
      "2006-10-29T03:30",
      "2006-10-29T04:00",
    ]);
  });

  it("keeps the other date that clocks come back to", () => {
    const exclude = { name: "x", dates: ["2006-10-29"] };
    const every = { cron: "0,30 * * * *", timezone: "America/St_Johns", exclude };
    expect(instants(every, "2006-10-29T01:45Z", "2006-10-30T04:00Z")).toEqual([
      "2006-10-29T02:00",
      "2006-10-29T03:00",
      "2006-10-30T03:30",
      "2006-10-30T04:00",
    ]);
  });

  it("passes over years of excluded dates in two questions, whatever the pattern", () => {
    const dates = Array.from({ length: 4_000 }, (_, index) => dateOfDay(20_000 + index));
    const everySecond = compile({ everyMs: 1_000, anchor: 0 });
    let questions = 0;
    const counted = Object.assign(Object.create(everySecond) as CompiledSchedule, {
      next: (after: number) => ++questions && everySecond.next(after),
      previous: (before: number) => ++questions && everySecond.previous(before),
    });
    const zone = findZone("Europe/Berlin", "timezone");
    const excluding = new Excluding(counted, zone, rangesOf([{ name: "all", dates }], "exclude"));
    const [first, last] = [24_000 * day - 2 * hour, 20_000 * day - 2 * hour - 1_000];
    expect([excluding.next(20_000 * day), questions]).toEqual([first, 2]);
    expect([excluding.previous(first), questions]).toEqual([last, 4]);
  });

  const scheduleArbitrary = fc.record({
    cron: fc.constantFrom("0 * * * *", "*/7 3 * * *", "30 23,0,1 * * *", "0 0 */2 * *", "15 2 L * *"),
    timezone: fc.constantFrom("UTC", "America/Nuuk", "Asia/Beirut", "Australia/Lord_Howe", "America/St_Johns"),
    days: fc.uniqueArray(fc.integer({ min: 13_400, max: 13_460 }), { minLength: 1, maxLength: 40 }),
    from: fc.integer({ min: 13_395 * day, max: 13_465 * day }),
  });

  it("leaves out what has an excluded date, and nothing else", () => {
    fc.assert(
      fc.property(scheduleArbitrary, ({ cron, timezone, days, from }) => {
        const plain: ScheduleSpec = { cron, timezone };
        const dates = days.map(dateOfDay).sort();
        const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short" });
        const kept = compile(plain)
          .between(from, from + 30 * day, 10_000)
          .filter((instant) => !dates.includes(shown.format(instant)));
        const excluding = compile({ ...plain, exclude: [{ name: "x", dates }] });
        expect(excluding.between(from, from + 30 * day, 10_000)).toEqual(kept);
        const backward: number[] = [];
        for (
          let at = excluding.previous(from + 30 * day + 1);
          at !== undefined && at > from;
          at = excluding.previous(at)
        )
          backward.unshift(at);
        expect(backward).toEqual(kept);
      }),
      { numRuns: 200 },
    );
  });
});

describe("spread", () => {
  const spec = { everyMs: hour, anchor: 0, spreadMs: 600_000 };

  it("is stable, within the window, and does not touch the instants", () => {
    const [one, again] = [compile(spec, "app/task/key"), compile(spec, "app/task/key")];
    expect(one.between(0, 5 * hour, 9)).toEqual(compile({ everyMs: hour, anchor: 0 }).between(0, 5 * hour, 9));
    expect(one.dueAt(hour)).toBe(again.dueAt(hour));
    expect(one.dueAt(hour) - hour).toBe(one.dueAt(2 * hour) - 2 * hour);
    expect(compile({ everyMs: hour, anchor: 0 }).dueAt(hour)).toBe(hour);
  });

  it("spreads names that differ in a digit over the whole window", () => {
    const tenths = new Set<number>();
    for (let index = 0; index < 100; index++)
      tenths.add(Math.floor((compile(spec, `default/report/${index}`).dueAt(hour) - hour) / 60_000));
    expect([...tenths].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("is never at or past the next instant, and never turns the order round", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<ScheduleSpec>(
          { cron: "0 9,10 * * *", timezone: "Europe/Berlin", spreadMs: 5 * hour },
          { everyMs: 1_000, anchor: 0, spreadMs: day },
          { cron: "*/20 * * * * *", timezone: "UTC", spreadMs: 1 },
        ),
        fc.string(),
        fc.integer({ min: 0, max: 100_000 * day }),
        (one, identity, from) => {
          const compiled = compile(one, identity);
          const due = compiled.between(from, Infinity, 20);
          due.forEach((instant, index) => {
            const at = compiled.dueAt(instant);
            expect(at).toBeGreaterThanOrEqual(instant);
            expect(at).toBeLessThan(due[index + 1] ?? Infinity);
          });
        },
      ),
    );
  });

  it("has the window to itself after the last instant", () => {
    const last = compile({ ...spec, end: 3 * hour }, "x");
    expect(last.dueAt(3 * hour) - 3 * hour).toBe(last.dueAt(2 * hour) - 2 * hour);
  });
});
