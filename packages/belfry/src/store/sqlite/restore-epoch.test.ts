import { expect, test } from "vitest";
import { limits } from "../../base/limits.ts";
import { leap } from "./restore-epoch.ts";

const now = Date.UTC(2026, 10, 24);
const first = 2 ** 40;

test("a restored store's tokens lie above all that may have been given out since its backup", () => {
  const restored = leap(first + 1_000_000, now);
  // A thousand million tokens later, in the store that the backup was taken from.
  expect(restored).toBeGreaterThan(first + 1_000_000_000);
  // The same backup, restored a second later elsewhere: the first one has given out two million at most.
  expect(leap(first + 1_000_000, now + 1_000)).toBeGreaterThanOrEqual(restored + 2_000_000);
});

test("it grows where the clock stands still, was set back, or is beside itself", () => {
  const restored = leap(first, now);
  for (const clock of [now, now - 86_400_000, 0, -1]) {
    const again = leap(restored + 7, clock);
    expect(again).toBeGreaterThan(restored + 7);
    expect(Number.isSafeInteger(again)).toBe(true);
  }
  expect(Number.isSafeInteger(leap(first, Number.MAX_SAFE_INTEGER))).toBe(true);
  expect(Number.isSafeInteger(leap(leap(first, limits.instantMax), limits.instantMax))).toBe(true);
});
