import { transitions } from "../../run/states.ts";
import { isIn, numberOf } from "./states.ts";
import type { Slots, TaskInfo, Turn } from "./turn.ts";

/** A run to be written, by whatever asked for it. Its task must be known. */
export interface NewRow {
  readonly id: string;
  readonly task: TaskInfo;
  /** Its place among the triggers. */
  readonly trigger: number;
  readonly priority: number;
  readonly availableAt: number;
  readonly schedule?: number;
  readonly scheduledFor?: number;
  readonly payload?: string;
  readonly reason?: string;
  readonly retryOf?: string;
  readonly rootId?: string;
  readonly scheduleKey?: string;
  readonly backfill?: number;
  /** It waits for earlier runs of its schedule. */
  readonly isHeld?: boolean;
}

/** What became of a new run: its row, and its token where it was claimed at once. */
export interface AddedRow {
  readonly seq: number;
  readonly token?: number;
}

const insertRun = `INSERT INTO runs (id, task, trigger, state, priority, triggered_at, available_at, schedule, scheduled_for,
  attempt, token, epoch, started_at, claimed_at, backfill) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`;
const insertDetails =
  "INSERT INTO details (run, payload, reason, retry_of, root_id, schedule_key) VALUES (?, ?, ?, ?, ?, ?)";

const held = numberOf(transitions.proceed.from[0] ?? "held");
const delayed = numberOf("delayed");
const ready = numberOf(transitions.claim.from[0] ?? "ready");
const running = numberOf(transitions.claim.to);

/**
 * Inserts a run, claimed for `by` where it has a slot for it and the task has room. Undefined when its id exists:
 * nothing was changed then.
 */
export function addRun(turn: Turn, row: NewRow, by?: Slots): AddedRow | undefined {
  const { now, db } = turn;
  const { task, availableAt } = row;
  const isHeld = row.isHeld ?? false;
  const isReady = !isHeld && availableAt <= now;
  const token = isReady && by && mayClaim(turn, task, by) ? turn.takeToken() : undefined;
  const isClaimed = token !== undefined;
  const claimedAt = isClaimed ? now : null;
  const { changes, lastInsertRowid } = db
    .prepared(insertRun)
    .run(
      row.id,
      task.task,
      row.trigger,
      isClaimed ? running : isReady ? ready : isHeld ? held : delayed,
      row.priority,
      now,
      availableAt,
      row.schedule ?? null,
      row.scheduledFor ?? null,
      isClaimed ? 1 : 0,
      token ?? 0,
      isClaimed && by ? by.epoch : null,
      claimedAt,
      claimedAt,
      row.backfill ?? null,
    );
  if (Number(changes) === 0) return undefined;
  const seq = Number(lastInsertRowid);
  const { payload, reason, retryOf, rootId, scheduleKey } = row;
  if ((payload ?? reason ?? retryOf ?? rootId ?? scheduleKey) !== undefined) {
    db.run(insertDetails, seq, payload, reason, retryOf, rootId, scheduleKey);
  }
  if (isClaimed && by) {
    by.slots -= 1;
    turn.noteClaim(task);
  } else if (isReady) turn.noteReady(task.task);
  else if (isHeld) turn.followers.noteHeld();
  else turn.noteDelayed(availableAt);
  return { seq, token };
}

function mayClaim(turn: Turn, task: TaskInfo, by: Slots): boolean {
  return by.slots > 0 && by.taskIds.has(task.id) && turn.room(task) > 0;
}

/** Rows as `ClaimedTuple`s, of the runs that `from` names `r`. */
export function selectClaimed(from: string): string {
  return `SELECT r.id, t.id, t.name, r.token, r.attempt, r.failures, r.trigger, r.priority, r.triggered_at, r.claimed_at,
    coalesce(s.key, d.schedule_key), r.scheduled_for, d.root_id, d.payload,
    CASE WHEN s.removed = 0 THEN s.spec END FROM ${from} CROSS JOIN tasks t ON t.task = r.task LEFT JOIN schedules s ON s.schedule = r.schedule
    LEFT JOIN details d ON d.run = r.seq`;
}

/** The condition that an epoch holds the run `r`. */
export const isHeld = `r.${isIn("running")} AND r.epoch = ?`;
