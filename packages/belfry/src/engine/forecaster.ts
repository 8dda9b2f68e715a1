import type { Coming } from "../account/coming.ts";
import { type Durations, durationsOf } from "../account/durations.ts";
import { ForecastSum } from "../account/forecast.ts";
import type { Forecast } from "../api/account.ts";
import { limits } from "../base/limits.ts";
import type { RunRow } from "../run/record.ts";
import type { Store } from "../store/store.ts";
import type { Pace } from "./pace.ts";
import { ReadRows, type Written } from "./readable.ts";
import { readRunPage } from "./run-page.ts";
import { schedulePages } from "./schedule-pages.ts";

/** By how many of a task's newest runs it is told how long they take. */
const runsMax = 100;

/** What is due in the hours to come. */
export async function forecastStore(store: Store, pace: Pace, hours: number): Promise<Forecast> {
  const sum = new ForecastSum({ now: store.now(), hours });
  const rows = new ReadRows();
  const tasks = new Map((await store.tasks.list()).map((task) => [task.id, task]));
  let current: string | undefined;
  for await (const { rows: page } of schedulePages(store, {})) {
    for (const row of page) {
      const task = tasks.get(row.taskId);
      if (!task?.enabled || !task.defined) continue;
      const coming = readable(rows, row);
      if (!coming) continue;
      if (current !== row.task) sum.begin(row.task, await pastDurations(store, row.task));
      current = row.task;
      await pace.drive(sum.add(row, coming));
      await pace.rest();
    }
  }
  return sum.toForecast();
}

/** What a row says; undefined where that cannot be read: it is never due. */
export function readable(rows: ReadRows, row: Written): Coming | undefined {
  try {
    return rows.read(row);
  } catch {
    return undefined;
  }
}

/** How long the task's newest completed runs took. */
async function pastDurations(store: Store, task: string): Promise<Durations | undefined> {
  const runs: Pick<RunRow, "startedAt" | "completedAt">[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(limits.pageItemsMax, runsMax - runs.length);
    const page = await readRunPage(store.runs, { task, status: "completed", limit, ...(cursor ? { cursor } : {}) });
    runs.push(...page.items.map(({ startedAt, completedAt }) => ({ startedAt, completedAt })));
    cursor = page.cursor;
  } while (cursor !== undefined && runs.length < runsMax);
  return durationsOf(runs);
}
