import type { SkipReason } from "../ledger.ts";
import { addRun, selectClaimed } from "./rows.ts";
import { addSpan } from "./spans.ts";
import { triggerNames, unfinished } from "./states.ts";
import type { Slots, Turn } from "./turn.ts";
import type { ClaimedTuple, FiringTuple, FiringWire } from "./wire.ts";

/** A schedule as deciding about it needs it. */
export interface Stand {
  readonly schedule: number;
  readonly task: number;
  readonly cursor: number;
  readonly version: number;
  readonly removed: number;
  readonly priority: number;
  readonly overlap: string;
  readonly payload: string | null;
}

const scheduled = triggerNames.indexOf("schedule");

/** The schedule, where it is still as the planner believed when it decided. */
export function standing({ db }: Turn, schedule: number, version: number, cursor: number): Stand | undefined {
  const sql = `SELECT schedule, task, cursor, version, removed, priority, overlap, payload FROM schedules
    WHERE schedule = ? AND version = ? AND cursor = ? AND removed = 0`;
  return db.get<Stand>(sql, schedule, version, cursor);
}

/** `LedgerStore.fire`. */
export function fire(turn: Turn, firings: readonly FiringTuple[], by: Slots): FiringWire[] {
  if (!turn.renew(by.epoch)) return firings.map(() => "dead");
  const answers: FiringWire[] = [];
  const claimed: [place: number, seq: number][] = [];
  for (const firing of firings) {
    const answer = decide(turn, firing, by);
    if (typeof answer === "number") claimed.push([answers.length, answer]);
    answers.push(typeof answer === "number" ? "fired" : answer);
  }
  const sql = selectClaimed("json_each(?) j CROSS JOIN runs r ON r.seq = j.value");
  const rows = claimed.length > 0 ? turn.db.tuples<ClaimedTuple>(sql, `[${claimed.map(([, seq]) => seq).join()}]`) : [];
  claimed.forEach(([place], index) => {
    answers[place] = rows[index] as ClaimedTuple;
  });
  return answers;
}

/** Decides one firing; the answer is the run's row where it was claimed. */
function decide(turn: Turn, firing: FiringTuple, by: Slots): FiringWire | number {
  const [id, version, cursor, missedAfter, missedUpTo, instant, newCursor, nextAt, runId] = firing;
  const schedule = standing(turn, id, version, cursor);
  if (!schedule) return "stale";
  if (newCursor > turn.now) return "early";
  turn.db.run("UPDATE schedules SET cursor = ?, next_at = ? WHERE schedule = ?", newCursor, nextAt, id);
  if (turn.task(schedule.task)?.enabled === 0) return skip(turn, id, cursor, newCursor, "disabled");
  if (missedAfter !== undefined && missedUpTo !== undefined) addSpan(turn, id, missedAfter, missedUpTo, "missed");
  if (instant === undefined) return "missed";
  if (isOverlapping(turn, schedule)) return skip(turn, id, missedUpTo ?? cursor, instant, "overlap");
  const added = fireOne(turn, schedule, instant, runId, by);
  return added.token === undefined ? "fired" : added.seq;
}

function skip(turn: Turn, schedule: number, after: number, upTo: number, reason: SkipReason): SkipReason {
  addSpan(turn, schedule, after, upTo, reason);
  return reason;
}

/** Whether the overlap rule holds this schedule's instants back: a run that it made has not ended. */
export function isOverlapping({ db }: Turn, { schedule, overlap }: Stand): boolean {
  if (overlap !== "skip") return false;
  const sql = `SELECT 1 FROM runs WHERE schedule = ? AND ${unfinished} LIMIT 1`;
  return db.value<number>(sql, schedule) !== undefined;
}

/** Inserts the run of an instant: the ledger's proof that it fired. */
export function fireOne(turn: Turn, schedule: Stand, instant: number, runId: string, by?: Slots) {
  const task = turn.task(schedule.task);
  if (!task) throw new Error(`schedule ${schedule.schedule} has no task`);
  const { priority, payload } = schedule;
  const row = { id: runId, task, trigger: scheduled, priority, availableAt: turn.now, payload: payload ?? undefined };
  const added = addRun(turn, { ...row, schedule: schedule.schedule, scheduledFor: instant }, by);
  if (!added) throw new Error(`run ${runId} exists`);
  return added;
}
