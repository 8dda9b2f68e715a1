import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { backupStore, restoreStore } from "../../src/backup.ts";
import { isBelfryError } from "../../src/base/errors.ts";
import { Bench } from "../sqlite/kit.ts";

const perCommit = 500;

/** Adds so many runs to the store in this file, and leaves it. */
export function fill(file: string, runs: number): void {
  const bench = new Bench(file);
  for (let left = runs; left > 0; left -= perCommit) {
    const calls = Array.from({ length: Math.min(left, perCommit) }, () => {
      return bench.insertion({ payload: `"${"x".repeat(200)}"` });
    });
    bench.commit(...calls);
  }
  bench.db.close();
}

/** What a backup or a restore was refused with. */
export async function refusalOf(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error: unknown = await work.then(
    (answer) => new Error(`was not refused: ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  );
  if (isBelfryError(error)) return { code: error.code, message: error.message };
  throw error;
}

export const backup = (source: string, file: string) => backupStore(`sqlite:${source}`, file);
export const restore = (file: string, target: string) => restoreStore(file, `sqlite:${target}`);

/** The names beside this file, its own included, sockets left out. */
export async function namesBeside(file: string): Promise<string[]> {
  return (await readdir(dirname(file))).filter((name) => !name.endsWith(".sock")).sort();
}

/** The same, as far as they are not the file's own. */
export async function othersBeside(file: string): Promise<string[]> {
  return (await namesBeside(file)).filter((name) => name !== basename(file));
}
