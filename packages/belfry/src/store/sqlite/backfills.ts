import type { BackfillRow, BackfillStep, NewBackfill } from "../backfills.ts";
import type { Connection } from "./connection.ts";
import { addRun } from "./rows.ts";
import { triggerNames, unfinished } from "./states.ts";
import type { Turn } from "./turn.ts";

const unfinishedOf = (backfill: string) => `(SELECT count(*) FROM runs WHERE backfill = ${backfill} AND ${unfinished})`;

const columns = `SELECT b.id, b.schedule AS scheduleId, t.id AS taskId, t.name AS task, s.key, b.state, b.first AS "from", b.last AS "to",
  b.direction AS "order", b.concurrency, b.reprocess, b.reason, b.author, b.spec, b.payload, b.priority, b.position, b.exhausted,
  b.made, b.passed, ${unfinishedOf("b.backfill")} AS unfinished, b.created_at AS createdAt, b.ended_at AS endedAt FROM backfills b`;
/** CROSS: the backfill leads, and its order is the answer's. */
const joins = "CROSS JOIN tasks t ON t.task = b.task CROSS JOIN schedules s ON s.schedule = b.schedule";

type Optional = "reason" | "author" | "payload" | "position" | "endedAt";
type Row = Omit<BackfillRow, Optional | "exhausted"> & { exhausted: number } & {
  readonly [Name in Optional]: BackfillRow[Name] | null;
};

function toBackfill({ reason, author, payload, position, endedAt, exhausted, ...row }: Row): BackfillRow {
  return {
    ...row,
    reason: reason ?? undefined,
    author: author ?? undefined,
    payload: payload ?? undefined,
    position: position ?? undefined,
    endedAt: endedAt ?? undefined,
    exhausted: exhausted === 1,
  };
}

/** `BackfillStore.get`. */
export function getBackfills(db: Connection, ids: readonly string[]): (BackfillRow | undefined)[] {
  return ids.map((id) => {
    const row = db.get<Row>(`${columns} ${joins} WHERE b.id = ?`, id);
    return row && toBackfill(row);
  });
}

/** `BackfillStore.list`. */
export function listBackfills(
  db: Connection,
  { taskId, before, limit }: { taskId?: string; before?: string; limit: number },
): BackfillRow[] {
  const terms: [sql: string, value: number | string][] = [];
  if (taskId !== undefined)
    terms.push(["b.task = ?", db.value<number>("SELECT task FROM tasks WHERE id = ?", taskId) ?? 0]);
  if (before !== undefined) terms.push(["b.backfill < (SELECT backfill FROM backfills WHERE id = ?)", before]);
  const where = terms.length > 0 ? `WHERE ${terms.map(([sql]) => sql).join(" AND ")}` : "";
  const sql = `${columns} ${joins} ${where} ORDER BY b.backfill DESC LIMIT ?`;
  return db.all<Row>(sql, ...terms.map(([, value]) => value), limit).map(toBackfill);
}

const runningMax = 1_000;

/** `BackfillStore.running`. */
export function runningBackfills(db: Connection): BackfillRow[] {
  return db
    .all<Row>(
      `${columns} ${joins} WHERE b.state = 'running' AND t.enabled = 1 AND t.defined = 1 ORDER BY b.backfill LIMIT ?`,
      runningMax,
    )
    .map(toBackfill);
}

/** `BackfillStore.create`. What its runs need is taken from the schedule as it stands. */
export function createBackfills(turn: Turn, items: readonly NewBackfill[]): (BackfillRow | undefined)[] {
  const sql = `INSERT INTO backfills (id, task, schedule, state, first, last, direction, concurrency, reprocess, reason, author,
      created_at, priority, spec, payload)
    SELECT ?, task, schedule, 'running', ?, ?, ?, ?, ?, ?, ?, ?, priority, spec, payload FROM schedules WHERE schedule = ? AND removed = 0
    ON CONFLICT (id) DO NOTHING`;
  for (const { id, scheduleId, from, to, order, concurrency, reprocess, reason, author } of items) {
    turn.db.run(sql, id, from, to, order, concurrency, reprocess, reason, author, turn.now, scheduleId);
  }
  return getBackfills(
    turn.db,
    items.map(({ id }) => id),
  );
}

interface Standing {
  readonly backfill: number;
  readonly task: number;
  readonly schedule: number;
  readonly priority: number;
  readonly payload: string | null;
  readonly reason: string | null;
  readonly position: number | null;
  readonly room: number;
}

const trigger = triggerNames.indexOf("backfill");

/** `BackfillStore.step`. */
export function stepBackfills(turn: Turn, items: readonly BackfillStep[]): ("stepped" | "stale")[] {
  return items.map((item) => (step(turn, item) ? "stepped" : "stale"));
}

function step(turn: Turn, { id, position, newPosition, exhausted, runs, passed }: BackfillStep): boolean {
  const { db, now } = turn;
  const sql = `SELECT backfill, task, schedule, priority, payload, reason, position, concurrency - ${unfinishedOf("b.backfill")} AS room
    FROM backfills b WHERE id = ? AND state = 'running' AND exhausted = 0`;
  const found = db.get<Standing>(sql, id);
  if (!found || (found.position ?? undefined) !== position || runs.length > found.room) return false;
  const { backfill, schedule, priority } = found;
  const task = turn.task(found.task);
  if (!task?.enabled || !task.defined) return false;
  const texts = { payload: found.payload ?? undefined, reason: found.reason ?? undefined };
  const row = { task, trigger, schedule, priority, backfill, availableAt: now, ...texts };
  for (const { id: runId, instant } of runs) {
    if (!addRun(turn, { ...row, id: runId, scheduledFor: instant })) throw new Error(`run ${runId} exists`);
  }
  db.run(
    `UPDATE backfills SET position = coalesce(?, position), exhausted = ?, made = made + ?, passed = passed + ? WHERE backfill = ?`,
    ...[newPosition, exhausted ? 1 : 0, runs.length, passed, backfill],
  );
  if (exhausted) {
    turn.followers.forget();
    endIfDone(turn, backfill);
  }
  return true;
}

/** `BackfillStore.set`. */
export function setBackfills(
  turn: Turn,
  items: readonly { readonly id: string; readonly state: "running" | "paused" | "cancelled" }[],
): (BackfillRow | undefined)[] {
  return items.map(({ id, state }) => {
    const sql = "UPDATE backfills SET state = ?, ended_at = ? WHERE id = ? AND ended_at IS NULL AND state <> ?";
    turn.db.run(sql, state, state === "cancelled" ? turn.now : undefined, id, state);
    return getBackfills(turn.db, [id])[0];
  });
}

/** A backfill is done once all its runs were made and have ended. */
export function endIfDone(turn: Turn, backfill: number): void {
  const sql = `UPDATE backfills SET state = 'done', ended_at = ? WHERE backfill = ? AND exhausted = 1 AND ended_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM runs WHERE backfill = backfills.backfill AND ${unfinished})`;
  if (turn.db.run(sql, turn.now, backfill) > 0) turn.followers.forget();
}
