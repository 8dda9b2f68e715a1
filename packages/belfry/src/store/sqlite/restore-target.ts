import { link, rename, rm, stat } from "node:fs/promises";
import { BelfryError, isBelfryError } from "../../base/errors.ts";
import { toIso } from "../../run/record.ts";
import type { NodeRow } from "../nodes.ts";
import type { Presence } from "../presence.ts";
import { isThere, logs, place, reading, syncFolderOf } from "./backup-files.ts";
import { Connection } from "./connection.ts";
import { fromWireError, isBusy, toWireError } from "./failures.ts";
import { listNodes } from "./nodes.ts";
import { checkOwner, checkSchema, isOurs } from "./opening.ts";
import { type Legacy, readLegacy } from "./restore-rows.ts";

/** How long another process may take to let go of the file, in milliseconds: one that only looks is soon done. */
const letGoMs = 1_000;

/**
 * The store that is to be replaced. Its lock is held from the beginning, so that nobody else can open it meanwhile;
 * one that is too damaged to be locked is too damaged to be opened.
 */
export class Replaced {
  readonly file: string;
  /** What the new store takes over from it, as far as it can be read. */
  readonly legacy: Legacy;
  readonly #db: Connection | undefined;
  readonly #dead: readonly NodeRow[];
  readonly #presence: Presence;

  private constructor(file: string, db: Connection | undefined, dead: readonly NodeRow[], presence: Presence) {
    this.file = file;
    this.#db = db;
    this.#dead = dead;
    this.#presence = presence;
    this.legacy = (db && readable(file, () => legacyOf(db))) ?? nothing;
  }

  /**
   * Takes the lock of the store in this file; undefined where there is none. Rejects with E_STORE_IN_USE, naming the
   * nodes, where one lives or may live, or where any process has the file open; and for a file of another program.
   */
  static async take(file: string, presence: Presence, now: number): Promise<Replaced | undefined> {
    if (!(await isThere(file))) return undefined;
    const nodes = readable(file, () => readNodes(file, now)) ?? [];
    const fates = await Promise.all(nodes.map((node) => presence.probe(node)));
    const maybe = nodes.filter((_, index) => fates[index] !== "dead");
    const living = maybe.filter(({ expired }) => !expired);
    if (living.length > 0) throw inUse(file, living);
    const dead = nodes.filter((node) => !maybe.includes(node));
    const db = readable(file, () => lock(file, maybe));
    return new Replaced(file, db, dead, presence);
  }

  /** Puts the new store in its place, in one step. Answers the name under which the old one is kept. */
  async by(part: string): Promise<string> {
    const isWhole = this.#fold();
    const kept = await keepUnderNewName(this.file, isWhole ? [""] : ["", "-wal", "-journal"]);
    // What is damaged cannot be folded; the lock goes first, since with it SQLite takes away a log by its name.
    if (!isWhole) this.release();
    for (const end of isWhole ? (["-shm"] as const) : logs) await rm(this.file + end, { force: true });
    await rename(part, this.file);
    await syncFolderOf(this.file);
    // No row speaks of them any more.
    for (const node of this.#dead) await this.#presence.forget(node);
    return kept;
  }

  release(): void {
    this.#db?.close();
  }

  /** Brings the log into the file, which is then all there is; false where that cannot be done. */
  #fold(): boolean {
    return readable(this.file, () => this.#db?.value<string>("PRAGMA journal_mode = DELETE") === "delete") ?? false;
  }
}

/** Gives the new store its name where there was none. What may be left of an old log is kept; answers its name. */
export async function placeNew(part: string, file: string): Promise<string | undefined> {
  const left: string[] = [];
  for (const end of ["-wal", "-journal"]) if (await isThere(file + end)) left.push(end);
  const kept = left.length > 0 ? await keepUnderNewName(file, left) : undefined;
  for (const end of logs) await rm(file + end, { force: true });
  if (await place(part, file)) return kept;
  throw inUse(file, []);
}

function readNodes(file: string, now: number): NodeRow[] {
  return reading(file, { readOnly: false }, (db) => {
    checkOwner(db, file);
    return checkSchema(db, file) === 0 ? [] : listNodes(db, null, now);
  });
}

/** What a place without a store leaves to a new one. */
export const nothing: Legacy = { newestToken: 0, keys: [] };

function legacyOf(db: Connection): Legacy {
  return isOurs(db) ? readLegacy(db) : nothing;
}

/** A lock that no other connection can stand beside, not even one that only reads. */
function lock(file: string, maybe: readonly NodeRow[]): Connection {
  const db = new Connection(file, { readOnly: false });
  try {
    db.exec(`PRAGMA busy_timeout = ${letGoMs}`);
    db.exec("PRAGMA locking_mode = EXCLUSIVE");
    db.exec("BEGIN EXCLUSIVE");
    db.exec("COMMIT");
    return db;
  } catch (error) {
    db.close();
    throw isBusy(error) ? inUse(file, maybe) : error;
  }
}

function inUse(file: string, nodes: readonly NodeRow[]): BelfryError {
  const names = nodes
    .map(
      ({ name, expired, expiresAt }) => `node ${name}${expired ? "" : ` (its lease lasts until ${toIso(expiresAt)})`}`,
    )
    .join(", ");
  return new BelfryError("E_STORE_IN_USE", { value: file, nodes: names || "another process that has it open" });
}

/** The answer; undefined where the file is too damaged to give one. */
function readable<T>(file: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const known = fromWireError(toWireError(error, file));
    if (isBelfryError(known, "E_STORE_CORRUPT")) return undefined;
    throw known;
  }
}

/** Keeps the files of a database under the first name `<file>.before-restore-<n>` that is free. */
async function keepUnderNewName(file: string, ends: readonly string[]): Promise<string> {
  for (let n = 1; ; n++) {
    const kept = `${file}.before-restore-${n}`;
    const isTaken = (await Promise.all(["", ...logs].map((end) => isThere(kept + end)))).some((there) => there);
    // Where a restore was killed between the two names, this one goes on.
    if (isTaken && !(await isSame(file, kept))) continue;
    for (const end of ends) if (!(await isThere(kept + end))) await keepAs(file + end, kept + end);
    return kept;
  }
}

async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  return a !== undefined && a.ino === b?.ino && a.dev === b.dev;
}

/** A second name for the same file: so that the first never stands for nothing. */
async function keepAs(file: string, kept: string): Promise<void> {
  if (!(await isThere(file))) return;
  try {
    await link(file, kept);
  } catch (error) {
    if ((error as { code?: unknown }).code === "EEXIST") throw error;
    // A file system without hard links.
    await rename(file, kept);
  }
}
