import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { didYouMean } from "../base/nearest.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";
import { findTask } from "./directory.ts";

/** A task's schedule by its key. Throws E_TASK_UNKNOWN and E_SCHEDULE_UNKNOWN, offering the nearest. */
export async function findSchedule(store: Store, task: string, key: string): Promise<ScheduleRow> {
  const tasks = (await store.tasks.list()).filter(({ defined }) => defined);
  const row = findTask(tasks, task);
  const [schedule] = await store.schedules.get([{ taskId: row.id, key }]);
  if (schedule) return schedule;
  const others = await store.schedules.list({ taskId: row.id, limit: limits.pageItemsDefault });
  const nearest = didYouMean(
    String(key),
    others.map((other) => other.key),
  );
  throw new BelfryError("E_SCHEDULE_UNKNOWN", { value: key, task, nearest });
}
