import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { defineTask } from "../../src/index.ts";
import type { Connection } from "../../src/store/sqlite/connection.ts";
import { toCommitError, toWireError } from "../../src/store/sqlite/failures.ts";
import { commitGroup, type WriteCall } from "../../src/store/sqlite/group.ts";
import { openWriting } from "../../src/store/sqlite/opening.ts";
import { packRun } from "../../src/store/sqlite/wire.ts";
import { contentOf, freshFolder, stoppedStore } from "./support/store.ts";

const bill = defineTask({ name: "bill", handler: () => {} });

/** A store as its writing thread has it. */
async function connectionOn(): Promise<{ db: Connection; file: string; taskId: string }> {
  const { file } = await stoppedStore([bill]);
  const [task] = contentOf(file).tasks as { id: string }[];
  return { db: openWriting(file, false), file, taskId: task?.id ?? "" };
}

/** A trigger, as a call to the thread. */
function insertion(id: number, taskId: string, characters: number): WriteCall {
  const run = {
    id: String(id).padStart(24, "0"),
    taskId,
    trigger: "manual",
    priority: 0,
    payload: `"${"x".repeat(characters)}"`,
  } as const;
  return { id, verb: "insert", args: [packRun(run)], by: undefined, now: () => 1_000 };
}

describe("a full disk", () => {
  test("refuses a whole group, keeps nothing of it, and takes the next once there is room", async () => {
    const { db, file, taskId } = await connectionOn();
    const before = contentOf(file);
    const pages = db.value<number>("PRAGMA page_count") ?? 0;
    db.exec(`PRAGMA max_page_count = ${pages + 10}`);
    const calls = [insertion(1, taskId, 10), insertion(2, taskId, 100_000)];
    const full = { code: "E_STORE_FULL", fields: { value: file } };
    expect(commitGroup(db, calls, file)).toMatchObject({ answers: calls.map(({ id }) => [id, undefined, full]) });
    expect(contentOf(file)).toEqual(before);
    expect(commitGroup(db, calls.slice(0, 1), file)).toMatchObject({ answers: [[1, [["bill", 1_000, 1_000]]]] });
    db.exec("PRAGMA max_page_count = 1000000");
    expect(commitGroup(db, calls.slice(1), file)).toMatchObject({ answers: [[2, [["bill", 1_000, 1_000]]]] });
    expect(db.value("PRAGMA integrity_check")).toBe("ok");
    db.close();
    expect(contentOf(file).runs).toHaveLength(2);
  });
});

describe("SQLite's codes become ours, by their number alone", () => {
  const errorOf = (errcode: number) => Object.assign(new Error("whatever it says"), { errcode, errstr: "words" });
  test.each<[number, string]>([
    [5, "E_STORE_BUSY"],
    [517, "E_STORE_BUSY"],
    [6, "E_STORE_BUSY"],
    [8, "E_STORE_READONLY"],
    [1544, "E_STORE_READONLY"],
    [776, "E_STORE_READONLY"],
    [13, "E_STORE_FULL"],
    [11, "E_STORE_CORRUPT"],
    [779, "E_STORE_CORRUPT"],
    [26, "E_STORE_NOT_DATABASE"],
    [14, "E_STORE_OPEN"],
    [1038, "E_STORE_OPEN"],
    [10, "E_STORE_UNAVAILABLE"],
    [778, "E_STORE_UNAVAILABLE"],
    [7, "E_STORE_UNAVAILABLE"],
    [1, "E_STORE_UNAVAILABLE"],
  ])("%d is %s", (number, code) => {
    expect(toWireError(errorOf(number), "belfry.db").code).toBe(code);
    // Of a COMMIT that failed nobody knows whether it is kept, but where there was no room to say that it is.
    expect(toCommitError(errorOf(number), "belfry.db").code).toBe(number === 13 ? code : "E_OUTCOME_UNKNOWN");
  });

  test("what is no error of SQLite's is not taken for one", () => {
    const detail = "Error: SQLITE_FULL";
    expect(toWireError(new Error("SQLITE_FULL"), "belfry.db")).toEqual({
      code: "E_STORE_UNAVAILABLE",
      fields: { detail },
    });
  });
});

/** Whether a disk can be mounted here, for one process and its children alone: as root, or in a name space of its own. */
const mounts = spawnSync("unshare", ["--mount", "--map-root-user", "true"]).status === 0;
if (!mounts)
  process.stdout.write("a full and a read-only disk: none can be mounted here; held by SQLite's codes alone\n");

for (const disk of mounts ? ["a disk of 2 MiB"] : []) {
  test(`${disk}: full, nothing is acknowledged that is not kept; read only, it is refused`, async () => {
    const child = fileURLToPath(new URL("./support/disk.child.ts", import.meta.url));
    const args = ["--mount", "--map-root-user", process.execPath, child, join(freshFolder(), "disk")];
    const { stdout } = await promisify(execFile)("unshare", args);
    const seen = JSON.parse(stdout) as Record<string, unknown>;
    expect(seen).toMatchObject({
      codes: ["E_STORE_FULL"],
      after: "completed",
      statuses: ["pending"],
      listed: Number(seen.kept) + 1,
      readOnly: "E_STORE_READONLY",
    });
    expect(seen.keptBefore).toBeGreaterThan(1);
    expect(seen.keptWhileFull).toBe(0);
  });
}
