import { describe, expect, test } from "vitest";
import { defaults, limits } from "../base/limits.ts";
import { backoffMs } from "./verdict.ts";

const rule = { firstMs: defaults.backoffMs, factor: 2, maxMs: defaults.backoffMsMax };
const middle = 0.5;

describe("the wait before a retry", () => {
  test("grows by the factor from the first, up to the maximum", () => {
    const waits = [0, 1, 2, 10, 11, 12, 999].map((failures) => backoffMs(rule, failures, middle));
    expect(waits).toEqual([1_000, 2_000, 4_000, 1_024_000, 2_048_000, 3_600_000, 3_600_000]);
  });

  test("is a quarter less or more by chance, and never over the maximum", () => {
    expect([0, middle, 1 - Number.EPSILON].map((chance) => backoffMs(rule, 2, chance))).toEqual([3_000, 4_000, 5_000]);
    expect([0, middle, 1 - Number.EPSILON].map((chance) => backoffMs(rule, 20, chance))).toEqual([
      2_700_000, 3_600_000, 3_600_000,
    ]);
  });

  test("is whole milliseconds, whatever the rule and however often it failed", () => {
    for (const firstMs of [0, 1, 7, limits.durationMsMax]) {
      for (const factor of [1, 1.1, 2, 100]) {
        for (const maxMs of [0, 1, 3_600_000, limits.durationMsMax]) {
          for (const failures of [0, 1, 155, limits.retriesMax]) {
            const wait = backoffMs({ firstMs, factor, maxMs }, failures, 0.3);
            expect(
              Number.isInteger(wait) && wait >= 0 && wait <= maxMs,
              `${[firstMs, factor, maxMs, failures]}: ${wait}`,
            ).toBe(true);
          }
        }
      }
    }
  });

  test("stays the same with factor 1, and is none with a first of 0", () => {
    expect([0, 5, 500].map((failures) => backoffMs({ ...rule, factor: 1 }, failures, middle))).toEqual([
      1_000, 1_000, 1_000,
    ]);
    expect([0, 5, 500].map((failures) => backoffMs({ ...rule, firstMs: 0, factor: 100 }, failures, middle))).toEqual([
      0, 0, 0,
    ]);
  });
});
