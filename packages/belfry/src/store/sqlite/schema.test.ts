import { expect, test } from "vitest";
import { Bench, freshFile } from "../../../test/sqlite/kit.ts";
import { migrations } from "./migrations.ts";
import { openWriting } from "./opening.ts";

test("the schema that the migrations lead to is the one in schema.sql", async () => {
  const { db } = await Bench.open();
  const rows = db.tuples<[string]>(
    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY tbl_name, type DESC, name",
  );
  const dump = `-- What the migrations lead to; a test writes this file: vitest run schema --update\n\n${rows.map(([sql]) => `${sql};\n`).join("\n")}`;
  await expect(dump).toMatchFileSnapshot("./schema.sql");
});

test("a file knows its schema, and the lowest that an engine must know", async () => {
  const { db } = await Bench.open();
  const rows = db.all("SELECT schema, compatible FROM meta");
  expect(rows).toEqual([{ schema: migrations.length, compatible: migrations.at(-1)?.compatible }]);
});

test("every commit reaches the disk, and the log is written ahead", async () => {
  const db = openWriting(await freshFile(), true);
  expect(db.value("PRAGMA synchronous")).toBe(2);
  expect(db.value("PRAGMA journal_mode")).toBe("wal");
  expect(db.value("PRAGMA fullfsync")).toBe(1);
  db.close();
});

test("no row says what cannot be", async () => {
  const bench = await Bench.open();
  bench.commit(bench.insertion());
  for (const impossible of [
    "UPDATE runs SET state = 6",
    "UPDATE runs SET state = 4",
    "UPDATE runs SET completed_at = 1",
    "UPDATE runs SET state = 3",
    "UPDATE runs SET state = 0",
    "UPDATE runs SET trigger = 0",
    "UPDATE runs SET trigger = 3",
    "UPDATE runs SET trigger = 4",
    "UPDATE runs SET backfill = 1",
  ]) {
    expect(() => bench.db.exec(impossible), impossible).toThrow(expect.objectContaining({ errcode: 275 }));
  }
});
