import { hash } from "node:crypto";
import { limits } from "../../base/limits.ts";
import type { InsertAnswer, NewRun } from "../runs.ts";
import { addRun } from "./rows.ts";
import { triggerNames } from "./states.ts";
import type { Slots, TaskInfo, Turn } from "./turn.ts";
import type { InsertWire, NewRunTuple } from "./wire.ts";

type Replayed = Extract<InsertAnswer, { run: object }>;

/** `RunStore.insert`. */
export function insert(turn: Turn, runs: readonly NewRunTuple[], by?: Slots): InsertWire[] {
  const claimant = by && turn.renew(by.epoch) ? by : undefined;
  turn.promote();
  const mayClaim = claimant !== undefined && claimant.slots > 0 && !turn.hasWaiting(claimant);
  return runs.map((run) => insertOne(turn, run, mayClaim ? claimant : undefined));
}

function insertOne(turn: Turn, run: NewRunTuple, by: Slots | undefined): InsertWire {
  const [id, taskId, trigger, priority, payload, reason, delayMs, at, retryOf, rootId, scheduleKey, scheduledFor] = run;
  const idempotency = run[12];
  const { now } = turn;
  const task = turn.taskById(taskId);
  if (!task?.defined) return replayed(turn, id) ?? "unknownTask";
  if (idempotency) {
    const earlier = replayed(turn, id) ?? replayedByKey(turn, task, idempotency);
    if (earlier) return earlier;
  }
  if (!task.enabled) return replayed(turn, id) ?? "disabled";
  const availableAt = Math.ceil(Math.max(now, at ?? now + (delayMs ?? 0)));
  const schedule = scheduleKey === undefined ? undefined : findSchedule(turn, task, scheduleKey);
  const instant = schedule ? { schedule: schedule.schedule, scheduledFor } : { scheduleKey, scheduledFor };
  const texts = { payload, reason, retryOf, rootId };
  const row = { id, task, trigger: triggerNames.indexOf(trigger), priority, availableAt, ...instant, ...texts };
  const added = addRun(turn, row, by);
  if (!added) return replayed(turn, id) as Replayed;
  if (idempotency) keepKey(turn, task, id, availableAt, idempotency);
  if (added.token === undefined) return [task.name, now, availableAt];
  return [task.name, now, availableAt, added.token, now, schedule?.spec ?? undefined];
}

/** The schedule that a retry's instant is of; its rule where it is still defined. */
function findSchedule({ db }: Turn, { task }: TaskInfo, key: string) {
  const sql = "SELECT schedule, CASE WHEN removed = 0 THEN spec END AS spec FROM schedules WHERE task = ? AND key = ?";
  return db.get<{ schedule: number; spec: string | null }>(sql, task, key);
}

function replayed({ db }: Turn, id: string): Replayed | undefined {
  const sql = `SELECT t.id AS taskId, t.name AS task, r.triggered_at AS triggeredAt, r.available_at AS availableAt
    FROM runs r JOIN tasks t ON t.task = r.task WHERE r.id = ?`;
  const row = db.get<{ taskId: string; task: string; triggeredAt: number; availableAt: number }>(sql, id);
  if (!row) return undefined;
  const { availableAt, ...run } = row;
  return { outcome: "replayed", run: { id, ...run }, availableAt };
}

type Idempotency = NonNullable<NewRun["idempotency"]>;

/** Requests are compared by their digest: they hold whole payloads. */
function digestOf(request: string): Uint8Array {
  return hash("sha256", request, "buffer");
}

/** The first request's answer, which outlives its run. */
function replayedByKey(turn: Turn, task: TaskInfo, { key, request }: Idempotency): Replayed | "conflict" | undefined {
  const sql = `SELECT request = ? AS isSame, run_id AS id, triggered_at AS triggeredAt, available_at AS availableAt FROM keys
    WHERE task = ? AND key = ? AND made_at > ?`;
  const madeAfter = turn.now - limits.idempotencyKeptMs;
  type Kept = { isSame: number; id: string; triggeredAt: number; availableAt: number };
  const kept = turn.db.get<Kept>(sql, digestOf(request), task.task, key, madeAfter);
  if (!kept) return undefined;
  if (!kept.isSame) return "conflict";
  const { id, triggeredAt, availableAt } = kept;
  return { outcome: "replayed", run: { id, taskId: task.id, task: task.name, triggeredAt }, availableAt };
}

function keepKey(turn: Turn, { task }: TaskInfo, id: string, availableAt: number, { key, request }: Idempotency): void {
  const sql = `INSERT OR REPLACE INTO keys (task, key, request, run_id, triggered_at, available_at, made_at)
    VALUES (?, ?, ?, ?, ?, ?, ?)`;
  turn.db.run(sql, task, key, digestOf(request), id, turn.now, availableAt, turn.now);
}
