import { expect, test } from "vitest";
import { histogramLines } from "./histogram.ts";

test("a bar for each hour, the longest 40 characters, the last hour also where it is not whole", () => {
  const perMinute = Array.from({ length: 150 }, (_, minute) => (minute < 60 ? 2 : minute === 60 ? 1 : 0));
  expect(histogramLines("2026-11-24T15:20:00.000Z", perMinute)).toEqual([
    `2026-11-24T15:20Z  120  ${"#".repeat(40)}`,
    "2026-11-24T16:20Z    1  #",
    "2026-11-24T17:20Z    0",
  ]);
});

test("nothing due is no bar, and no minutes are no lines", () => {
  expect(histogramLines("2026-11-24T15:00:00.000Z", [0])).toEqual(["2026-11-24T15:00Z  0"]);
  expect(histogramLines("2026-11-24T15:00:00.000Z", [])).toEqual([]);
});
