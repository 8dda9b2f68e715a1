import { realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { BelfryError, isBelfryError } from "../../base/errors.ts";
import type { Clock } from "../../clock/clock.ts";
import type { RestoreReport } from "../backup.ts";
import type { Presence } from "../presence.ts";
import { sourceOf } from "./backup.ts";
import { copyInto, damageOf, reading, syncFile, withPart } from "./backup-files.ts";
import { checkSchema, isOurs } from "./opening.ts";
import { checkPlace, checkSqlite } from "./place.ts";
import { makeCurrent } from "./restore-rows.ts";
import { nothing, placeNew, Replaced } from "./restore-target.ts";

/**
 * Puts a backup in the place of the store at `target`, in one step, under a new epoch: every token that was given out
 * before is refused. What stood there is kept beside it; the backup stays as it is. Until the last moment nothing is
 * changed. Throws E_BACKUP_FILE for what is no sound backup, E_STORE_NEWER for one of a newer Belfry, E_STORE_IN_USE
 * while a node lives on the target or any process has it open, and what opening a store throws.
 */
export async function restoreSqlite(options: {
  source: string;
  target: string;
  presence: Presence;
  clock: Clock;
}): Promise<RestoreReport> {
  checkSqlite();
  const { presence, clock } = options;
  const source = resolve(options.source);
  const { ino, dev, mode } = await sourceOf(source, (problem) => refuse(source, problem));
  const target = await realPlace(options.target);
  const there = await stat(target).catch(() => undefined);
  if (there && there.ino === ino && there.dev === dev) throw refuse(source, "is the store itself; name a backup of it");
  // Those of the store that stood there; of a new one: the backup's, and who owns the folder.
  const rights = there ?? { ...(await stat(dirname(target))), mode };
  checkBackup(source);
  const replaced = await Replaced.take(target, presence, clock.now());
  try {
    return await withPart(target, { rights, clock }, async (part) => {
      reading(source, { readOnly: true }, (db) => copyInto(db, source, part));
      const told = makeCurrent(part, replaced?.legacy ?? nothing, clock.now());
      await syncFile(part);
      const { size } = await stat(part);
      const keptAs = replaced ? await replaced.by(part) : await placeNew(part, target);
      return { bytes: size, ...(keptAs === undefined ? {} : { keptAs }), ...told };
    });
  } finally {
    replaced?.release();
  }
}

function refuse(value: string, problem: string): BelfryError {
  return new BelfryError("E_BACKUP_FILE", { value, problem });
}

/** The file that the path means: a link stays, and what it leads to is replaced. */
async function realPlace(file: string): Promise<string> {
  const path = await checkPlace(file, true);
  const real = await realpath(path).catch(() => path);
  return real === path ? path : checkPlace(real, true);
}

/** Refuses what is no sound store of Belfry's. */
function checkBackup(source: string): void {
  let damage: string | undefined;
  try {
    damage = reading(source, { readOnly: true }, (db) => {
      if (!isOurs(db)) throw refuse(source, "is no backup of a Belfry store");
      checkSchema(db, source);
      return damageOf(db);
    });
  } catch (error) {
    if (isBelfryError(error, "E_STORE_NOT_DATABASE")) throw refuse(source, "is no SQLite database");
    if (!isBelfryError(error, "E_STORE_CORRUPT")) throw error;
    damage = String(error.fields.detail);
  }
  if (damage !== undefined) throw refuse(source, `is damaged (${damage}); take another backup`);
}
