import type { ScheduleRow } from "../schedules.ts";
import type { Connection } from "./connection.ts";

/** Where a page of a list begins: after this task name and key; absent: at the start. */
export interface SchedulePage {
  readonly app?: string;
  readonly after?: { readonly task: string; readonly key: string };
  readonly limit: number;
}

const columns = `s.schedule AS id, t.id AS taskId, t.name AS task, t.app, s.key, s.spec, s.payload, s.priority, s.overlap,
  s.catch_up AS catchUp, s.version, s.cursor, s.next_at AS nextAt FROM schedules s`;

type Row = Omit<ScheduleRow, "payload" | "nextAt"> & { payload: string | null; nextAt: number | null };

function toSchedule({ payload, nextAt, ...row }: Row): ScheduleRow {
  return { ...row, payload: payload ?? undefined, nextAt: nextAt ?? undefined };
}

/** A page of `ScheduleStore.due`: what comes after this row, by instant and id. */
export interface DuePage {
  readonly upTo: number;
  readonly after?: { readonly nextAt: number; readonly id: number };
  readonly limit: number;
}

/** A page of `ScheduleStore.due`. */
export function dueSchedules(db: Connection, { upTo, after, limit }: DuePage): ScheduleRow[] {
  const sql = `SELECT ${columns} CROSS JOIN tasks t ON t.task = s.task
    WHERE s.next_at <= ? AND (s.next_at, s.schedule) > (?, ?) ORDER BY s.next_at, s.schedule LIMIT ?`;
  return db.all<Row>(sql, upTo, after?.nextAt ?? 0, after?.id ?? 0, limit).map(toSchedule);
}

/** `ScheduleStore.nextAfter`. */
export function nextAfter(db: Connection, after: number): number | undefined {
  return db.value<number>("SELECT min(next_at) FROM schedules WHERE next_at > ?", after);
}

/** A page of `ScheduleStore.list`. */
export function listSchedules(db: Connection, { app, after, limit }: SchedulePage): ScheduleRow[] {
  const sql = `SELECT ${columns} JOIN tasks t ON t.task = s.task WHERE s.removed = 0 AND (t.name, s.key) > (?, ?) AND (? IS NULL OR t.app = ?)
    ORDER BY t.name, s.key LIMIT ?`;
  return db.all<Row>(sql, after?.task ?? "", after?.key ?? "", app, app, limit).map(toSchedule);
}
