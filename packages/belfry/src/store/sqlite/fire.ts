import type { SkipReason } from "../ledger.ts";
import { addRun } from "./rows.ts";
import { addSpan } from "./spans.ts";
import { triggerNames, unfinished } from "./states.ts";
import type { Slots, Turn } from "./turn.ts";
import type { ClaimedTuple, FiringTuple, FiringWire } from "./wire.ts";

/** A schedule as deciding about it needs it. */
export interface Stand {
  readonly schedule: number;
  readonly task: number;
  readonly key: string;
  readonly version: number;
  cursor: number;
  readonly priority: number;
  readonly overlap: string;
  readonly payload: string | null;
  /** Whether a run that it made has not ended. */
  isBusy: number;
}

/** What a `Stand` has, of the schedule `s`. */
export const standColumns = `s.schedule, s.task, s.key, s.version, s.cursor, s.priority, s.overlap, s.payload,
  EXISTS (SELECT 1 FROM runs WHERE schedule = s.schedule AND ${unfinished}) AS isBusy`;

const scheduled = triggerNames.indexOf("schedule");

/** `LedgerStore.fire`. */
export function fire(turn: Turn, firings: readonly FiringTuple[], by: Slots): FiringWire[] {
  if (!turn.renew(by.epoch)) return firings.map(() => "dead");
  const sql = `SELECT ${standColumns} FROM json_each(?) j CROSS JOIN schedules s ON s.schedule = j.value WHERE s.removed = 0`;
  const stands = turn.db.all<Stand>(sql, `[${firings.map(([id]) => id).join()}]`);
  const byId = new Map(stands.map((stand) => [stand.schedule, stand]));
  return firings.map((firing) => decide(turn, byId.get(firing[0]), firing, by));
}

function decide(turn: Turn, stand: Stand | undefined, firing: FiringTuple, by: Slots): FiringWire {
  const [id, version, cursor, missedAfter, missedUpTo, instant, newCursor, nextAt, runId] = firing;
  // Not as the planner believed when it decided.
  if (stand?.version !== version || stand.cursor !== cursor) return "stale";
  if (newCursor > turn.now) return "early";
  turn.db.run("UPDATE schedules SET cursor = ?, next_at = ? WHERE schedule = ?", newCursor, nextAt, id);
  stand.cursor = newCursor;
  if (turn.task(stand.task)?.enabled === 0) return skip(turn, id, cursor, newCursor, "disabled");
  if (missedAfter !== undefined && missedUpTo !== undefined) addSpan(turn, id, missedAfter, missedUpTo, "missed");
  if (instant === undefined) return "missed";
  if (isHeldBack(stand)) return skip(turn, id, missedUpTo ?? cursor, instant, "overlap");
  return fireOne(turn, stand, instant, runId, by) ?? "fired";
}

function skip(turn: Turn, schedule: number, after: number, upTo: number, reason: SkipReason): SkipReason {
  addSpan(turn, schedule, after, upTo, reason);
  return reason;
}

/** Whether the overlap rule holds the schedule's instants back. */
export function isHeldBack({ overlap, isBusy }: Stand): boolean {
  return overlap === "skip" && isBusy === 1;
}

/** Inserts the run of an instant, the ledger's proof that it fired; answers it where it was claimed. */
export function fireOne(
  turn: Turn,
  stand: Stand,
  instant: number,
  runId: string,
  by?: Slots,
): ClaimedTuple | undefined {
  const { now } = turn;
  const { schedule, priority, key } = stand;
  const task = turn.task(stand.task);
  if (!task) throw new Error(`schedule ${schedule} has no task`);
  const payload = stand.payload ?? undefined;
  const row = { id: runId, task, trigger: scheduled, priority, availableAt: now, payload };
  const added = addRun(turn, { ...row, schedule, scheduledFor: instant }, by);
  if (!added) throw new Error(`run ${runId} exists`);
  stand.isBusy = 1;
  const { token } = added;
  if (token === undefined) return undefined;
  return [runId, task.id, task.name, token, 1, 0, scheduled, priority, now, now, key, instant, null, stand.payload];
}
