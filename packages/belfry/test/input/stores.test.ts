import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { shared } from "../../src/engine/global.ts";
import { type Belfry, createBelfry, defineTask, type ErrorCode } from "../../src/index.ts";
import { migrations } from "../../src/store/sqlite/migrations.ts";
import { errorOf, expectRefused } from "./support/refusal.ts";
import { change, contentOf, digestOf, freshFolder, stoppedStore } from "./support/store.ts";

const bill = defineTask({ name: "bill", schedule: "0 0 29 2 *", handler: () => {} });

/** An engine on this store; nothing is opened before `start()`. */
function engineOn(store: string, options: { migrate?: boolean } = {}): Belfry {
  return createBelfry({ store, tasks: [bill], ...options });
}

describe("a URL that names no store: E_STORE_URL, with the URL but without its secrets", () => {
  test.each<[string, string]>([
    ["belfry.db", '"belfry.db"'],
    ["sqlite", '"sqlite"'],
    ["sqlite:", '"sqlite:"'],
    ["SQLITE:belfry.db", '"SQLITE:belfry.db"'],
    ["file:belfry.db", '"file:belfry.db"'],
    // Two slashes are followed by a host, which a file has none of.
    ["sqlite://belfry.db", '"sqlite://belfry.db"'],
    ["sqlite:////belfry.db", '"sqlite:////belfry.db"'],
    ["redis://user:secret@host/0", '"redis://…@host/0"'],
    ["mysql://user:s/e@cret@host/belfry?password=secret", '"mysql://…@host/belfry?…"'],
    ["sqlite:belfry\0.db", '"sqlite:belfry\\u0000.db"'],
  ])("%j", async (store, shown) => {
    const belfry = engineOn(store);
    await expectRefused(
      () => belfry.start(),
      "E_STORE_URL",
      `store ${shown} is of no known kind; expected "sqlite:<file>"`,
    );
    expect(shared().engines.size).toBe(0);
  });
});

describe("a place that can hold no store: E_STORE_OPEN, with the fix, and nothing is made", () => {
  test.each<[string, string, string]>([
    ["a folder that does not exist", "missing/belfry.db", "its folder .*missing does not exist; make it first"],
    ["a folder", "folder", "it is a folder; name a file in it"],
    ["a link to a folder", "link", "it is a folder; name a file in it"],
    ["a file in a file", "file/belfry.db", "file is no folder"],
    ["a device", "/dev/null", "it is no plain file"],
  ])("%s", async (_, path, problem) => {
    const folder = freshFolder();
    mkdirSync(join(folder, "folder"));
    symlinkSync(join(folder, "folder"), join(folder, "link"));
    writeFileSync(join(folder, "file"), "");
    const file = path.startsWith("/") ? path : join(folder, path);
    const error = await errorOf(() => engineOn(`sqlite:${file}`).start());
    expect(error.code).toBe("E_STORE_OPEN");
    expect(error.message).toMatch(new RegExp(`^store .+ could not be opened: .*${problem}`));
    expect(readdirSync(folder).sort()).toEqual(["file", "folder", "link"]);
    expect(readdirSync(join(folder, "folder"))).toEqual([]);
  });

  test("once the place is made, the same engine starts", async () => {
    const folder = join(freshFolder(), "later");
    const belfry = engineOn(`sqlite:${join(folder, "belfry.db")}`);
    await expectRefused(() => belfry.start(), "E_STORE_OPEN");
    mkdirSync(folder);
    await belfry.start();
    expect(await belfry.task("bill").runAndWait()).toMatchObject({ status: "completed" });
    await belfry.stop();
  });
});

describe("a file that is no store of ours is refused, and not touched", () => {
  /** Refuses `file` with the code, whether it may be migrated or not, and leaves every byte of it. */
  async function refuses(file: string, code: ErrorCode, ...parts: string[]): Promise<void> {
    const before = digestOf(file);
    for (const migrate of [true, false]) {
      await expectRefused(() => engineOn(`sqlite:${file}`, { migrate }).start(), code, ...parts);
      expect(shared().engines.size).toBe(0);
    }
    expect(digestOf(file)).toBe(before);
    // SQLite cannot tidy up after itself where it found damage; what it leaves holds nothing.
    const log = `${file}-wal`;
    expect(existsSync(log) ? statSync(log).size : 0).toBe(0);
  }

  test("text", async () => {
    const file = join(freshFolder(), "notes.txt");
    writeFileSync(file, "These are my notes. ".repeat(500));
    await refuses(file, "E_STORE_NOT_DATABASE", `store "${file}" is not an SQLite database; name another file`);
  });

  test("a database of another program", async () => {
    const file = join(freshFolder(), "other.db");
    change(file, "CREATE TABLE meta (schema INTEGER, compatible INTEGER); INSERT INTO meta VALUES (1, 1)");
    await refuses(file, "E_STORE_OPEN", `store "${file}" could not be opened: it is a database of another program`);
  });

  test("a store of a newer Belfry that this one cannot work with", async () => {
    const { file } = await stoppedStore([bill]);
    change(file, "UPDATE meta SET schema = 99, compatible = 98");
    await refuses(
      file,
      "E_STORE_NEWER",
      `store "${file}" has schema 99`,
      `this one knows up to ${migrations.length}: upgrade Belfry`,
    );
  });

  test("a store whose first page is damaged", async () => {
    const { file } = await stoppedStore([bill]);
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xff, 100, 4_000));
    await refuses(file, "E_STORE_CORRUPT", `store "${file}" is damaged`, "restore it from a backup");
  });

  test("a store that was cut", async () => {
    const { file } = await stoppedStore([bill]);
    truncateSync(file, 10_000);
    await refuses(file, "E_STORE_CORRUPT", `store "${file}" is damaged`);
  });
});

describe("a store that this version can work with", () => {
  test("a newer one that says so", async () => {
    const { store, file } = await stoppedStore([bill]);
    change(file, `UPDATE meta SET schema = 99, compatible = ${migrations.length}`);
    const belfry = engineOn(store);
    await belfry.start();
    expect(await belfry.task("bill").runAndWait()).toMatchObject({ status: "completed" });
    await belfry.stop();
    expect(contentOf(file).meta).toMatchObject([{ schema: 99 }]);
  });

  test("an empty file, and one with a name full of surprises", async () => {
    const folder = freshFolder();
    for (const name of ["empty.db", ":memory:", "a b%20c?mode=memory#x.db", "süß🔔.db"]) {
      const file = join(folder, name);
      writeFileSync(file, "");
      const belfry = engineOn(`sqlite:${file}`);
      await belfry.start();
      await belfry.stop();
      expect(contentOf(file).tasks).toMatchObject([{ name: "bill" }]);
    }
  });

  test("one without a schema, where nobody may migrate it, stays as it is", async () => {
    const file = join(freshFolder(), "belfry.db");
    await expectRefused(
      () => engineOn(`sqlite:${file}`, { migrate: false }).start(),
      "E_STORE_OPEN",
      "open it once with `migrate: true`",
    );
    expect(existsSync(file) ? Object.keys(contentOf(file)) : []).toEqual([]);
  });
});
