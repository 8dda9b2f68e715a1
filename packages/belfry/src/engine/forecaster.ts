import type { Coming } from "../account/coming.ts";
import { ForecastSum } from "../account/forecast.ts";
import type { Forecast } from "../api/account.ts";
import type { Store } from "../store/store.ts";
import type { Pace } from "./pace.ts";
import { pastDurations } from "./past-durations.ts";
import { ReadRows, type Written } from "./readable.ts";
import { schedulePages } from "./schedule-pages.ts";

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
