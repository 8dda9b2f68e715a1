import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { freshId, newRun } from "../../../test/contract/context.ts";
import { Bench, freshFile, openAt } from "../../../test/sqlite/kit.ts";
import { isBelfryError } from "../../base/errors.ts";
import { checkFileSystem, checkSqlite } from "./place.ts";

const { DatabaseSync } = process.getBuiltinModule("node:sqlite");

/** What opening this file is refused with. */
async function refusal(file: string, migrate = true): Promise<{ code: string; message: string }> {
  const error: unknown = await openAt(file, { migrate }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isBelfryError(error)) throw new Error(`opened, or failed otherwise: ${error}`);
  return { code: error.code, message: error.message };
}

/** Makes a store at this file, changes it by SQL, and closes it. */
async function changed(file: string, sql: string): Promise<void> {
  const store = await openAt(file);
  await store.close();
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

test("a file that is no database is refused, and left as it was", async () => {
  const file = await freshFile();
  const text = "a text, and no database: ".repeat(200);
  await writeFile(file, text);
  expect(await refusal(file)).toMatchObject({ code: "E_STORE_NOT_DATABASE", message: expect.stringContaining(file) });
  expect(await readFile(file, "utf8")).toBe(text);
  expect(await readdir(dirname(file))).toEqual(["belfry.db"]);
});

test("a database of another program is refused, and left as it was", async () => {
  const file = await freshFile();
  const database = new DatabaseSync(file);
  database.exec("CREATE TABLE runs (theirs INTEGER)");
  database.close();
  const before = await readFile(file);
  expect(await refusal(file)).toMatchObject({
    code: "E_STORE_OPEN",
    message: expect.stringContaining("another program"),
  });
  expect((await readFile(file)).equals(before)).toBe(true);
});

test("an empty file is a new store", async () => {
  const file = await freshFile();
  await writeFile(file, "");
  expect(await (await openAt(file)).tasks.list()).toEqual([]);
});

test("a place that cannot hold a file is refused in words that help", async () => {
  const folder = dirname(await freshFile());
  await mkdir(join(folder, "sub"));
  await writeFile(join(folder, "plain"), "");
  const cases = [
    [join(folder, "sub"), "it is a folder; name a file in it"],
    [join(folder, "gone", "belfry.db"), `its folder ${join(folder, "gone")} does not exist; make it first`],
    [join(folder, "plain", "belfry.db"), "is no folder"],
    ["/dev/null", "it is no plain file"],
    ["", "that names no file"],
    ["a\0b", "that names no file"],
  ] as const;
  for (const [file, words] of cases) {
    expect(await refusal(file), file).toMatchObject({ code: "E_STORE_OPEN", message: expect.stringContaining(words) });
  }
  expect(await readdir(folder)).toEqual(["plain", "sub"]);
});

test("a file that may only be read is refused", async () => {
  const file = await freshFile();
  await (await openAt(file)).close();
  // Byte 18 is the format for writing: SQLite only reads a file whose writer must know more than it does.
  const bytes = await readFile(file);
  bytes[18] = 3;
  await writeFile(file, bytes);
  expect((await refusal(file)).code).toBe("E_STORE_READONLY");
});

test("a damaged file is refused", async () => {
  const file = await freshFile();
  await (await openAt(file)).close();
  const bytes = await readFile(file);
  bytes.fill(0xff, 4_096);
  await writeFile(file, bytes);
  expect((await refusal(file)).code).toBe("E_STORE_CORRUPT");
});

test("a newer schema is refused only where it says that this engine cannot work with it", async () => {
  const file = await freshFile();
  await changed(file, "UPDATE meta SET schema = 99, compatible = 1");
  await (await openAt(file)).close();
  await changed(file, "UPDATE meta SET compatible = 98");
  expect(await refusal(file)).toMatchObject({ code: "E_STORE_NEWER", message: expect.stringContaining("99") });
});

test("without the right to migrate, a store that needs it is refused and nothing is made", async () => {
  const file = await freshFile();
  expect(await refusal(file, false)).toMatchObject({
    code: "E_STORE_OPEN",
    message: expect.stringContaining("migrate"),
  });
  expect(await readdir(dirname(file))).toEqual([]);
  await writeFile(file, "");
  expect(await refusal(file, false)).toMatchObject({
    code: "E_STORE_OPEN",
    message: expect.stringContaining("migrate"),
  });
  expect((await readFile(file)).length).toBe(0);
  await (await openAt(file)).close();
  expect(await (await openAt(file, { migrate: false })).tasks.list()).toEqual([]);
});

test("network file systems are refused by their number, others are not", () => {
  for (const [type, name] of [
    [0x6969, "NFS"],
    [0xff534d42, "CIFS"],
    [-11_317_950, "CIFS"],
    [0x517b, "SMB"],
  ] as const) {
    expect(() => checkFileSystem("belfry.db", type)).toThrow(expect.objectContaining({ code: "E_STORE_FILESYSTEM" }));
    expect(() => checkFileSystem("belfry.db", type)).toThrow(name);
  }
  // ext4, btrfs, xfs, tmpfs, overlayfs, APFS.
  for (const type of [0xef53, 0x9123683e, 0x58465342, 0x1021994, 0x794c7630, 0x1a]) checkFileSystem("belfry.db", type);
});

test("an SQLite that can damage a file is refused", () => {
  for (const version of ["3.51.2", "3.50.9", "2.99.99", undefined]) {
    if (version) expect(() => checkSqlite(version)).toThrow(expect.objectContaining({ code: "E_SQLITE_VERSION" }));
  }
  for (const version of ["3.51.3", "3.51.10", "3.52.0", "3.100.0", "4.0.0"]) checkSqlite(version);
  checkSqlite();
});

test("several may open one new file at once", async () => {
  const file = await freshFile();
  const stores = await Promise.all(Array.from({ length: 4 }, () => openAt(file)));
  const { task } = new Bench(file);
  const ids = await Promise.all(
    stores.map(async ({ runs }) => (await runs.insert([newRun({ id: task.newId }, { id: freshId() })]))[0]?.outcome),
  );
  expect(ids).toEqual(stores.map(() => "created"));
});
