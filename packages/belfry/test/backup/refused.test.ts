import { link, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { openRaw, rowsOf } from "../chaos/support/raw.ts";
import { Bench, freshFile, openAt } from "../sqlite/kit.ts";
import { backup, fill, namesBeside, refusalOf, restore } from "./kit.ts";

const { DatabaseSync } = process.getBuiltinModule("node:sqlite");

let file: string;
let folder: string;
let copy: string;

beforeEach(async () => {
  file = await freshFile();
  folder = dirname(file);
  copy = join(folder, "copy.db");
  fill(file, 2_000);
  await backup(file, copy);
});

test("what is no sound backup is refused, and the store is left as it was", async () => {
  const good = await readFile(copy);
  const write = (name: string, bytes: Buffer | string) => writeFile(join(folder, name), bytes);
  await mkdir(join(folder, "sub"));
  await write("text", "a text, and no database: ".repeat(200));
  await write("empty", "");
  await write("short", good.subarray(0, good.length - 3 * 4_096));
  await write("shorter", good.subarray(0, 50));
  const holed = Buffer.from(good);
  holed.fill(0xff, good.length - 20 * 4_096, good.length - 10 * 4_096);
  await write("holed", holed);
  await write("newer", good);
  const newer = openRaw(join(folder, "newer"));
  newer.exec("UPDATE meta SET schema = 99, compatible = 98");
  newer.close();
  const theirs = new DatabaseSync(join(folder, "theirs"));
  theirs.exec("CREATE TABLE meta (theirs INTEGER)");
  theirs.close();
  await link(file, join(folder, "twin"));
  const store = await readFile(file);
  const before = await namesBeside(file);
  const cases = [
    ["gone", "E_BACKUP_FILE", "does not exist"],
    ["sub", "E_BACKUP_FILE", "is a folder"],
    ["text", "E_BACKUP_FILE", "is no SQLite database"],
    ["shorter", "E_BACKUP_FILE", "is damaged"],
    ["empty", "E_BACKUP_FILE", "is no backup of a Belfry store"],
    ["theirs", "E_BACKUP_FILE", "is no backup of a Belfry store"],
    ["short", "E_BACKUP_FILE", "is damaged"],
    ["holed", "E_BACKUP_FILE", "is damaged"],
    ["belfry.db", "E_BACKUP_FILE", "is the store itself"],
    ["twin", "E_BACKUP_FILE", "is the store itself"],
    ["newer", "E_STORE_NEWER", "99"],
  ] as const;
  for (const [name, code, words] of cases) {
    const refused = await refusalOf(restore(join(folder, name), file));
    expect(refused, name).toMatchObject({ code, message: expect.stringContaining(words) });
  }
  expect(await namesBeside(file)).toEqual(before);
  expect((await readFile(file)).equals(store)).toBe(true);
});

test("a place that cannot hold a store, or holds something else, is refused and left as it was", async () => {
  const text = "a text, and no database: ".repeat(200);
  await writeFile(join(folder, "text"), text);
  const theirs = new DatabaseSync(join(folder, "theirs"));
  theirs.exec("CREATE TABLE meta (theirs INTEGER)");
  theirs.close();
  const bytes = await readFile(join(folder, "theirs"));
  const before = await namesBeside(file);
  const cases = [
    [folder, "E_STORE_OPEN", "it is a folder"],
    [join(folder, "gone", "belfry.db"), "E_STORE_OPEN", "does not exist"],
    [join(folder, "text"), "E_STORE_NOT_DATABASE", "text"],
    [join(folder, "theirs"), "E_STORE_OPEN", "another program"],
  ] as const;
  for (const [target, code, words] of cases) {
    const refused = await refusalOf(restore(copy, target));
    expect(refused, target).toMatchObject({ code, message: expect.stringContaining(words) });
  }
  expect(await namesBeside(file)).toEqual(before);
  expect(await readFile(join(folder, "text"), "utf8")).toBe(text);
  expect((await readFile(join(folder, "theirs"))).equals(bytes)).toBe(true);
});

test("while a node's lease lasts, or anybody has the file open, it is refused by name; then it goes", async () => {
  const store = await openAt(file);
  const { epoch } = await store.nodes.register({ name: "worker-one", leaseMs: 60_000, taskIds: [] });
  const inUse = (words: string) => ({ code: "E_STORE_IN_USE", message: expect.stringContaining(words) });
  expect(await refusalOf(restore(copy, file))).toEqual(inUse("node worker-one"));
  await store.nodes.leave(epoch);
  expect(await refusalOf(restore(copy, file))).toEqual(inUse("another process that has it open"));
  await store.close();
  // One that only reads, and one that writes.
  for (const options of [{ readOnly: true }, {}]) {
    const other = openRaw(file, options);
    other.prepare("SELECT count(*) FROM runs").get();
    if (!("readOnly" in options)) other.exec("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE");
    expect(await refusalOf(restore(copy, file))).toEqual(inUse("another process that has it open"));
    other.close();
  }
  await restore(copy, file);
  expect(rowsOf(file, "SELECT count(*) AS runs FROM runs")).toEqual([{ runs: 2_000 }]);
});

test("a node whose lease lasts stands in the way also where nobody has the file open and nothing proves its death", async () => {
  const bench = new Bench(file);
  const { epoch } = bench.node();
  bench.db.close();
  const refused = await refusalOf(restore(copy, file));
  expect(refused).toEqual({
    code: "E_STORE_IN_USE",
    message: expect.stringMatching(/node node \(its lease lasts until \S+Z\);/),
  });
  const again = new Bench(file);
  again.one("leave", epoch);
  again.db.close();
  await restore(copy, file);
});

test("a node whose lease is over and whose death is not proved does not stand in the way", async () => {
  const bench = new Bench(file);
  bench.now = Date.now() - 3_600_000;
  bench.node();
  bench.db.close();
  await restore(copy, file);
});
