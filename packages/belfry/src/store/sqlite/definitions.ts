import type { ScheduleDefinition, ScheduleOrigin, Settlement } from "../schedules.ts";
import { idleReason } from "./fire.ts";
import { decideLinks, type Stand, standColumns } from "./links.ts";
import { addSpan } from "./spans.ts";
import { originNames } from "./states.ts";
import type { Turn } from "./turn.ts";
import { packLink } from "./wire.ts";

/** A schedule as the file has it, with its definition. */
export interface Known extends Stand {
  readonly removed: number;
  /** Its place among the origins. */
  readonly origin: number;
  readonly since: number;
  readonly catch_up: string;
  readonly pause_on_failure: number | null;
  readonly due_at: number | null;
}

/** What a `Known` has, of the schedule `s`. */
export const knownColumns = `${standColumns}, s.removed, s.origin, s.since, coalesce(s.catch_up, 'latest') AS catch_up, s.pause_on_failure, s.due_at`;

/** The task's schedule of this key, also a removed one. */
export function findKnown({ db }: Turn, task: number, key: string): Known | undefined {
  return db.get<Known>(`SELECT ${knownColumns} FROM schedules s WHERE s.task = ? AND s.key = ?`, task, key);
}

/** As `standsAs`. */
export function isSame(known: Known, definition: ScheduleDefinition): boolean {
  if (known.due_at === null && definition.dueAt !== undefined) return false;
  const { spec, payload, priority, overlap, catchUp, pauseOnFailure } = definition;
  const isSameRule = known.spec === spec && known.overlap === overlap && known.catch_up === catchUp;
  const isSameRun = known.priority === priority && (known.payload ?? undefined) === payload;
  return isSameRule && isSameRun && (known.pause_on_failure ?? undefined) === pauseOnFailure;
}

/** Whether its first instant has passed: it was computed for an earlier time. */
export function isLate({ now }: Turn, { nextAt }: { readonly nextAt?: number }): boolean {
  return nextAt !== undefined && nextAt <= now;
}

/** Whether the settlement was computed from what is so now, and none of its instants before it is due. */
export function isSettled(
  { now }: Turn,
  { version, cursor }: Known,
  settlement: Settlement | undefined,
): settlement is Settlement {
  return settlement?.version === version && settlement.cursor === cursor && (settlement.wasDueAt ?? 0) <= now;
}

/** The old definition's last word: its due instants are judged, what is left of them is removed with it. */
export function settle(turn: Turn, known: Known, { links, newCursor }: Settlement): void {
  const idle = idleReason(turn, known.task);
  let end = known.cursor;
  if (links && newCursor !== undefined && !idle) {
    decideLinks(turn, known, links.map(packLink));
    end = newCursor;
  }
  retire(turn, known, end, idle ?? "removed");
}

/** Takes the schedule away; what was due of it and undecided is removed with it. Its pause and its counts end. */
export function removeKnown(turn: Turn, known: Known): void {
  retire(turn, known, known.cursor, "removed");
  const sql = `UPDATE schedules SET removed = 1, due_at = NULL, next_at = NULL, pause = NULL, skip_until = NULL, failures = 0
    WHERE schedule = ?`;
  turn.db.run(sql, known.schedule);
}

/** Ends the definition at now, and keeps it among the past ones. */
function retire(turn: Turn, known: Known, end: number, reason: "removed" | "disabled"): void {
  const { db, now } = turn;
  const { schedule, since } = known;
  addSpan(turn, known, end, now, reason);
  // After a step back of the clock the chain's end lies ahead, and stays.
  const upTo = Math.max(now, end);
  if (upTo > since) {
    const sql = `INSERT INTO past_schedules (schedule, up_to, since, priority, overlap, catch_up, pause_on_failure, author, release, spec, payload)
      SELECT schedule, ?, since, priority, overlap, catch_up, pause_on_failure, author, release, spec, payload FROM schedules WHERE schedule = ?`;
    db.run(sql, upTo, schedule);
  }
  db.run("UPDATE schedules SET cursor = ?, version = version + 1 WHERE schedule = ?", upTo, schedule);
  turn.noteDecided(upTo);
}

/** Who defines a schedule. */
export interface By {
  readonly origin: ScheduleOrigin;
  readonly author?: string | undefined;
  readonly release?: string | undefined;
}

const insertNew = `INSERT INTO schedules (task, key, origin, removed, version, cursor, since, due_at, next_at, priority, overlap, catch_up,
    pause_on_failure, author, release, spec, payload) VALUES (?, ?, ?, 0, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (task, key) DO NOTHING`;

/** Gives the task a schedule that it never had; it has no instants before now. Undefined where it has, or had, one. */
export function insertSchedule(
  turn: Turn,
  task: number,
  definition: ScheduleDefinition,
  by: By,
): { schedule: number } | undefined {
  const { now } = turn;
  const { key, spec, payload } = definition;
  const [dueAt, nextAt, ...rules] = valuesOf(definition);
  const origin = originNames.indexOf(by.origin);
  const values = [task, key, origin, now, now, dueAt, nextAt, ...rules, by.author, by.release, spec, payload];
  const schedule = turn.db.insert(insertNew, ...values);
  turn.noteDecided(now);
  if (definition.pauseOnFailure !== undefined) turn.followers.forget();
  return schedule === undefined ? undefined : { schedule };
}

/** Gives a schedule that was settled or removed another definition, from now on. Its chain goes on. */
export function redefine(turn: Turn, known: Known, definition: ScheduleDefinition, by: By): void {
  const { db, now } = turn;
  if (known.removed) addSpan(turn, known, known.cursor, now, "removed");
  const sql = `UPDATE schedules SET origin = ?, removed = 0, version = version + 1, cursor = max(cursor, ?), since = max(cursor, ?),
      changed_at = CASE WHEN cursor > ? THEN ? END, due_at = ?, next_at = ?, priority = ?, overlap = ?, catch_up = ?,
      pause_on_failure = ?, author = ?, release = ?, spec = ?, payload = ? WHERE schedule = ?`;
  const { spec, payload } = definition;
  const origin = originNames.indexOf(by.origin);
  db.run(
    sql,
    ...[origin, now, now, now, now, ...valuesOf(definition), by.author, by.release, spec, payload, known.schedule],
  );
  turn.noteDecided(now);
  turn.followers.forget();
}

/** Due and next instant and the rules, in the order of their columns; what has a default is NULL where it is that. */
function valuesOf({ dueAt, nextAt, priority, overlap, catchUp, pauseOnFailure }: ScheduleDefinition) {
  return [
    ...upcomingValues({ dueAt, nextAt }),
    priority,
    overlap === "skip" ? undefined : overlap,
    catchUp === "latest" ? undefined : catchUp,
    pauseOnFailure,
  ] as const;
}

/** The columns `due_at` and `next_at`. */
export function upcomingValues({ dueAt, nextAt }: { readonly dueAt?: number; readonly nextAt?: number }) {
  return [dueAt, nextAt === dueAt ? undefined : nextAt] as const;
}
