import { toIso } from "../../run/record.ts";
import type { RestoreReport } from "../backup.ts";
import type { Connection } from "./connection.ts";
import { disband } from "./nodes.ts";
import { openWriting } from "./opening.ts";
import { leap } from "./restore-epoch.ts";
import { unfinished } from "./states.ts";
import { Turn } from "./turn.ts";

const runsShownMax = 100;
const schedulesShownMax = 1_000;

/** What a restore tells of the rows. */
type Told = Pick<RestoreReport, "unfinished" | "lost" | "schedules">;

/** An API key's row. */
export type KeptKey = Readonly<Record<(typeof keyColumns)[number], string | number | null>>;

const keyColumns = ["id", "name", "scope", "hash", "created_at", "revoked_at"] as const;

/** What outlives the store that is replaced. */
export interface Legacy {
  /** The newest token that it gave out. */
  readonly newestToken: number;
  readonly keys: readonly KeptKey[];
}

/** Reads it from a store of any schema. */
export function readLegacy(db: Connection): Legacy {
  const hasKeys = db.value<number>("SELECT 1 FROM sqlite_schema WHERE name = 'api_keys'") !== undefined;
  return {
    newestToken: newestToken(db),
    keys: hasKeys ? db.all<KeptKey>(`SELECT ${keyColumns.join()} FROM api_keys ORDER BY key`) : [],
  };
}

/**
 * Makes a copy of a backup a store to go on with, in one transaction: the newest schema, a new epoch, no node, no run
 * that is held, and the API keys of the replaced store as they are there: who was shut out stays out. The file is whole
 * without its log afterwards.
 */
export function makeCurrent(file: string, legacy: Legacy, now: number): Told {
  const db = openWriting(file, true);
  try {
    db.exec("BEGIN IMMEDIATE");
    const turn = new Turn(db);
    turn.now = now;
    const lost = disband(turn).map(({ id, task }) => ({ trackingId: id, task }));
    turn.flush();
    raiseEpoch(db, legacy.newestToken, now);
    keepKeys(db, legacy.keys);
    const told = {
      unfinished: unfinishedRuns(db),
      lost: { count: lost.length, items: lost.slice(0, runsShownMax) },
      schedules: reopenedSchedules(db, now),
    };
    db.exec("COMMIT");
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return told;
  } finally {
    db.rollback();
    db.close();
  }
}

/** Tokens and the epochs of nodes go on above all that was ever given out. */
function raiseEpoch(db: Connection, newest: number, now: number): void {
  const known = Math.max(newest, newestToken(db));
  const start = leap(known, now);
  db.run("UPDATE meta SET token = ?", start);
  db.run("DELETE FROM sqlite_sequence WHERE name = 'nodes'");
  db.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('nodes', CAST(? AS INTEGER))", start);
}

function keepKeys(db: Connection, keys: readonly KeptKey[]): void {
  const places = keyColumns.map(() => "?").join();
  const sql = `INSERT INTO api_keys (${keyColumns.join()}) VALUES (${places})
    ON CONFLICT (id) DO UPDATE SET revoked_at = coalesce(excluded.revoked_at, revoked_at)`;
  for (const key of keys) db.run(sql, ...keyColumns.map((column) => key[column]));
}

function newestToken(db: Connection): number {
  return db.value<number>("SELECT token FROM meta") ?? 0;
}

function unfinishedRuns(db: Connection): RestoreReport["unfinished"] {
  const items = db.all<{ trackingId: string; task: string }>(
    `SELECT r.id AS trackingId, t.name AS task FROM runs r JOIN tasks t ON t.task = r.task WHERE r.${unfinished}
     ORDER BY r.seq LIMIT ?`,
    runsShownMax,
  );
  return { count: db.value<number>(`SELECT count(*) FROM runs WHERE ${unfinished}`) ?? 0, items };
}

function reopenedSchedules(db: Connection, now: number): RestoreReport["schedules"] {
  const rows = db.all<{ task: string; key: string; cursor: number }>(
    `SELECT t.name AS task, s.key, s.cursor FROM schedules s JOIN tasks t ON t.task = s.task
     WHERE s.due_at <= ? ORDER BY t.name, s.key LIMIT ?`,
    now,
    schedulesShownMax,
  );
  const upTo = toIso(now);
  return {
    count: db.value<number>("SELECT count(*) FROM schedules WHERE due_at <= ?", now) ?? 0,
    items: rows.map(({ task, key, cursor }) => ({ task, key, after: toIso(cursor), upTo })),
  };
}
