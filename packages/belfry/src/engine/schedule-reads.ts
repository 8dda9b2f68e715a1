import type { Page } from "../api/page.ts";
import type { FiringItem, FiringsOptions, ScheduleInfo } from "../api/schedules.ts";
import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { didYouMean } from "../base/nearest.ts";
import { checkDate, checkInteger, checkOptions, checkText } from "../base/options.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";
import type { TaskRow } from "../store/tasks.ts";
import { findTask } from "./directory.ts";
import { toFiringItem, toScheduleInfo } from "./schedule-info.ts";

/** `schedules.get`. */
export async function getSchedule(store: Store, name: string, key: string): Promise<ScheduleInfo | null> {
  const task = findTask(await store.tasks.list(), name);
  const [row] = typeof key === "string" ? await store.schedules.get([{ taskId: task.id, key }]) : [];
  return row ? toScheduleInfo(row, task, store.now()) : null;
}

/** `schedules.list`: one page of the store, whatever else it holds. */
export async function listSchedules(store: Store, options: object): Promise<Page<ScheduleInfo>> {
  const known = checkOptions(options, "schedules.list", ["task", "limit", "cursor"]);
  const limit = checkInteger(known.limit, "limit", 1, limits.pageItemsMax) ?? limits.pageItemsDefault;
  const after = known.cursor === undefined ? undefined : placeOf(known.cursor);
  const tasks = await store.tasks.list();
  const taskId = known.task === undefined ? undefined : findTask(tasks, known.task).id;
  const byId = new Map(tasks.map((task) => [task.id, task]));
  // One more than is asked for tells whether there is another page.
  const rows = await store.schedules.list({
    limit: limit + 1,
    ...(after ? { after } : {}),
    ...(taskId === undefined ? {} : { taskId }),
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const items = page.map((row) => toScheduleInfo(row, byId.get(row.taskId), store.now()));
  return { items, ...(rows.length > limit && last ? { cursor: `${last.task}/${last.key}` } : {}) };
}

/** `schedules.firings`: also of a schedule that was removed, as long as its ledger is kept. */
export async function listFirings(
  store: Store,
  name: string,
  givenKey: string,
  options: FiringsOptions,
): Promise<Page<FiringItem>> {
  const key = checkText(givenKey, "key", limits.scheduleKeyCharactersMax) ?? "default";
  const known = checkOptions(options, "schedules.firings", ["from", "to", "limit", "cursor"]);
  const limit = checkInteger(known.limit, "limit", 1, limits.pageItemsMax) ?? limits.pageItemsDefault;
  const asked = checkDate(known.from, "from") ?? limits.instantMin - 1;
  const from = known.cursor === undefined ? asked : numberOf(known.cursor);
  const to = checkDate(known.to, "to") ?? limits.instantMax;
  const task = findTask(await store.tasks.list(), name);
  const [schedule] = await store.schedules.get([{ taskId: task.id, key }], { removed: true });
  if (!schedule) throw await unknownSchedule(store, task, key);
  const items = await store.ledger.list(schedule.id, { from, to, limit });
  const last = items.at(-1);
  return { items: items.map(toFiringItem), ...(items.length === limit && last ? { cursor: String(last.upTo) } : {}) };
}

/** E_SCHEDULE_UNKNOWN, offering the nearest of the task's first keys. */
export async function unknownSchedule(store: Store, { id: taskId, name }: TaskRow, key: string): Promise<BelfryError> {
  const others = await store.schedules.list({ taskId, limit: limits.pageItemsMax });
  const nearest = didYouMean(
    key,
    others.map((other) => other.key),
  );
  return new BelfryError("E_SCHEDULE_UNKNOWN", { value: key, task: name, nearest });
}

/** The last schedule of the page before: no task's name and no key has a slash. */
function placeOf(cursor: unknown): Pick<ScheduleRow, "task" | "key"> {
  const [, task, key] = (typeof cursor === "string" && /^([^/]{1,128})\/([^/]{1,128})$/.exec(cursor)) || [];
  if (task === undefined || key === undefined) throw new BelfryError("E_CURSOR", { value: cursor });
  return { task, key };
}

function numberOf(cursor: unknown): number {
  if (typeof cursor === "string" && /^\d{1,16}$/.test(cursor)) return Number(cursor);
  throw new BelfryError("E_CURSOR", { value: cursor });
}
