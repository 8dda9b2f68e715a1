import { DatabaseSync } from "node:sqlite";

/** The file behind the store's back: to look, to break things on purpose, to hold its lock. */
export function openRaw(file: string, options: { readOnly?: boolean; waitMs?: number } = {}): DatabaseSync {
  const { readOnly = false, waitMs = 5_000 } = options;
  return new DatabaseSync(file, { readOnly, timeout: waitMs });
}

/** All rows of a query. */
export function rowsOf<Row>(file: string, sql: string, ...values: (string | number)[]): Row[] {
  const database = openRaw(file, { readOnly: true });
  try {
    return database.prepare(sql).all(...values) as Row[];
  } finally {
    database.close();
  }
}

/** What SQLite says of the file's own soundness; empty when nothing is wrong. */
export function damageOf(file: string): string[] {
  try {
    const rows = rowsOf<{ integrity_check: string }>(file, "PRAGMA integrity_check");
    return rows.map((row) => row.integrity_check).filter((text) => text !== "ok");
  } catch (error) {
    return [String(error)];
  }
}

/** Whether somebody else could write now, within `waitMs`. */
export function isWritable(file: string, waitMs = 0): boolean {
  const database = openRaw(file, { waitMs });
  try {
    database.exec("BEGIN IMMEDIATE; ROLLBACK");
    return true;
  } catch {
    return false;
  } finally {
    database.close();
  }
}
