import type { Stats } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { BelfryError } from "../../base/errors.ts";
import type { Clock } from "../../clock/clock.ts";
import type { BackupReport } from "../backup.ts";
import { copyInto, damageOf, isThere, logs, place, reading, syncFile, withPart } from "./backup-files.ts";
import { isOurs } from "./opening.ts";
import { checkSqlite } from "./place.ts";

/**
 * Copies the store at `source` into the new file `target` while engines work on it: one snapshot, whole, checked, on
 * the disk, and one file that needs no log. Everything that was acknowledged before the call is in it. The target has
 * its name only once it is complete. Throws E_BACKUP_FILE for a target that exists or cannot be, E_STORE_OPEN for a
 * source that is none, E_STORE_FULL, E_STORE_CORRUPT, E_STORE_NOT_DATABASE.
 */
export async function backupSqlite(options: { source: string; target: string; clock: Clock }): Promise<BackupReport> {
  checkSqlite();
  const source = resolve(options.source);
  const rights = await sourceOf(source, (problem) => {
    return new BelfryError("E_STORE_OPEN", { value: source, detail: `it ${problem}` });
  });
  const target = await targetOf(options.target, source);
  return withPart(target, { rights, clock: options.clock }, async (part) => {
    copyStore(await realpath(source), part);
    checkCopy(part, source);
    await syncFile(part);
    const { size } = await stat(part);
    if (!(await place(part, target))) throw refuse(target, taken);
    return { bytes: size };
  });
}

const taken = "exists already; name a new one";

function refuse(value: string, problem: string): BelfryError {
  return new BelfryError("E_BACKUP_FILE", { value, problem });
}

/** The file to copy from. Rejects with what `because` makes of what is wrong with it. */
export async function sourceOf(path: string, because: (problem: string) => BelfryError): Promise<Stats> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw because("does not exist");
  if (found.isFile()) return found;
  throw because(found.isDirectory() ? "is a folder; name a file in it" : "is no plain file");
}

/** The whole path of the file to be made, where one can be. */
async function targetOf(file: string, source: string): Promise<string> {
  if (file === "" || file.includes("\0")) throw refuse(file, "has a name that no file can have");
  const target = resolve(file);
  const folder = await stat(dirname(target)).catch(() => undefined);
  if (!folder?.isDirectory()) throw refuse(target, `lies in ${dirname(target)}, which is no folder; make it first`);
  if (target === source) throw refuse(target, "is the store itself; name a new one");
  if (await isThere(target)) throw refuse(target, taken);
  if (logs.some((end) => target === source + end)) throw refuse(target, "has a name that the store itself needs");
  for (const end of logs) {
    // SQLite would take it for the new file's own.
    if (await isThere(target + end)) throw refuse(target, `has another database's ${target}${end} beside it`);
  }
  return target;
}

/** The last connection to close takes the log away, for which it has to be one that could write. */
function copyStore(source: string, part: string): void {
  reading(source, { readOnly: false }, (db) => {
    if (isOurs(db)) return copyInto(db, source, part);
    const detail = "it is no store of Belfry's; name another file";
    throw new BelfryError("E_STORE_OPEN", { value: source, detail });
  });
}

function checkCopy(part: string, source: string): void {
  const detail = reading(part, { readOnly: true }, damageOf);
  if (detail !== undefined) throw new BelfryError("E_STORE_CORRUPT", { value: source, detail });
}
