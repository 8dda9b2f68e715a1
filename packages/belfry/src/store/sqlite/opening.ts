import { statSync } from "node:fs";
import { BelfryError } from "../../base/errors.ts";
import { Connection, lockWaitMsMax } from "./connection.ts";
import { isBusy } from "./failures.ts";
import { migrations } from "./migrations.ts";

/** Marks a file as ours: "Bfry" in its header. */
const applicationId = 0x42667279;
/** The first fencing token's predecessor. Where a store was restored, its epoch leads the tokens: `restore-epoch.ts`. */
const tokenStart = 2 ** 40;

/**
 * Opens the file for writing: a file of ours, or a new one, brought to the newest schema where `migrate` allows it.
 * Two processes may do this at once. Throws E_STORE_OPEN, E_STORE_NEWER, or SQLite's own errors.
 */
export function openWriting(file: string, migrate: boolean): Connection {
  const before = inodeOf(file);
  const db = new Connection(file, { readOnly: false });
  try {
    checkOwner(db, file);
    // Another store was restored in its place while its lock was waited for: that one is meant.
    if (before !== undefined && inodeOf(file) !== before) {
      db.close();
      return openWriting(file, migrate);
    }
    if (!migrate) checkMigrated(db, file);
    useWal(db);
    if (migrate) migrateAll(db, file);
    checkWritable(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens the file for reading beside the writing connection, which has made it. */
export function openReading(file: string): Connection {
  return new Connection(file, { readOnly: true });
}

function inodeOf(file: string): bigint | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
}

/** Whether the file is a store of Belfry's, rather than empty or somebody else's. */
export function isOurs(db: Connection): boolean {
  return db.value<number>("PRAGMA application_id") === applicationId;
}

/** A database of somebody else's is not touched, whatever its tables are called. */
export function checkOwner(db: Connection, file: string): void {
  if (isOurs(db)) return;
  const tables = db.value<number>("SELECT count(*) FROM sqlite_schema") ?? 0;
  // Another process may be at its very first migration: then the mark came between the two reads.
  if (tables === 0 || isOurs(db)) return;
  throw new BelfryError("E_STORE_OPEN", {
    value: file,
    detail: "it is a database of another program; name another file",
  });
}

/** A file that this process may only read opens without complaint; a write that is taken back tells. */
function checkWritable(db: Connection): void {
  // From here on a lock that is held is waited for in between, so that later calls can join the group.
  db.exec("PRAGMA busy_timeout = 0");
  try {
    db.exec("BEGIN IMMEDIATE");
    db.run("UPDATE meta SET schema = schema");
  } catch (error) {
    // Somebody writes: so it can be written.
    if (!isBusy(error)) throw error;
  } finally {
    db.rollback();
  }
}

function useWal(db: Connection): void {
  // Changing the mode takes a lock that SQLite does not wait for when two processes do it at once.
  retryBusy(() => {
    if (db.value<string>("PRAGMA journal_mode") === "wal") return;
    db.exec("PRAGMA journal_mode = WAL");
  });
}

function migrateAll(db: Connection, file: string): void {
  let version = checkSchema(db, file);
  while (version < migrations.length) version = migrateOnce(db, file);
}

/** One step, in a transaction that looks again: another process may have done it. */
function migrateOnce(db: Connection, file: string): number {
  retryBusy(() => db.exec("BEGIN IMMEDIATE"));
  try {
    const version = checkSchema(db, file);
    const step = migrations[version];
    if (!step) return version;
    db.exec(step.sql);
    if (version === 0) {
      db.exec(`PRAGMA application_id = ${applicationId}`);
      db.run("INSERT INTO meta (id, schema, compatible, token, changes) VALUES (1, 0, 0, ?, 0)", tokenStart);
    }
    db.run("UPDATE meta SET schema = ?, compatible = ?", version + 1, step.compatible);
    db.exec("COMMIT");
    return version + 1;
  } finally {
    db.rollback();
  }
}

function checkMigrated(db: Connection, file: string): void {
  const version = checkSchema(db, file);
  if (version >= migrations.length) return;
  const detail = `it has schema ${version} and ${migrations.length} is needed; open it once with \`migrate: true\`, or run \`belfry migrate\``;
  throw new BelfryError("E_STORE_OPEN", { value: file, detail });
}

/** The file's schema; 0 for a new file. A newer one will do as long as it says that this engine can work with it. */
export function checkSchema(db: Connection, file: string): number {
  if (db.value<number>("SELECT 1 FROM sqlite_schema WHERE name = 'meta'") === undefined) return 0;
  const [row] = db.tuples<[number, number]>("SELECT schema, compatible FROM meta");
  const [schema, compatible] = row ?? [0, 0];
  if (compatible <= migrations.length) return schema;
  throw new BelfryError("E_STORE_NEWER", { value: file, found: schema, known: migrations.length });
}

/** Calls again while another connection is in the way; SQLite's own waiting bounds each try where it waits at all. */
function retryBusy(work: () => void): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const pauseMs = 5;
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      work();
      return;
    } catch (error) {
      if (!isBusy(error) || waitedMs >= lockWaitMsMax) throw error;
      Atomics.wait(pause, 0, 0, pauseMs);
    }
  }
}
