import { readdir, readlink, rename } from "node:fs/promises";
import { expect, test } from "vitest";
import { rowsOf } from "../chaos/support/raw.ts";
import { eventually } from "../contract/context.ts";
import { freshFile, openAt } from "../sqlite/kit.ts";
import { fill } from "./kit.ts";

const { DatabaseSync } = process.getBuiltinModule("node:sqlite");

/** How often this process has the file open; where the system does not say, often enough. */
async function holdersOf(file: string): Promise<number> {
  if (process.platform !== "linux") return Number.POSITIVE_INFINITY;
  const folder = "/proc/self/fd";
  // Some are closed again while they are looked at.
  const links = await Promise.all((await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => "")));
  return links.filter((link) => link === file).length;
}

test("who waits for the old store's lock while it is replaced opens the new one", async () => {
  const file = await freshFile();
  fill(file, 1);
  fill(`${file}.new`, 7);
  const lock = new DatabaseSync(file);
  lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
  const opening = openAt(file);
  try {
    await eventually(async () => (await holdersOf(file)) > 1);
    await rename(`${file}.new`, file);
  } finally {
    lock.close();
  }
  const store = await opening;
  await store.nodes.register({ name: "late", leaseMs: 60_000, taskIds: [] });
  await store.close();
  expect(rowsOf(file, "SELECT name FROM nodes")).toEqual([{ name: "late" }]);
  expect(rowsOf(file, "SELECT count(*) AS runs FROM runs")).toEqual([{ runs: 7 }]);
});
