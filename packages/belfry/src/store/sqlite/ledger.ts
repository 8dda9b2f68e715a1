import { hasEnded } from "../../run/states.ts";
import type { InstantOutcome, LedgerItem, SkipReason } from "../ledger.ts";
import type { Connection } from "./connection.ts";
import { isAgain, isFired, stateNames } from "./states.ts";

/** A part of a schedule's chain: instants later than `from`, up to and including `to`, at most `limit` items. */
export interface LedgerQuery {
  readonly scheduleId: number;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** `LedgerStore.list`. */
export function listLedger(db: Connection, query: LedgerQuery): LedgerItem[] {
  const items = [...firedOf(db, query), ...spansOf(db, query)].sort((a, b) => a.upTo - b.upTo).slice(0, query.limit);
  const [first] = items;
  let after = first?.decision === "fired" ? (endBefore(db, query.scheduleId, first.upTo) ?? first.upTo) : 0;
  return items.map((item) => {
    const linked = item.decision === "fired" ? { ...item, after } : item;
    after = item.upTo;
    return linked;
  });
}

function firedOf(db: Connection, { scheduleId, from, to, limit }: LedgerQuery): LedgerItem[] {
  const sql = `SELECT scheduled_for, id, started_at FROM runs
    WHERE ${isFired} AND schedule = ? AND scheduled_for > ? AND scheduled_for <= ? ORDER BY scheduled_for LIMIT ?`;
  return db
    .tuples<[number, string, number | null]>(sql, scheduleId, from, to, limit)
    .map(([upTo, trackingId, startedAt]) => {
      const lateness = startedAt === null ? {} : { latenessMs: startedAt - upTo };
      return { after: upTo, upTo, decision: "fired", trackingId, ...lateness };
    });
}

function spansOf(db: Connection, { scheduleId, from, to, limit }: LedgerQuery): LedgerItem[] {
  const sql =
    "SELECT after, up_to AS upTo, reason AS decision FROM spans WHERE schedule = ? AND up_to > ? AND after < ? ORDER BY up_to LIMIT ?";
  return db.all<{ after: number; upTo: number; decision: SkipReason }>(sql, scheduleId, from, to, limit);
}

/** Where the chain stood before the decision that ends at `upTo`, as far as the ledger is kept. */
function endBefore(db: Connection, scheduleId: number, upTo: number): number | undefined {
  const ofRuns = db.value<number>(
    `SELECT max(scheduled_for) FROM runs WHERE ${isFired} AND schedule = ? AND scheduled_for < ?`,
    scheduleId,
    upTo,
  );
  const ofSpans = db.value<number>("SELECT max(up_to) FROM spans WHERE schedule = ? AND up_to < ?", scheduleId, upTo);
  if (ofRuns === undefined || ofSpans === undefined) return ofRuns ?? ofSpans;
  return Math.max(ofRuns, ofSpans);
}

/** `LedgerStore.outcomes`. */
export function outcomesOf(
  db: Connection,
  { scheduleId, instants }: { scheduleId: number; instants: readonly number[] },
): InstantOutcome[] {
  return instants.map((instant) => {
    const [seq, state] = newestOf(db, isFired, scheduleId, instant) ?? [0];
    const [againSeq, againState] = newestOf(db, isAgain, scheduleId, instant) ?? [0];
    return outcomeOf(againSeq > seq ? againState : state);
  });
}

/** The newest run of this kind that points to the instant. */
function newestOf(db: Connection, kind: string, schedule: number, instant: number) {
  const sql = `SELECT seq, state FROM runs WHERE ${kind} AND schedule = ? AND scheduled_for = ? ORDER BY seq DESC LIMIT 1`;
  return db.tuples<[seq: number, state: number]>(sql, schedule, instant)[0];
}

function outcomeOf(state: number | undefined): InstantOutcome {
  const name = state === undefined ? undefined : stateNames[state];
  if (!name) return "none";
  if (!hasEnded(name)) return "unfinished";
  return name === "completed" ? "completed" : "failed";
}
