import { expect, test } from "vitest";
import type { Outcome } from "./answer.ts";
import { mayHaveHappened, retryWaitMs } from "./retry.ts";

const now = Date.UTC(2026, 10, 24, 12);
const lost = (wasSent: boolean): Outcome => ({ kind: "lost", detail: "gone", wasSent });
const alien = (status: number, retryAfter = ""): Outcome => ({ kind: "alien", detail: "odd", status, retryAfter });

test("the wait grows, and is down to its half at random", () => {
  const waits = (random: number) => [1, 2, 3].map((tries) => retryWaitMs(lost(true), tries, now, random));
  expect(waits(0)).toEqual([100, 400, 1_600]);
  expect(waits(1)).toEqual([50, 200, 800]);
});

test.each<[string, number]>([
  ["", 100],
  ["0", 100],
  ["2", 2_000],
  ["Tue, 24 Nov 2026 12:00:05 GMT", 5_000],
  ["Tue, 24 Nov 2026 11:00:00 GMT", 100],
  ["soon", 100],
  ["-5", 100],
  ["1e9", 100],
])("Retry-After %j is a wait of %d ms", (retryAfter, waitMs) => {
  expect(retryWaitMs(alien(503, retryAfter), 1, now, 0)).toBe(waitMs);
});

test.each([429, 502, 503, 504])("a %d is worth another try", (status) => {
  expect(retryWaitMs(alien(status), 1, now, 0)).toBe(100);
});

test.each([0, 200, 307, 400, 403, 404, 409, 500, 501])("a %d is not", (status) => {
  expect(retryWaitMs(alien(status), 1, now, 0)).toBeUndefined();
});

test("what may have happened: what was sent, and what a proxy lost the answer of", () => {
  const outcomes = [lost(true), lost(false), alien(502), alien(504), alien(503), alien(200)];
  expect(outcomes.map(mayHaveHappened)).toEqual([true, false, true, true, false, false]);
});
