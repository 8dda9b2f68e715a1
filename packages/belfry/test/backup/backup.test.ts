import { chmod, chown, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { damageOf, rowsOf } from "../chaos/support/raw.ts";
import { Bench, freshFile, openAt } from "../sqlite/kit.ts";
import { backup, fill, namesBeside, othersBeside, refusalOf, restore } from "./kit.ts";

const { DatabaseSync } = process.getBuiltinModule("node:sqlite");

test("a backup is one sound file that opens by itself, made while the store is open", async () => {
  const bench = await Bench.open();
  bench.commit(...Array.from({ length: 300 }, () => bench.insertion()));
  const file = join(dirname(bench.file), "copy.db");
  const { bytes } = await backup(bench.file, file);
  expect(bytes).toBe((await stat(file)).size);
  expect(damageOf(file)).toEqual([]);
  expect(rowsOf(file, "SELECT count(*) AS runs FROM runs")).toEqual([{ runs: 300 }]);
  // The store's own files, the copy, and nothing beside it.
  expect(await namesBeside(file)).toEqual(["belfry.db", "belfry.db-shm", "belfry.db-wal", "copy.db"]);
  expect(bench.commit(bench.insertion()).answers[0]?.[2]).toBeUndefined();
});

test("what a killed process left in the log is in it, and a store that nobody has open is left as it was", async () => {
  const bench = await Bench.open();
  bench.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  bench.commit(bench.insertion());
  const folder = join(dirname(bench.file), "crashed");
  await mkdir(folder);
  const crashed = join(folder, "belfry.db");
  for (const end of ["", "-wal"]) await writeFile(crashed + end, await readFile(bench.file + end));
  const file = join(folder, "copy.db");
  await backup(crashed, file);
  expect(rowsOf(file, "SELECT count(*) AS runs FROM runs")).toEqual([{ runs: 1 }]);
  expect(await namesBeside(file)).toEqual(["belfry.db", "copy.db"]);
});

test("backup and restored store belong to whom the store belonged to, and are as closed", async () => {
  const file = await freshFile();
  await (await openAt(file)).close();
  await chmod(file, 0o600);
  // Only root can give files away; for everybody else they stay their own.
  if (process.getuid?.() === 0) await chown(file, 12_345, 12_346);
  const { uid, gid, mode } = await stat(file);
  await backup(file, `${file}.bak`);
  await restore(`${file}.bak`, file);
  for (const path of [`${file}.bak`, file]) expect(await stat(path)).toMatchObject({ uid, gid, mode });
});

test("a target that exists or cannot be is refused, and nothing is made", async () => {
  const file = await freshFile();
  await (await openAt(file)).close();
  const folder = dirname(file);
  await mkdir(join(folder, "sub"));
  await writeFile(join(folder, "taken"), "mine");
  await symlink(join(folder, "nowhere"), join(folder, "link"));
  await writeFile(join(folder, "old.db-wal"), "");
  const before = await namesBeside(file);
  const cases = [
    [join(folder, "taken"), "exists already"],
    [join(folder, "sub"), "exists already"],
    [join(folder, "link"), "exists already"],
    [file, "is the store itself"],
    [`${file}-wal`, "the store itself needs"],
    [`${file}-journal`, "the store itself needs"],
    [join(folder, "old.db"), "old.db-wal beside it"],
    [join(folder, "gone", "copy.db"), `${join(folder, "gone")}, which is no folder`],
    [join(folder, "taken", "copy.db"), "which is no folder"],
    ["", "no file can have"],
    ["a\0b", "no file can have"],
  ] as const;
  for (const [target, words] of cases) {
    const refused = await refusalOf(backup(file, target));
    expect(refused, target).toMatchObject({ code: "E_BACKUP_FILE", message: expect.stringContaining(words) });
  }
  expect(await namesBeside(file)).toEqual(before);
  expect(await readFile(join(folder, "taken"), "utf8")).toBe("mine");
});

test("a source that is no store is refused, and left as it was", async () => {
  const file = await freshFile();
  const folder = dirname(file);
  const target = join(folder, "copy.db");
  const text = "a text, and no database: ".repeat(200);
  await writeFile(join(folder, "text"), text);
  await writeFile(join(folder, "empty"), "");
  const theirs = new DatabaseSync(join(folder, "theirs"));
  theirs.exec("CREATE TABLE runs (theirs INTEGER)");
  theirs.close();
  const before = await namesBeside(file);
  const cases = [
    ["gone", "E_STORE_OPEN", "does not exist"],
    [".", "E_STORE_OPEN", "is a folder"],
    ["text", "E_STORE_NOT_DATABASE", "is not an SQLite database"],
    ["empty", "E_STORE_OPEN", "no store of Belfry's"],
    ["theirs", "E_STORE_OPEN", "no store of Belfry's"],
  ] as const;
  for (const [name, code, words] of cases) {
    const refused = await refusalOf(backup(join(folder, name), target));
    expect(refused, name).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(refused.message).not.toContain("copy.db");
  }
  expect(await namesBeside(file)).toEqual(before);
  expect(await readFile(join(folder, "text"), "utf8")).toBe(text);
});

test("a damaged store gives no backup", async () => {
  const file = await freshFile();
  fill(file, 2_000);
  const bytes = await readFile(file);
  bytes.fill(0xff, bytes.length - 40 * 4_096);
  await writeFile(file, bytes);
  expect((await refusalOf(backup(file, `${file}.bak`))).code).toBe("E_STORE_CORRUPT");
  expect(await othersBeside(file)).toEqual([]);
});
