import { defineTask } from "belfry";
import { createTestBelfry } from "belfry/testing";
import type { Row } from "../report.ts";
import { spread } from "../stats.ts";

const tasksOf = (handler: () => unknown) => [
  defineTask({ name: "minutely", schedule: { every: "1m" }, handler }),
  defineTask({ name: "often", schedule: "*/5 * * * *", handler }),
  defineTask({ name: "by day", schedule: { cron: "*/15 8-18 * * 1-5", timezone: "Europe/Berlin" }, handler }),
  defineTask({ name: "nightly", schedule: { cron: "0 2 * * *", timezone: "America/New_York" }, handler }),
  defineTask({ name: "steady", schedule: { every: "90s" }, handler }),
];

/** Firings a second of the test kit: mixed schedules over so many days, with a handler that does nothing. */
export async function kit(rounds: number, days: number): Promise<Row[]> {
  const rows: Row[] = [];
  const handlers = { async: async () => {}, sync: () => {} };
  for (const [kind, handler] of Object.entries(handlers)) {
    const rates: number[] = [];
    for (let round = 0; round < rounds; round++) rates.push(await firingsPerSecond(days, handler));
    const measure = `test kit, ${days} days of 5 schedules, ${kind} handler: firings/s`;
    rows.push({ measure, ours: `${spread(rates)}, best ${Math.round(Math.max(...rates)).toLocaleString("en")}` });
  }
  return rows;
}

async function firingsPerSecond(days: number, handler: () => unknown): Promise<number> {
  const tasks = tasksOf(handler);
  const start = new Date("2026-01-01T00:00:00Z");
  const belfry = createTestBelfry({ tasks, start, keep: 1_000 });
  const startedAt = performance.now();
  await belfry.runUntil(new Date(start.getTime() + days * 86_400_000));
  const ms = performance.now() - startedAt;
  const fired = tasks.reduce((sum, { name }) => sum + belfry.totals(name).fired, 0);
  return (fired / ms) * 1_000;
}
