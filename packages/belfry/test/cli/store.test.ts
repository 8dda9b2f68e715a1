import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { belfry, documentOf } from "./support/cli.ts";
import { freshFolder, useProject } from "./support/project.ts";

const project = useProject();

async function folderOf(): Promise<string> {
  const { folder, letGo } = await freshFolder();
  onTestFinished(letGo);
  return folder;
}

test("migrate makes the project's store, and says its schema", async () => {
  const cwd = await folderOf();
  const made = documentOf(await belfry(["migrate", "--json"], { cwd }));
  expect(made).toEqual({ store: `sqlite:${join(cwd, "belfry.db")}`, schema: expect.any(Number) });
  expect((await belfry(["migrate"], { cwd })).out).toBe(`${made.store} has schema ${made.schema}\n`);
  expect(await belfry(["tasks"], { cwd })).toEqual({ exit: 0, out: "", err: "no tasks\n" });
});

test("the first key may come before the first start", async () => {
  const store = `sqlite:${join(await folderOf(), "new.db")}`;
  expect(await belfry(["keys", "create", "--name", "first", "--store", store])).toMatchObject({ exit: 0 });
});

test("a backup is made while the store is in use, and restored elsewhere", async () => {
  const cwd = await folderOf();
  const { engine, store } = project();
  await engine.task("fails").run({ delay: "1h", reason: "still to come" });
  const { trackingId } = (await engine.runs.list({ task: "fails" })).items[0] ?? {};
  const made = documentOf(await belfry(["backup", "copy.db", "--store", store, "--json"], { cwd }));
  expect(made).toEqual({ store, file: join(cwd, "copy.db"), bytes: expect.any(Number) });
  expect(await belfry(["backup", "copy.db", "--store", store], { cwd })).toMatchObject({ exit: 2, out: "" });

  const human = await belfry(["restore", "copy.db"], { cwd });
  expect(human).toMatchObject({ exit: 0, err: "" });
  expect(human.out).toMatch(/runs that had not ended at the backup, and run \(again\): 1\n/);
  expect(human.out).toContain(`${trackingId}  fails`);
  expect(existsSync(join(cwd, "belfry.db"))).toBe(true);
  const again = documentOf(await belfry(["restore", "copy.db", "--json"], { cwd }));
  expect(again).toMatchObject({ keptAs: expect.any(String), unfinished: { count: 1, items: [{ trackingId }] } });
  expect(documentOf(await belfry(["status", trackingId ?? "", "--json"], { cwd }))).toMatchObject({
    status: "pending",
  });
});

test("nothing is restored over a store that a node lives on", async () => {
  const cwd = await folderOf();
  const { store } = project();
  await belfry(["backup", "copy.db", "--store", store], { cwd });
  const { exit, err } = await belfry(["restore", "copy.db", "--store", store, "--json"], { cwd });
  expect({ exit, ...JSON.parse(err) }).toMatchObject({ exit: 3, code: "E_STORE_IN_USE" });
});

test("a doctor finds a sound store sound, and says what is wrong of another", async () => {
  const { store } = project();
  const sound = documentOf(await belfry(["doctor", "--store", store, "--json"]));
  expect(sound).toMatchObject({ ok: true });
  const names = (sound.checks as { check: string }[]).map(({ check }) => check);
  expect(names).toEqual(["node", "clock", "sqlite", "store", "file system", "schema", "readiness", "schedules"]);
  const cwd = await folderOf();
  const missing = await belfry(["doctor", "--store", "sqlite:none.db"], { cwd });
  expect(missing.exit).toBe(3);
  expect(missing.out).toMatch(/^store +wrong +store .+ it does not exist/m);
});
