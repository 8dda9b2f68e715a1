import { link, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { BelfryError, isBelfryError } from "../../base/errors.ts";
import type { Clock } from "../../clock/clock.ts";
import { Connection } from "./connection.ts";
import { fromWireError, toWireError } from "./failures.ts";

/** What SQLite keeps beside a database's file: by their names, whatever database they were written for. */
export const logs = ["-wal", "-shm", "-journal"] as const;

/** Waits until the folder's own entries have reached the disk: a name is as durable as its folder. */
export async function syncFolderOf(path: string): Promise<void> {
  await syncPath(dirname(path), "r");
}

/** Waits until the file has reached the disk. */
export async function syncFile(path: string): Promise<void> {
  await syncPath(path, "r+");
}

async function syncPath(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** An error of the file system's as one of ours; `path` is what could not be written. */
function toFileError(error: unknown, path: string): Error {
  if (isBelfryError(error)) return error;
  const { code } = error as { code?: unknown };
  if (code === "ENOSPC" || code === "EDQUOT") return new BelfryError("E_STORE_FULL", { value: path });
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return new BelfryError("E_BACKUP_FILE", { value: path, problem: "cannot be written; its folder is not ours" });
  return fromWireError(toWireError(error, path));
}

/** Who may use a file. */
export interface Rights {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Makes a file beside `target` under a name of its own, with these rights as far as this user can give them, and hands
 * it to `make`. Where that fails nothing is left; a process that is killed leaves a name that ends in `.part`.
 */
export async function withPart<T>(
  target: string,
  { rights, clock }: { rights: Rights; clock: Clock },
  make: (part: string) => Promise<T>,
): Promise<T> {
  const part = join(dirname(target), `.${basename(target)}.${clock.randomHex(8)}.part`);
  try {
    const handle = await open(part, "wx", rights.mode & 0o777);
    // What root restores is still for the user that the engine runs as.
    if (process.getuid?.() === 0) await handle.chown(rights.uid, rights.gid);
    await handle.close();
    return await make(part);
  } catch (error) {
    throw toFileError(error, target);
  } finally {
    for (const end of ["", ...logs]) await rm(`${part}${end}`, { force: true });
  }
}

/** Gives a finished part its name; false where that name is taken. Never replaces a file. */
export async function place(part: string, target: string): Promise<boolean> {
  try {
    await link(part, target);
    await rm(part);
  } catch (error) {
    if ((error as { code?: unknown }).code === "EEXIST") return false;
    // A file system without hard links.
    if (await isThere(target)) return false;
    await rename(part, target);
  }
  await syncFolderOf(target);
  return true;
}

/** Whether a file of this name exists. */
export async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** Opens the file for `work` alone. Errors of SQLite's become ours. */
export function reading<T>(file: string, options: { readOnly: boolean }, work: (db: Connection) => T): T {
  try {
    const db = new Connection(file, options);
    try {
      return work(db);
    } finally {
      db.close();
    }
  } catch (error) {
    throw fromWireError(toWireError(error, file));
  }
}

/**
 * Copies a store as it stands in one snapshot into an empty file, whole and without a log. Writers go on meanwhile.
 * Blocks this thread while it copies.
 */
export function copyInto(db: Connection, source: string, part: string): void {
  try {
    db.run("VACUUM INTO ?", part);
  } catch (error) {
    const wire = toWireError(error, source);
    throw fromWireError(wire.code === "E_STORE_FULL" ? toWireError(error, dirname(part)) : wire);
  }
}

/** What SQLite finds wrong with the file, in its own words; undefined where nothing is. */
export function damageOf(db: Connection): string | undefined {
  const found = db.value<string>("PRAGMA integrity_check(1)");
  return found === "ok" ? undefined : String(found);
}
