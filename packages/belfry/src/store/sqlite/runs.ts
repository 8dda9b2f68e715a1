import { BelfryError } from "../../base/errors.ts";
import { limits } from "../../base/limits.ts";
import type { Failure } from "../../run/failure.ts";
import type { AttemptOutcome, AttemptRow, RunRow, RunTrigger } from "../../run/record.ts";
import { endedStates, hasEnded, type RunState, type RunStatus } from "../../run/states.ts";
import type { RunQuery } from "../runs.ts";
import type { Connection } from "./connection.ts";
import { isIn, stateNames, triggerNames } from "./states.ts";

const columns = `SELECT r.*, t.id AS taskId, t.name AS taskName, t.app, coalesce(s.key, d.schedule_key) AS scheduleKey, n.name AS node,
  b.id AS backfillId,
  d.payload, d.reason, d.retry_of, d.root_id, d.result, d.result_error, d.progress, d.note, d.error`;
/** CROSS: the run leads, and its order is the answer's. */
const joins = `CROSS JOIN tasks t ON t.task = r.task LEFT JOIN schedules s ON s.schedule = r.schedule
  LEFT JOIN details d ON d.run = r.seq LEFT JOIN nodes n ON n.epoch = r.epoch
  LEFT JOIN backfills b ON b.backfill = r.backfill`;

interface Row {
  readonly seq: number;
  readonly id: string;
  readonly trigger: number;
  readonly state: number;
  readonly priority: number;
  readonly triggered_at: number;
  readonly available_at: number;
  readonly scheduled_for: number | null;
  readonly attempt: number;
  readonly token: number;
  readonly epoch: number | null;
  readonly cancel_requested: number;
  readonly started_at: number | null;
  readonly claimed_at: number | null;
  readonly completed_at: number | null;
  readonly outcome: AttemptOutcome | null;
  readonly taskId: string;
  readonly taskName: string;
  readonly app: string;
  readonly scheduleKey: string | null;
  readonly node: string | null;
  readonly backfillId: string | null;
  readonly payload: string | null;
  readonly reason: string | null;
  readonly retry_of: string | null;
  readonly root_id: string | null;
  readonly result: string | null;
  readonly result_error: string | null;
  readonly progress: number | null;
  readonly note: string | null;
  readonly error: string | null;
}

/** `RunStore.get`. */
export function getRuns(db: Connection, ids: readonly string[]): (RunRow | undefined)[] {
  return ids.map((id) => {
    const row = db.get<Row>(`${columns} FROM runs r ${joins} WHERE r.id = ?`, id);
    return row && toRun(db, row);
  });
}

/** A page of `RunStore.list`; `cursor` continues it where it is not the last. */
export function listRuns(db: Connection, query: RunQuery): { items: RunRow[]; cursor?: string } {
  const { cursor, limit } = query;
  if (cursor !== undefined && !/^[1-9]\d{0,15}$/.test(cursor)) throw new BelfryError("E_CURSOR", { value: cursor });
  const task =
    query.task === undefined ? undefined : db.value<number>("SELECT task FROM tasks WHERE name = ?", query.task);
  if (query.task !== undefined && task === undefined) return { items: [] };
  const terms: [sql: string, ...values: (number | string)[]][] = [];
  if (cursor !== undefined) terms.push(["r.seq < ?", Number(cursor)]);
  if (task !== undefined) terms.push(["r.task = ?", task]);
  if (query.status !== undefined) terms.push([statusTerm(query.status)]);
  if (query.trigger !== undefined) terms.push(["r.trigger = ?", triggerNames.indexOf(query.trigger)]);
  if (query.from !== undefined) terms.push(["r.triggered_at >= ?", query.from]);
  if (query.to !== undefined) terms.push(["r.triggered_at < ?", query.to]);
  const where = terms.length > 0 ? `WHERE ${terms.map(([sql]) => sql).join(" AND ")}` : "";
  const values = terms.flatMap(([, ...bound]) => bound);
  const sql = `${columns} FROM runs r ${joins} ${where} ORDER BY r.seq DESC LIMIT ?`;
  const rows = db.all<Row>(sql, ...values, limit + 1);
  const items = rows.slice(0, limit).map((row) => toRun(db, row));
  const last = rows[limit - 1];
  return rows.length > limit && last ? { items, cursor: String(last.seq) } : { items };
}

/** What has not ended is few beside what has: it is gathered from the small indexes. */
const live = stateNames
  .filter((state) => !hasEnded(state))
  .map((state) => `SELECT seq FROM runs WHERE ${isIn(state)}`)
  .join(" UNION ALL ");

function statusTerm(status: RunStatus): string {
  switch (status) {
    case "completed":
      return `r.${isIn("completed")}`;
    case "errors":
      return `r.${isIn("failed")}`;
    case "pending":
      return `r.seq IN (${live}) AND r.started_at IS NULL`;
    case "processing":
      return `r.seq IN (${live}) AND r.started_at IS NOT NULL`;
  }
}

function toRun(db: Connection, row: Row): RunRow {
  const state = stateNames[row.state] as RunState;
  const run: RunRow = {
    id: row.id,
    taskId: row.taskId,
    task: row.taskName,
    app: row.app,
    trigger: triggerNames[row.trigger] as RunTrigger,
    state,
    priority: row.priority,
    triggeredAt: row.triggered_at,
    availableAt: row.available_at,
    startedAt: row.started_at ?? undefined,
    completedAt: row.completed_at ?? undefined,
    scheduleKey: row.scheduleKey ?? undefined,
    scheduledFor: row.scheduled_for ?? undefined,
    backfillId: row.backfillId ?? undefined,
    rootId: row.root_id ?? undefined,
    retryOf: row.retry_of ?? undefined,
    reason: row.reason ?? undefined,
    payload: row.payload ?? undefined,
    result: row.result ?? undefined,
    resultError: row.result_error ?? undefined,
    attempts: attemptsOf(db, row, state),
    outcome: state === "completed" ? "completed" : (row.outcome ?? undefined),
    cancelRequested: row.cancel_requested === 1,
  };
  if (row.progress !== null)
    run.progress = row.note === null ? { value: row.progress } : { value: row.progress, note: row.note };
  if (state === "running") run.current = lastAttempt(row);
  return run;
}

function lastAttempt({ attempt, node, token, claimed_at, triggered_at }: Row) {
  return { attempt, node: node ?? "", token, startedAt: claimed_at ?? triggered_at };
}

/** The kept attempts, and the one that ended the run, which is the run's own columns. */
function attemptsOf(db: Connection, row: Row, state: RunState): AttemptRow[] {
  const isLastOwn = row.epoch !== null;
  const hasEarlier = row.attempt > (isLastOwn ? 1 : 0);
  const attempts = hasEarlier ? earlierAttempts(db, row.seq) : [];
  if (!endedStates.includes(state)) return attempts;
  const endedAt = row.completed_at ?? row.triggered_at;
  const outcome = state === "completed" ? "completed" : (row.outcome ?? "lost");
  const error = row.error === null ? {} : { error: JSON.parse(row.error) as Failure };
  if (isLastOwn)
    attempts.push({ ...lastAttempt(row), endedAt, outcome: outcome === "E_LOST" ? "lost" : outcome, ...error });
  // Ended while it waited: the entry says so in the place of an attempt.
  else attempts.push({ attempt: 0, node: "", token: 0, startedAt: endedAt, endedAt, outcome, ...error });
  return attempts.slice(-limits.attemptsKept);
}

function earlierAttempts(db: Connection, run: number): AttemptRow[] {
  const sql = `SELECT attempt, node, token, started_at AS startedAt, ended_at AS endedAt, outcome, error FROM attempts
    WHERE run = ? ORDER BY attempt`;
  return db.all<AttemptRow & { error: string | null }>(sql, run).map(({ error, ...attempt }) => {
    return error === null ? attempt : { ...attempt, error: JSON.parse(error) as Failure };
  });
}
