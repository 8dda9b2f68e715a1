import { expect, test } from "vitest";
import type { ScheduleTime } from "../../schedule/spec.ts";
import { defineTask } from "../../task/definition.ts";
import { zoneWord } from "./zone-word.ts";

const now = Date.UTC(2026, 10, 24);
const word = (schedule: ScheduleTime, zone: string) =>
  zoneWord([defineTask({ name: "a", schedule, handler() {} })], zone, now);

test.for<[ScheduleTime, string, boolean]>([
  ["0 9 * * *", "Europe/Berlin", true],
  ["0 0 1 * *", "Europe/Berlin", true],
  ["15 * * * *", "Asia/Kolkata", true],
  ["0 9 * * *", "UTC", false],
  ["0 9 * * *", "Atlantic/Reykjavik", false],
  ["*/5 * * * *", "Europe/Berlin", false],
  [{ cron: "0 9 * * *", timezone: "UTC" }, "Europe/Berlin", false],
  [{ cron: "0 9 * * *", timezone: "Europe/Berlin" }, "Europe/Berlin", false],
  [{ cron: "0 9 * * *", timezone: "America/New_York" }, "Europe/Berlin", false],
  [{ every: "1d" }, "Europe/Berlin", false],
  [{ at: new Date(now) }, "Europe/Berlin", false],
])("%j where the machine's zone is %s: %s", ([schedule, zone, isSaid]) => {
  expect(word(schedule, zone) !== undefined).toBe(isSaid);
});

test("it names the tasks, the zone and the fix", () => {
  expect(word("0 9 * * *", "Europe/Berlin")).toBe(
    'a: in UTC, where no timezone is named; this machine\'s is Europe/Berlin: { cron: "…", timezone: "Europe/Berlin" } follows it',
  );
});
