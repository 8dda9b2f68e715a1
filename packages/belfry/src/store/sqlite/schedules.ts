import type { PastSchedule, ScheduleQuery, ScheduleRow, ScheduleSummary } from "../schedules.ts";
import type { Connection } from "./connection.ts";
import { type ScheduleTuple, scheduleColumns, toSchedule } from "./schedule-rows.ts";
import { originNames } from "./states.ts";

const ofTask = `SELECT ${scheduleColumns} FROM schedules s CROSS JOIN tasks t ON t.task = s.task`;

/** A page of `ScheduleStore.due`: what comes after this row, by instant and id. */
export interface DuePage {
  readonly upTo: number;
  readonly after?: { readonly dueAt: number; readonly id: number };
  readonly limit: number;
}

/** A page of `ScheduleStore.due`, in rows as they are sent. */
export function dueSchedules(db: Connection, { upTo, after, limit }: DuePage): ScheduleTuple[] {
  const sql = `${ofTask} WHERE s.due_at <= ? AND (s.due_at, s.schedule) > (?, ?) ORDER BY s.due_at, s.schedule LIMIT ?`;
  return db.tuples<ScheduleTuple>(sql, upTo, after?.dueAt ?? 0, after?.id ?? 0, limit);
}

/** `ScheduleStore.nextAfter`. */
export function nextAfter(db: Connection, after: number): number | undefined {
  return db.value<number>("SELECT min(due_at) FROM schedules WHERE due_at > ?", after);
}

/** `ScheduleStore.newest`. */
export function newestDecided(db: Connection): number | undefined {
  return db.value<number>("SELECT nullif(newest, 0) FROM meta");
}

/** `ScheduleStore.list`: task by task, so that a page is read from the indexes in its order. */
export function listSchedules(db: Connection, query: ScheduleQuery): ScheduleRow[] {
  const { taskId, after, limit } = query;
  const rows: ScheduleRow[] = [];
  if (taskId !== undefined) {
    const task = db.get<NamedTask>("SELECT task, name, app FROM tasks WHERE id = ?", taskId);
    const isBehind = task && (after === undefined || task.name >= after.task);
    return isBehind ? listOf(db, task, query) : [];
  }
  const sql = "SELECT task, name, app FROM tasks WHERE name >= ? ORDER BY name LIMIT ?";
  let from = after?.task ?? "";
  for (;;) {
    const tasks = db.all<NamedTask>(sql, from, tasksMax);
    for (const task of tasks) rows.push(...listOf(db, task, { ...query, limit: limit - rows.length }));
    if (tasks.length < tasksMax || rows.length >= limit) return rows;
    from = `${tasks.at(-1)?.name}\0`;
  }
}

/** How many tasks are read in one step. */
const tasksMax = 100;

interface NamedTask {
  readonly task: number;
  readonly name: string;
  readonly app: string;
}

/** What a page has of one task. */
function listOf(db: Connection, { task, name, app }: NamedTask, query: ScheduleQuery): ScheduleRow[] {
  const { origin, removed = false, after, limit } = query;
  if (limit <= 0 || (query.app !== undefined && query.app !== app)) return [];
  const place = after?.task === name ? after.key : undefined;
  const terms = [
    "s.task = ?",
    ...(place === undefined ? [] : ["s.key > ?"]),
    ...(origin === undefined ? [] : [`s.origin = ${originNames.indexOf(origin)}`]),
    ...(removed ? [] : ["s.removed = 0"]),
  ];
  const sql = `${ofTask} WHERE ${terms.join(" AND ")} ORDER BY s.key LIMIT ?`;
  return db.tuples<ScheduleTuple>(sql, ...[task, ...(place === undefined ? [] : [place]), limit]).map(toSchedule);
}

/** `ScheduleStore.get`. */
export function getSchedules(
  db: Connection,
  { items, removed }: { items: readonly { readonly taskId: string; readonly key: string }[]; removed: boolean },
): (ScheduleRow | undefined)[] {
  const sql = `SELECT ${scheduleColumns} FROM tasks t CROSS JOIN schedules s ON s.task = t.task WHERE t.id = ? AND s.key = ?`;
  return items.map(({ taskId, key }) => {
    const [tuple] = db.tuples<ScheduleTuple>(sql, taskId, key);
    const row = tuple && toSchedule(tuple);
    return row && (removed || !row.removed) ? row : undefined;
  });
}

/** `ScheduleStore.summaries`. */
export function summarize(
  db: Connection,
  { taskIds, now }: { taskIds: readonly string[]; now: number },
): ScheduleSummary[] {
  const isPaused = "s.pause IS NOT NULL AND coalesce(s.pause ->> 'until' > ?, 1)";
  const sql = `SELECT count(*) AS count, count(CASE WHEN ${isPaused} THEN 1 END) AS paused, min(s.due_at) AS dueAt,
      min(CASE WHEN ${isPaused} THEN NULL ELSE coalesce(s.next_at, s.due_at) END) AS nextAt
    FROM tasks t CROSS JOIN schedules s ON s.task = t.task WHERE t.id = ? AND s.removed = 0`;
  type Row = { count: number; paused: number; dueAt: number | null; nextAt: number | null };
  return taskIds.map((id) => {
    const { count = 0, paused = 0, dueAt, nextAt } = db.get<Row>(sql, now, now, id) ?? {};
    return { count, paused, nextAt: nextAt ?? undefined, dueAt: dueAt ?? undefined };
  });
}

/** A part of a schedule's past: definitions of instants in (from, to], at most `limit`. */
export interface PastQuery {
  readonly scheduleId: number;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** `ScheduleStore.past`. */
export function listPast(db: Connection, { scheduleId, from, to, limit }: PastQuery): PastSchedule[] {
  const sql = `SELECT s.key, p.spec, p.payload, p.priority, coalesce(p.overlap, 'skip') AS overlap, coalesce(p.catch_up, 'latest') AS catchUp,
      p.pause_on_failure AS pauseOnFailure, p.since, p.up_to AS upTo, p.author, p.release
    FROM past_schedules p CROSS JOIN schedules s ON s.schedule = p.schedule
    WHERE p.schedule = ? AND p.up_to > ? AND p.since < ? ORDER BY p.up_to LIMIT ?`;
  type Optional = "payload" | "pauseOnFailure" | "author" | "release";
  type Row = Omit<PastSchedule, Optional> & { readonly [Name in Optional]: PastSchedule[Name] | null };
  return db.all<Row>(sql, scheduleId, from, to, limit).map((row) => ({
    ...row,
    payload: row.payload ?? undefined,
    pauseOnFailure: row.pauseOnFailure ?? undefined,
    author: row.author ?? undefined,
    release: row.release ?? undefined,
  }));
}
