import type { Page } from "../api/page.ts";
import type { TaskHealth, TaskInfo, Tasks } from "../api/tasks.ts";
import { BelfryError } from "../base/errors.ts";
import { defaults, limits } from "../base/limits.ts";
import { checkInteger, checkOptions } from "../base/options.ts";
import { toStatusRecord } from "../run/record.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";
import type { TaskRow } from "../store/tasks.ts";
import { checkTaskName } from "../task/name.ts";
import { findTask } from "./directory.ts";
import type { Engine } from "./engine.ts";
import { toScheduleInfo } from "./schedules.ts";

/** The tasks of the store: `belfry.tasks`. */
export class StoredTasks implements Tasks {
  readonly #engine: (call: string) => Engine;

  constructor(engine: (call: string) => Engine) {
    this.#engine = engine;
  }

  async get(name: string): Promise<TaskInfo> {
    const { store } = this.#engine("tasks.get()");
    const row = findTask(await definedIn(store), name);
    return toTaskInfo(store, row, await store.schedules.list(row.app));
  }

  async list(options: { limit?: number; cursor?: string } = {}): Promise<Page<TaskInfo>> {
    const known = checkOptions(options, "tasks.list", ["limit", "cursor"]);
    const limit = checkInteger(known.limit, "limit", 1, limits.pageItemsMax) ?? limits.pageItemsDefault;
    const after = known.cursor === undefined ? "" : nameOf(known.cursor);
    const { store } = this.#engine("tasks.list()");
    const rows = (await definedIn(store)).filter(({ name }) => name > after);
    const page = rows.slice(0, limit);
    const schedules = await store.schedules.list();
    const items = await Promise.all(page.map((row) => toTaskInfo(store, row, schedules)));
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

async function toTaskInfo(store: Store, row: TaskRow, schedules: readonly ScheduleRow[]): Promise<TaskInfo> {
  const { id, name, app, enabled, concurrency, onLost } = row;
  const own = schedules.filter(({ taskId }) => taskId === id);
  const infos = own.map((schedule) => toScheduleInfo(schedule, enabled, store.now()));
  const [nextFiring] = infos.flatMap(({ nextFirings }) => nextFirings.slice(0, 1)).sort();
  const { items } = await store.runs.list({ task: name, limit: 1 });
  const lastRun = items[0] && toStatusRecord(items[0]);
  return {
    ...{ name, cronJobId: id, app, enabled },
    ...(concurrency === undefined ? {} : { concurrency }),
    ...{ onLost, schedules: infos },
    ...(nextFiring === undefined ? {} : { nextFiring }),
    ...(lastRun ? { lastRun } : {}),
    health: healthOf(row, own, store.now(), lastRun?.status === "errors"),
  };
}

function healthOf(
  { enabled }: TaskRow,
  schedules: readonly ScheduleRow[],
  now: number,
  hasFailed: boolean,
): TaskHealth {
  if (!enabled) return "disabled";
  if (schedules.some(({ nextAt }) => nextAt !== undefined && nextAt < now - defaults.lateAfterMs)) return "late";
  return hasFailed ? "failing" : "ok";
}
