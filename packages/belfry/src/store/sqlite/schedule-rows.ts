import type { Overlap } from "../../schedule/overlap.ts";
import type { Pause, ScheduleRow } from "../schedules.ts";
import type { Connection } from "./connection.ts";
import { originNames } from "./states.ts";

/** The columns of a `ScheduleTuple`, of the schedule `s` and its task `t`. What is NULL may stand for a default. */
export const scheduleColumns = `s.schedule, t.id, t.name, t.app, s.key, s.spec, s.payload, s.priority,
  coalesce(s.overlap, 'skip'), coalesce(s.catch_up, 'latest'), s.pause_on_failure, s.due_at, coalesce(s.next_at, s.due_at),
  s.origin, s.version, s.cursor, s.since, s.pause, s.skip_until, s.failures, s.author, coalesce(s.changed_at, s.since), s.removed`;

/** A `ScheduleRow` as its columns; NULL is what is absent. Every firing reads one: by name they would cost twice as much. */
export type ScheduleTuple = readonly [
  id: number,
  taskId: string,
  task: string,
  app: string,
  key: string,
  spec: string,
  payload: string | null,
  priority: number,
  overlap: Overlap,
  catchUp: string,
  pauseOnFailure: number | null,
  dueAt: number | null,
  nextAt: number | null,
  origin: number,
  version: number,
  cursor: number,
  since: number,
  pause: string | null,
  skipUntil: number | null,
  failures: number,
  author: string | null,
  changedAt: number,
  removed: number,
];

export function toSchedule(tuple: ScheduleTuple): ScheduleRow {
  const pause = tuple[17];
  return {
    id: tuple[0],
    taskId: tuple[1],
    task: tuple[2],
    app: tuple[3],
    key: tuple[4],
    spec: tuple[5],
    payload: tuple[6] ?? undefined,
    priority: tuple[7],
    overlap: tuple[8],
    catchUp: tuple[9],
    pauseOnFailure: tuple[10] ?? undefined,
    dueAt: tuple[11] ?? undefined,
    nextAt: tuple[12] ?? undefined,
    origin: originNames[tuple[13]] ?? "code",
    version: tuple[14],
    cursor: tuple[15],
    since: tuple[16],
    pause: pause === null ? undefined : (JSON.parse(pause) as Pause),
    skipUntil: tuple[18] ?? undefined,
    failures: tuple[19],
    author: tuple[20] ?? undefined,
    changedAt: tuple[21],
    removed: tuple[22] === 1 || undefined,
  };
}

/** The schedule of this id, also a removed one. */
export function scheduleOf(db: Connection, schedule: number): ScheduleRow | undefined {
  const sql = `SELECT ${scheduleColumns} FROM schedules s CROSS JOIN tasks t ON t.task = s.task WHERE s.schedule = ?`;
  const [row] = db.tuples<ScheduleTuple>(sql, schedule);
  return row && toSchedule(row);
}
