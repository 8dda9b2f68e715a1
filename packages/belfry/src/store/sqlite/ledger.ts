import type { LedgerItem, SkipReason } from "../ledger.ts";
import type { Connection } from "./connection.ts";
import { triggerNames } from "./states.ts";

/** A part of a schedule's chain: instants later than `from`, up to and including `to`, at most `limit` items. */
export interface LedgerQuery {
  readonly scheduleId: number;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

const fired = `trigger = ${triggerNames.indexOf("schedule")}`;

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
    WHERE ${fired} AND schedule = ? AND scheduled_for > ? AND scheduled_for <= ? ORDER BY scheduled_for LIMIT ?`;
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
    `SELECT max(scheduled_for) FROM runs WHERE ${fired} AND schedule = ? AND scheduled_for < ?`,
    scheduleId,
    upTo,
  );
  const ofSpans = db.value<number>("SELECT max(up_to) FROM spans WHERE schedule = ? AND up_to < ?", scheduleId, upTo);
  if (ofRuns === undefined || ofSpans === undefined) return ofRuns ?? ofSpans;
  return Math.max(ofRuns, ofSpans);
}
