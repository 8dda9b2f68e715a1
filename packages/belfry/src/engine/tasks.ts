import type { Page } from "../api/page.ts";
import type { ScheduleInfo } from "../api/schedules.ts";
import type { TaskHealth, TaskInfo, Tasks } from "../api/tasks.ts";
import { BelfryError } from "../base/errors.ts";
import { defaults, limits } from "../base/limits.ts";
import { checkInteger, checkOptions } from "../base/options.ts";
import { toIso, toStatusRecord } from "../run/record.ts";
import { readCatchUp, toCatchUpOption } from "../schedule/catchup.ts";
import type { ScheduleSummary } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";
import type { TaskRow } from "../store/tasks.ts";
import { checkTaskName } from "../task/name.ts";
import { findTask } from "./directory.ts";
import type { Engine } from "./engine.ts";
import { toScheduleInfo } from "./schedule-info.ts";

/** How many schedules of a task are shown with it. */
const schedulesShown = 100;

/** The tasks of the store: `belfry.tasks`. */
export class StoredTasks implements Tasks {
  readonly #engine: (call: string) => Engine;

  constructor(engine: (call: string) => Engine) {
    this.#engine = engine;
  }

  async get(name: string): Promise<TaskInfo> {
    const { store } = this.#engine("tasks.get()");
    const row = findTask(await definedIn(store), name);
    const [summary] = await store.schedules.summaries([row.id]);
    return toTaskInfo(store, row, summary);
  }

  async list(options: { limit?: number; cursor?: string } = {}): Promise<Page<TaskInfo>> {
    const known = checkOptions(options, "tasks.list", ["limit", "cursor"]);
    const limit = checkInteger(known.limit, "limit", 1, limits.pageItemsMax) ?? limits.pageItemsDefault;
    const after = known.cursor === undefined ? "" : nameOf(known.cursor);
    const { store } = this.#engine("tasks.list()");
    const rows = (await definedIn(store)).filter(({ name }) => name > after);
    const page = rows.slice(0, limit);
    const summaries = await store.schedules.summaries(page.map(({ id }) => id));
    const items = await Promise.all(page.map((row, index) => toTaskInfo(store, row, summaries[index])));
    const last = page.at(-1);
    return { items, ...(rows.length > limit && last ? { cursor: last.name } : {}) };
  }
}

async function definedIn(store: Store): Promise<TaskRow[]> {
  return (await store.tasks.list()).filter(({ defined }) => defined);
}

/** The cursor is the last name of the page before. */
function nameOf(cursor: unknown): string {
  try {
    return checkTaskName(cursor, "cursor");
  } catch {
    throw new BelfryError("E_CURSOR", { value: cursor });
  }
}

const none: ScheduleSummary = { count: 0, paused: 0 };

async function toTaskInfo(store: Store, row: TaskRow, summary = none): Promise<TaskInfo> {
  const { id, name, app, enabled, concurrency, onLost, overlap, catchUp, priority } = row;
  const rows = await store.schedules.list({ taskId: id, limit: schedulesShown });
  const schedules = rows.map((schedule) => toScheduleInfo(schedule, row, store.now()));
  const nextFiring = nextOf(row, schedules, summary);
  const { items } = await store.runs.list({ task: name, limit: 1 });
  const lastRun = items[0] && toStatusRecord(items[0]);
  return {
    ...{ name, cronJobId: id, app, enabled },
    ...(concurrency === undefined ? {} : { concurrency }),
    ...{ onLost, schedules, scheduleCount: summary.count },
    ...{ overlap, catchUp: toCatchUpOption(readCatchUp(catchUp)), priority },
    ...(nextFiring === undefined ? {} : { nextFiring }),
    ...(lastRun ? { lastRun } : {}),
    health: healthOf(row, schedules, summary, store.now(), lastRun?.status === "errors"),
  };
}

/** The soonest instant: of those that are not shown, by what the store says of all. */
function nextOf({ enabled }: TaskRow, shown: readonly ScheduleInfo[], summary: ScheduleSummary): string | undefined {
  if (!enabled) return undefined;
  const soonest = shown.flatMap(({ nextFirings }) => nextFirings.slice(0, 1));
  const { count, nextAt } = summary;
  return [...soonest, ...(count > shown.length && nextAt !== undefined ? [toIso(nextAt)] : [])].sort()[0];
}

function healthOf(
  { enabled }: TaskRow,
  shown: readonly ScheduleInfo[],
  { count, paused, dueAt }: ScheduleSummary,
  now: number,
  hasFailed: boolean,
): TaskHealth {
  if (!enabled) return "disabled";
  if (shown.some(({ invalid }) => invalid !== undefined)) return "invalid";
  if (dueAt !== undefined && dueAt < now - defaults.lateAfterMs) return "late";
  if (count > 0 && paused === count) return "paused";
  return hasFailed ? "failing" : "ok";
}
