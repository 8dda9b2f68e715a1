import type { BelfryApi } from "../api/api.ts";
import type { ScheduleInfo } from "../api/schedules.ts";
import { limits } from "../base/limits.ts";

/** What a look at the tasks shows of their schedules: of each task the first 100. */
export interface Survey {
  /** How many schedules there are. */
  readonly count: number;
  /** Those whose rows cannot be read, and why; a task alone where it is one behind its first 100. At most 20. */
  readonly invalid: readonly string[];
}

const invalidMax = 20;

/** Looks at all tasks, a page at a time. */
export async function surveySchedules(api: BelfryApi): Promise<Survey> {
  const invalid: string[] = [];
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await api.tasks.list({ limit: limits.pageItemsMax, cursor });
    for (const { name, health, schedules, scheduleCount } of page.items) {
      count += scheduleCount;
      const unread = schedules.flatMap(unreadText);
      if (unread.length > 0) invalid.push(...unread);
      else if (health === "invalid") invalid.push(name);
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { count, invalid: invalid.slice(0, invalidMax) };
}

function unreadText({ task, key, invalid }: ScheduleInfo): string[] {
  return invalid === undefined ? [] : [`${task} ${key} (${invalid})`];
}
