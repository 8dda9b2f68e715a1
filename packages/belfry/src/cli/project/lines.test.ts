import { expect, test } from "vitest";
import { clockTime, runLine, shortDuration, skippedLine } from "./lines.ts";

const plain = { style: (_: unknown, text: string) => text };
const at = new Date(2026, 10, 24, 7, 5, 9).getTime();
const run = { kind: "run", at, task: "bill", trackingId: "6237b225c9a84d607cd79044", trigger: "schedule" } as const;

test.for([
  [
    { ...run, outcome: "completed", durationMs: 12.4 },
    "07:05:09  bill              …7cd79044  schedule  completed    12 ms",
  ],
  [
    { ...run, trigger: "manual", outcome: "failed", durationMs: 3_400, error: "Error: two\nlines" },
    "07:05:09  bill              …7cd79044  manual    failed       3.4 s  Error: two\\u000alines",
  ],
  [
    { ...run, outcome: "retrying", durationMs: 1, delayMs: 2_000, error: "E_TIMEOUT: slow" },
    "07:05:09  bill              …7cd79044  schedule  failed        1 ms  again in 2.0 s  E_TIMEOUT: slow",
  ],
  [
    { ...run, trigger: undefined, outcome: "failed", error: "E_CANCELLED: no" },
    "07:05:09  bill              …7cd79044            failed              E_CANCELLED: no",
  ],
] as const)("a run's line: %#", ([news, line]) => {
  expect(runLine(news, plain)).toBe(line);
});

test("an error of any length is a line of bounded length", () => {
  expect(runLine({ ...run, outcome: "failed", error: "x".repeat(10_000) }, plain).length).toBeLessThan(400);
});

test("a line for what did not fire", () => {
  const skipped = {
    kind: "skipped",
    at,
    task: "bill",
    schedule: "night",
    upTo: "2026-11-24T02:00:00.000Z",
    reason: "overlap",
  } as const;
  expect(skippedLine(skipped, plain)).toBe(
    "07:05:09  bill              did not fire: overlap, up to 2026-11-24T02:00:00.000Z (schedule night)",
  );
  expect(skippedLine({ ...skipped, schedule: "default" }, plain)).not.toContain("schedule");
});

test("times and durations for people", () => {
  expect(clockTime(at)).toBe("07:05:09");
  expect([0, 999.4, 999.6, 1_000, 59_949, 59_950, 60_000, 119_600, 125_000].map(shortDuration)).toEqual([
    ...["0 ms", "999 ms", "1.0 s", "1.0 s", "59.9 s", "1 min 0 s", "1 min 0 s", "2 min 0 s", "2 min 5 s"],
  ]);
});
