import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDuration, parseDuration } from "./duration.ts";
import { isBelfryError } from "./errors.ts";
import { limits } from "./limits.ts";

describe("a duration is read", () => {
  test.each<[string, number]>([
    ["0ms", 0],
    ["500ms", 500],
    ["10s", 10_000],
    ["90s", 90_000],
    ["15m", 900_000],
    ["1h30m", 5_400_000],
    ["1d", 86_400_000],
    ["1d2h3m4s5ms", 93_784_005],
    ["007s", 7_000],
    ["366d", limits.durationMsMax],
  ])("%s", (text, ms) => expect(parseDuration(text, "timeout")).toBe(ms));
});

describe("a duration is refused, naming field, value and what was expected", () => {
  const shape = 'expected a string of numbers with units (ms, s, m, h, d), such as "10m" or "1h30m"';
  const within = "from 0ms to 366d";
  test.each<[unknown, string]>([
    [10, "10"],
    [10_000n, "10000n"],
    ["10", '"10"'],
    ["", '""'],
    [" 10s", '" 10s"'],
    ["10s ", '"10s "'],
    ["10s\n", '"10s\\n"'],
    ["1m1h", '"1m1h"'],
    ["1h1h", '"1h1h"'],
    ["1.5h", '"1.5h"'],
    ["-1s", '"-1s"'],
    ["10 s", '"10 s"'],
    ["10S", '"10S"'],
    ["10sec", '"10sec"'],
    ["1w", '"1w"'],
    ["PT10M", '"PT10M"'],
    ["١٠s", '"١٠s"'],
    ["9999999999ms", '"9999999999ms"'],
    ["367d", '"367d"'],
    ["366d1ms", '"366d1ms"'],
    [null, "null"],
    [undefined, "undefined"],
    [{ minutes: 5 }, "an object"],
    [["10s"], "an array of 1"],
    [new Date(0), "1970-01-01T00:00:00.000Z"],
  ])("%o", (value, shown) => {
    expect(() => parseDuration(value, "timeout")).toThrow(
      expect.objectContaining({ code: "E_DURATION", message: `timeout is ${shown}; ${shape} ${within}` }),
    );
  });

  test("outside of its bounds, which are named", () => {
    const bounds = { min: 1_000, max: 600_000 };
    expect(parseDuration("1s", "lease", bounds)).toBe(1_000);
    expect(parseDuration("10m", "lease", bounds)).toBe(600_000);
    for (const value of ["999ms", "10m1ms"]) {
      expect(() => parseDuration(value, "lease", bounds)).toThrow(`lease is "${value}"; ${shape} from 1s to 10m`);
    }
  });

  test("whatever it is, in an error of ours", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (value) => {
        try {
          expect(parseDuration(value, "timeout")).toBeTypeOf("number");
        } catch (error) {
          expect(isBelfryError(error, "E_DURATION")).toBe(true);
        }
      }),
    );
  });
});

describe("a duration is written", () => {
  test.each<[number, string]>([
    [0, "0ms"],
    [-5, "0ms"],
    [0.4, "0ms"],
    [5_400_000, "1h30m"],
    [90_000, "1m30s"],
    [86_400_000, "1d"],
    [93_784_005, "1d2h3m4s5ms"],
  ])("%d ms", (ms, text) => expect(formatDuration(ms)).toBe(text));

  test("so that it is read back as the same, and no shorter text is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: limits.durationMsMax }), (ms) => {
        expect(parseDuration(formatDuration(ms), "field")).toBe(ms);
      }),
    );
  });
});
