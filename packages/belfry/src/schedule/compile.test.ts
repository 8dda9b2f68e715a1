import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { limits } from "../base/limits.ts";
import { type CompiledSchedule, compile } from "./compile.ts";
import { parseScheduleTime, type ScheduleTime } from "./spec.ts";
import { Zone } from "./zone.ts";

const hour = 3_600_000;
const day = 24 * hour;

function schedule(time: ScheduleTime): CompiledSchedule {
  return compile(parseScheduleTime(time, "schedule"));
}

/** What a pattern is due at from `from` (inclusive) until `until`, as `MM-DD hh:mm` in UTC. */
function due(cron: string, timezone: string, from: string, until: string): string[] {
  const [start, end] = [Date.parse(from), Date.parse(until)];
  const compiled = schedule({ cron, timezone });
  const instants = compiled.between(start - 1, end - 1, 1_000);
  const backward: number[] = [];
  for (let at = compiled.previous(end); at !== undefined && at >= start; at = compiled.previous(at))
    backward.unshift(at);
  expect(backward).toEqual(instants);
  return instants.map((instant) => new Date(instant).toISOString().slice(5, 16).replace("T", " "));
}

/** One day's local hours around the change, where what happens on it can be seen whole. */
const days = {
  newYorkGap: ["America/New_York", "2026-03-08T05:00Z", "2026-03-08T10:01Z"],
  newYorkRepeat: ["America/New_York", "2026-11-01T05:00Z", "2026-11-01T08:00Z"],
  lordHoweGap: ["Australia/Lord_Howe", "2026-10-03T14:00Z", "2026-10-03T17:00Z"],
  lordHoweRepeat: ["Australia/Lord_Howe", "2026-04-04T14:00Z", "2026-04-04T17:00Z"],
  beirutGap: ["Asia/Beirut", "2026-03-28T21:00Z", "2026-03-29T00:00Z"],
  beirutRepeat: ["Asia/Beirut", "2026-10-24T20:00Z", "2026-10-24T23:30Z"],
  santiagoGap: ["America/Santiago", "2026-09-06T03:00Z", "2026-09-06T07:00Z"],
  havanaGap: ["America/Havana", "2026-03-08T04:00Z", "2026-03-08T08:00Z"],
  nuukGap: ["America/Nuuk", "2026-03-28T23:00Z", "2026-03-29T04:00Z"],
  stJohnsRepeat: ["America/St_Johns", "2006-10-29T00:30Z", "2006-10-29T05:00Z"],
  trollGap: ["Antarctica/Troll", "2026-03-29T00:00Z", "2026-03-29T04:00Z"],
  trollRepeat: ["Antarctica/Troll", "2026-10-24T22:00Z", "2026-10-25T04:00Z"],
  caseyGap: ["Antarctica/Casey", "2020-10-03T15:00Z", "2020-10-03T20:00Z"],
  vostokGap: ["Antarctica/Vostok", "1994-10-31T22:00Z", "1994-11-01T03:00Z"],
  samoaDate: ["Pacific/Apia", "2011-12-28T10:00Z", "2012-01-01T10:00Z"],
  kwajaleinDate: ["Pacific/Kwajalein", "1993-08-19T12:00Z", "1993-08-23T12:00Z"],
  monroviaGap: ["Africa/Monrovia", "1972-01-06T22:00Z", "1972-01-07T03:00Z"],
} as const;

describe("days on which the clocks change", () => {
  it.each<[string, keyof typeof days, string[]]>([
    // FIELD's matrix: the rule for lists of hours, each local time exactly once.
    ["30 2 * * *", "newYorkGap", ["03-08 07:30"]],
    ["0 2 * * *", "newYorkGap", ["03-08 07:00"]],
    ["*/20 2 * * *", "newYorkGap", ["03-08 07:00", "03-08 07:20", "03-08 07:40"]],
    ["0 0-23/2 * * *", "newYorkGap", ["03-08 05:00", "03-08 07:00", "03-08 08:00", "03-08 10:00"]],
    ["30 1 * * *", "newYorkRepeat", ["11-01 05:30"]],
    ["0 1 * * *", "newYorkRepeat", ["11-01 05:00"]],
    ["0 2 * * *", "newYorkRepeat", ["11-01 07:00"]],
    ["*/15 1 * * *", "newYorkRepeat", ["11-01 05:00", "11-01 05:15", "11-01 05:30", "11-01 05:45"]],
    ["0 1,2 * * *", "newYorkRepeat", ["11-01 05:00", "11-01 07:00"]],
    ["15 2 * * *", "lordHoweGap", ["10-03 15:45"]],
    ["45 1 * * *", "lordHoweRepeat", ["04-04 14:45"]],

    // What covers every hour follows real time, however it is spelled.
    ["*/30 0-23 * * *", "newYorkGap", every30("03-08", "05:00", 11)],
    ["*/30 * * * *", "newYorkGap", every30("03-08", "05:00", 11)],
    ["*/30 * * * *", "newYorkRepeat", every30("11-01", "05:00", 6)],
    ["*/30 */1 * * *", "newYorkRepeat", every30("11-01", "05:00", 6)],
    ["*/30 */2,1/2 * * *", "newYorkRepeat", every30("11-01", "05:00", 6)],
    ["*/30 0-22 * * *", "newYorkRepeat", ["11-01 05:00", "11-01 05:30", "11-01 07:00", "11-01 07:30"]],
    ["30 * 1 11 *", "newYorkRepeat", ["11-01 05:30", "11-01 06:30", "11-01 07:30"]],
    ["15 * * * *", "lordHoweGap", ["10-03 14:45", "10-03 16:15"]],
    ["45 * * * *", "lordHoweRepeat", ["04-04 14:45", "04-04 15:15", "04-04 16:15"]],

    // Moved times that meet listed ones fire once, and those that do not keep their order.
    ["30 2,3 * * *", "newYorkGap", ["03-08 07:30"]],
    ["10,50 1,2,3 * * *", "newYorkGap", ["03-08 06:10", "03-08 06:50", "03-08 07:10", "03-08 07:50"]],
    ["5,31,35 2 * * *", "lordHoweGap", ["10-03 15:31", "10-03 15:35"]],
    ["*/10 2 * * *", "lordHoweGap", ["10-03 15:30", "10-03 15:40", "10-03 15:50"]],
    ["*/15 1 * * *", "lordHoweRepeat", ["04-04 14:00", "04-04 14:15", "04-04 14:30", "04-04 14:45"]],
    ["*/15 2 * * *", "lordHoweRepeat", ["04-04 15:30", "04-04 15:45", "04-04 16:00", "04-04 16:15"]],

    // Gaps and repeats at midnight keep the date that is listed.
    ["0 0 * * *", "beirutGap", ["03-28 22:00"]],
    ["@daily", "beirutGap", ["03-28 22:00"]],
    ["30 0,1 29 3 *", "beirutGap", ["03-28 22:30"]],
    ["0 0 * * *", "beirutRepeat", ["10-24 22:00"]],
    ["30 23 * * *", "beirutRepeat", ["10-24 20:30"]],
    ["30 * 24 10 *", "beirutRepeat", ["10-24 20:30", "10-24 21:30"]],
    ["@weekly", "santiagoGap", ["09-06 04:00"]],
    ["0 0,1 * * 0", "santiagoGap", ["09-06 04:00"]],
    ["30 0 8 3 *", "havanaGap", ["03-08 05:30"]],
    ["30 23 * * sat", "nuukGap", ["03-29 01:30"]],
    ["30 23 * * sun", "nuukGap", []],
    ["30 0 * * sun", "nuukGap", ["03-29 01:30"]],
    ["30 0,23 * * *", "nuukGap", ["03-29 01:30"]],
    [
      "0,1,30 0,23 * * *",
      "stJohnsRepeat",
      ["10-29 01:30", "10-29 01:31", "10-29 02:00", "10-29 02:30", "10-29 03:31", "10-29 04:00"],
    ],

    // Two and three hours are still clocks that were set forward; seven and a whole date are not.
    ["0 1,2,3 * * *", "trollGap", ["03-29 01:00", "03-29 02:00"]],
    ["30 1,2 * * *", "trollRepeat", ["10-24 23:30", "10-25 00:30"]],
    ["0 1,2,3 * * *", "trollRepeat", ["10-24 23:00", "10-25 00:00", "10-25 03:00"]],
    ["30 0,1,2,4 * * *", "caseyGap", ["10-03 16:30", "10-03 17:30", "10-03 18:30"]],
    ["0 1,6,8 * * *", "vostokGap", ["11-01 01:00"]],
    ["0 * * * *", "vostokGap", ["10-31 22:00", "10-31 23:00", "11-01 00:00", "11-01 01:00", "11-01 02:00"]],
    ["0 12 * * *", "samoaDate", ["12-28 22:00", "12-29 22:00", "12-30 22:00", "12-31 22:00"]],
    ["0 12 30 12 *", "samoaDate", []],
    ["0 0 * * *", "samoaDate", ["12-28 10:00", "12-29 10:00", "12-30 10:00", "12-31 10:00"]],
    ["0 0 * * fri", "samoaDate", []],
    ["0 12 * * *", "kwajaleinDate", ["08-20 00:00", "08-21 00:00", "08-22 00:00", "08-23 00:00"]],

    // Offsets of seconds: until 1972 Monrovia was 44 minutes and 30 seconds behind, whole minutes came at half ones.
    ["20 0 7 1 *", "monroviaGap", ["01-07 01:04"]],
    ["0 * * * *", "monroviaGap", ["01-06 22:44", "01-06 23:44", "01-07 01:00", "01-07 02:00"]],
  ])("%s: %s", (cron, name, instants) => {
    const [timezone, from, until] = days[name];
    expect(due(cron, timezone, from, until)).toEqual(instants);
  });

  it("Monrovia to the second", () => {
    const monrovia = schedule({ cron: "20 0 7 1 *", timezone: "Africa/Monrovia" });
    expect(monrovia.next(Date.UTC(1972, 0, 1))).toBe(Date.UTC(1972, 0, 7, 1, 4, 30));
    expect(monrovia.next(Date.UTC(1971, 0, 1))).toBe(Date.UTC(1971, 0, 7, 1, 4, 30));
    expect(monrovia.next(Date.UTC(1973, 0, 1))).toBe(Date.UTC(1973, 0, 7, 0, 20));
  });
});

function every30(date: string, from: string, count: number): string[] {
  const start = Date.parse(`2026-${date}T${from}Z`);
  const instants = Array.from({ length: count }, (_, index) => new Date(start + index * 30 * 60_000));
  return instants.map((instant) => instant.toISOString().slice(5, 16).replace("T", " "));
}

describe("ordinary days", () => {
  it.each<[string, string, string, string, string[]]>([
    [
      "0 0 13 * 5",
      "UTC",
      "2026-02-01T00:00Z",
      "2026-03-01T00:00Z",
      ["02-06 00:00", "02-13 00:00", "02-20 00:00", "02-27 00:00"],
    ],
    ["0 0 13 * ?", "UTC", "2026-02-01T00:00Z", "2026-04-01T00:00Z", ["02-13 00:00", "03-13 00:00"]],
    ["0 0 31 * *", "UTC", "2026-01-01T00:00Z", "2026-06-01T00:00Z", ["01-31 00:00", "03-31 00:00", "05-31 00:00"]],
    ["0 0 29 2 *", "UTC", "2025-01-01T00:00Z", "2033-01-01T00:00Z", ["02-29 00:00", "02-29 00:00"]],
    [
      "0 9 * * mon-fri",
      "+02:00",
      "2026-11-20T00:00Z",
      "2026-11-25T00:00Z",
      ["11-20 07:00", "11-23 07:00", "11-24 07:00"],
    ],
    ["0 9 * * *", "-03:30", "2026-11-20T00:00Z", "2026-11-21T00:00Z", ["11-20 12:30"]],
    ["59 23 31 12 *", "Asia/Kolkata", "2026-01-01T00:00Z", "2027-01-01T00:00Z", ["12-31 18:29"]],
  ])("%s in %s", (cron, timezone, from, until, instants) => {
    expect(due(cron, timezone, from, until)).toEqual(instants);
  });

  it("takes a zone's name in any case", () => {
    const after = Date.UTC(2026, 6, 1);
    const inCase = (timezone: string) => schedule({ cron: "0 2 * * *", timezone }).next(after);
    expect(inCase("europe/berlin")).toBe(inCase("Europe/Berlin"));
    expect(inCase("utc")).toBe(inCase("+00:00"));
    expect(inCase("GMT")).toBe(inCase("-00:00"));
  });
});

describe("every and at", () => {
  it("is due at the anchor and whole intervals before and after it", () => {
    const anchor = new Date(Date.UTC(2026, 10, 23, 10, 0, 0, 7));
    const quarter = schedule({ every: "15m", anchor });
    expect(quarter.next(anchor.getTime())).toBe(anchor.getTime() + 900_000);
    expect(quarter.previous(anchor.getTime())).toBe(anchor.getTime() - 900_000);
    expect(quarter.next(anchor.getTime() - 1)).toBe(anchor.getTime());
    expect(quarter.next(-1)).toBe(7);
    expect(quarter.previous(7)).toBeUndefined();
    expect(schedule({ every: "7d" }).next(0)).toBe(7 * day);
  });

  it("is due once", () => {
    const once = schedule({ at: new Date(5) });
    expect([once.next(4), once.next(5), once.previous(6), once.previous(5)]).toEqual([5, undefined, 5, undefined]);
    expect([once.between(4, 5, 9), once.between(4, 4, 9), once.between(5, 9, 9)]).toEqual([[5], [], []]);
  });
});

describe("the years 1970 to 2099", () => {
  it.each<[ScheduleTime, number | undefined, number | undefined]>([
    ["* * * * *", 0, limits.instantMax + 1 - 60_000],
    ["0 0 1 1 *", 0, Date.UTC(2099, 0, 1)],
    [{ cron: "0 0 1 1 *", timezone: "+14:00" }, Date.UTC(1970, 11, 31, 10), Date.UTC(2099, 11, 31, 10)],
    [{ cron: "0 0 1 1 *", timezone: "-14:00" }, Date.UTC(1970, 0, 1, 14), Date.UTC(2099, 0, 1, 14)],
    [{ cron: "0 20 31 12 *", timezone: "America/New_York" }, Date.UTC(1970, 0, 1, 1), Date.UTC(2099, 0, 1, 1)],
    [{ every: "1d" }, 0, Date.UTC(2099, 11, 31)],
    [{ at: new Date(0) }, 0, 0],
    [{ at: new Date(limits.instantMax) }, limits.instantMax, limits.instantMax],
  ])("%j begins and ends", (time, first, last) => {
    const compiled = schedule(time);
    expect(compiled.next(-Infinity)).toBe(first);
    expect(compiled.previous(Infinity)).toBe(last);
    expect(compiled.previous(0)).toBeUndefined();
    expect(compiled.next(limits.instantMax)).toBeUndefined();
    expect(compiled.next(Infinity)).toBeUndefined();
    expect(compiled.previous(-Infinity)).toBeUndefined();
    expect(compiled.next(Number.NaN)).toBeUndefined();
    expect(compiled.previous(Number.NaN)).toBeUndefined();
    expect(compiled.between(0, Infinity, 0)).toEqual([]);
    expect(compiled.between(5, 4, 10)).toEqual([]);
  });
});

const fieldArbitrary = (min: number, max: number) =>
  fc.oneof(
    fc.constant("*"),
    fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 3 }).map((values) => values.join()),
    fc.integer({ min: 2, max: Math.ceil(max / 2) }).map((step) => `*/${step}`),
  );

const scheduleArbitrary: fc.Arbitrary<CompiledSchedule> = fc.oneof(
  fc
    .record({
      // No day after the 28th, so that every pattern is due at some time.
      fields: fc.tuple(
        ...(
          [
            [0, 59],
            [0, 23],
            [1, 28],
            [1, 12],
            [0, 6],
          ] as const
        ).map(([min, max]) => fieldArbitrary(min, max)),
      ),
      timezone: fc.constantFrom(
        "UTC",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Africa/Casablanca",
        "-02:30",
      ),
    })
    .map(({ fields, timezone }) => schedule({ cron: fields.join(" "), timezone })),
  fc
    .record({
      everyMs: fc.integer({ min: 1_000, max: 40 * day }),
      anchor: fc.integer({ min: 0, max: limits.instantMax }),
    })
    .map((spec) => compile(spec)),
  fc.integer({ min: 0, max: limits.instantMax }).map((at) => compile({ at })),
);

const instantArbitrary = fc.integer({ min: 0, max: limits.instantMax });

describe("properties", () => {
  it("next and previous are each other's inverse, and skip nothing", () => {
    fc.assert(
      fc.property(scheduleArbitrary, instantArbitrary, (compiled, after) => {
        const next = compiled.next(after);
        if (next === undefined) return;
        expect(next).toBeGreaterThan(after);
        expect(compiled.next(next - 1)).toBe(next);
        expect(compiled.previous(next + 1)).toBe(next);
        expect(compiled.next(after + 0.5)).toBe(compiled.next(after));
        const previous = compiled.previous(next);
        if (previous === undefined) return;
        expect(previous).toBeLessThanOrEqual(after);
        expect(compiled.next(previous)).toBe(next);
        expect(compiled.previous(previous + 0.5)).toBe(previous);
      }),
      { numRuns: 2_000 },
    );
  });

  it("what is asked later is due later", () => {
    fc.assert(
      fc.property(
        scheduleArbitrary,
        instantArbitrary,
        fc.integer({ min: 0, max: 3 * day }),
        (compiled, first, later) => {
          const [a, b] = [compiled.next(first) ?? Infinity, compiled.next(first + later) ?? Infinity];
          expect(a).toBeLessThanOrEqual(b);
          const [c, d] = [compiled.previous(first) ?? -1, compiled.previous(first + later) ?? -1];
          expect(c).toBeLessThanOrEqual(d);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("step by step forward and backward, in parts and at once: the same", () => {
    fc.assert(
      fc.property(scheduleArbitrary, instantArbitrary, fc.integer({ min: 0, max: 500 }), (compiled, from, hours) => {
        const until = from + hours * hour;
        const atOnce = compiled.between(from, until, 2_000);
        const middle = from + Math.floor((hours * hour) / 3);
        if (atOnce.length === 2_000) return;
        expect([...compiled.between(from, middle, 2_000), ...compiled.between(middle, until, 2_000)]).toEqual(atOnce);
        expect(compiled.between(from, until, 7)).toEqual(atOnce.slice(0, 7));
        const backward: number[] = [];
        let instant = compiled.previous(until + 1);
        while (instant !== undefined && instant > from) {
          backward.unshift(instant);
          instant = compiled.previous(instant);
        }
        expect(backward).toEqual(atOnce);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the process's own zone", () => {
  const own = process.env.TZ;

  afterEach(() => {
    if (own === undefined) delete process.env.TZ;
    else process.env.TZ = own;
  });

  it("changes nothing", () => {
    const answers = ["UTC", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"].map((own) => {
      process.env.TZ = own;
      const offset = new Date(Date.UTC(2026, 2, 8)).getTimezoneOffset();
      const instants = schedule({ cron: "30 1,2 * * *", timezone: "America/Denver" }).between(0, day * 400, 1_000);
      // A zone of its own, as those found by name are read once only.
      const { from, until, offset: shift } = new Zone("America/Denver").timeline("shift-first").stretches(5);
      return { offset, answer: [instants, from, until, shift].map((numbers) => [...numbers]) };
    });
    expect(new Set(answers.map(({ offset }) => offset)).size).toBe(4);
    expect(new Set(answers.map(({ answer }) => JSON.stringify(answer))).size).toBe(1);
  });
});
