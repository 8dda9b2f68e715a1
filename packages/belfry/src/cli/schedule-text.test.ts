import { expect, test } from "vitest";
import type { ScheduleInfo } from "../api/schedules.ts";
import { ruleText, standsStill } from "./schedule-text.ts";

test("when a schedule is due, in a few words", () => {
  const exclude = [{ name: "holidays", dates: [] }];
  expect(ruleText({ at: "2026-12-24T18:00:00.000Z" })).toBe("at 2026-12-24T18:00:00.000Z");
  expect(ruleText({ cron: "0 2 * * *", timezone: "UTC" })).toBe("0 2 * * *");
  expect(ruleText({ cron: "@daily", timezone: "Europe/Berlin", dst: { gap: "skip" }, exclude, spread: "10m" })).toBe(
    "@daily (Europe/Berlin), gap: skip, without holidays, spread over 10m",
  );
  expect(ruleText({ every: "15m", anchor: "A", start: "S", end: "E" })).toBe(
    "every 15m counted from A, from S, until E",
  );
});

test("what keeps it from firing", () => {
  const info = {} as ScheduleInfo;
  expect(standsStill(info)).toBe("");
  const paused = { since: "S", author: "ada", reason: "bank", until: "U" };
  expect(standsStill({ ...info, paused, skippedUntil: "T", invalid: "no" })).toBe(
    "invalid: no; paused by ada until U (bank); skipped until T",
  );
  expect(standsStill({ ...info, paused: { since: "S" } })).toBe("paused");
});
