import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { migrations } from "../../src/store/sqlite/migrations.ts";
import { damageOf, openRaw, rowsOf } from "../chaos/support/raw.ts";
import { Bench, freshFile, openAt } from "../sqlite/kit.ts";
import { backup, fill, namesBeside, restore } from "./kit.ts";

const { DatabaseSync } = process.getBuiltinModule("node:sqlite");

let file: string;
let copy: string;

beforeEach(async () => {
  file = await freshFile();
  copy = join(dirname(file), "copy.db");
});

const count = (path: string) => rowsOf<{ runs: number }>(path, "SELECT count(*) AS runs FROM runs")[0]?.runs;

test("every token from before is refused, those given out after the backup too; new ones lead", async () => {
  const bench = new Bench(file);
  bench.commit(bench.insertion(), bench.insertion());
  const by = bench.node(1);
  const claimOne = () => {
    const answer = bench.one("claim", null, by);
    if (answer === "dead") throw new Error("the node is dead");
    return answer.runs[0]?.[0];
  };
  const held = claimOne();
  await backup(file, copy);
  const late = claimOne();
  const tokens = bench.db.tuples<[string, number]>("SELECT id, token FROM runs ORDER BY token");
  expect(tokens.map(([id]) => id)).toEqual([held, late]);
  bench.one("leave", by.epoch);
  bench.db.close();
  await restore(copy, file);

  const store = await openAt(file);
  const finish = (id: string, token: number) => store.runs.finish([{ id, token, event: "complete" }]);
  for (const [id, token] of tokens) expect(await finish(id, token)).toEqual(["stale"]);
  expect(await store.nodes.renew(by.epoch)).toEqual({ outcome: "dead" });
  const { epoch } = await store.nodes.register({ name: "new", leaseMs: 60_000, taskIds: [bench.task.newId] });
  expect(epoch).toBeGreaterThan(by.epoch);
  const claimed = await store.runs.claim({ epoch, taskIds: [bench.task.newId], slots: 5 });
  if (claimed.outcome !== "claimed") throw new Error("the new node is dead");
  expect(claimed.runs.map(({ id }) => id)).toEqual(tokens.map(([id]) => id));
  for (const { token } of claimed.runs) {
    expect(token).toBeGreaterThan(Math.max(...tokens.map(([, old]) => old)) + 2 ** 40);
    expect(Number.isSafeInteger(token)).toBe(true);
  }
  for (const [id, token] of tokens) expect(await finish(id, token)).toEqual(["stale"]);
  // Restored once more: above what the restored store has given out.
  const newest = Math.max(...claimed.runs.map(({ token }) => token));
  await store.nodes.leave(epoch);
  await store.close();
  await restore(copy, file);
  expect(rowsOf<{ token: number }>(file, "SELECT token FROM meta")[0]?.token).toBeGreaterThan(newest);
});

test("tokens lead those of the store that is replaced, too, whatever the clock said when they were made", async () => {
  fill(file, 1);
  await backup(file, copy);
  const ahead = Date.UTC(2090, 0, 1) * 2 ** 11;
  const raw = openRaw(file);
  raw.exec(`UPDATE meta SET token = ${ahead}`);
  raw.close();
  await restore(copy, file);
  const [meta] = rowsOf<{ token: number }>(file, "SELECT token FROM meta");
  expect(meta?.token).toBeGreaterThan(ahead);
  expect(Number.isSafeInteger(meta?.token)).toBe(true);
});

test("what was running is given back without a loss, what may never start twice is lost; the report says so", async () => {
  const once = new Bench(file, { name: "once", onLost: "fail" });
  once.commit(once.insertion());
  once.one("claim", null, once.node());
  const schedules = [
    { key: "soon", nextAt: Date.now() + 3_600_000 },
    { key: "due", nextAt: Date.now() + 1 },
  ];
  const retried = new Bench(file, { name: "retried", schedules });
  retried.commit(retried.insertion(), retried.insertion(), retried.insertion({ delayMs: 3_600_000 }));
  const by = retried.node(1);
  retried.one("claim", null, by);
  await backup(file, copy);
  for (const bench of [retried, once]) bench.db.close();

  const other = join(dirname(file), "elsewhere.db");
  const before = Date.now();
  const report = await restore(copy, other);
  expect(report).toEqual(JSON.parse(JSON.stringify(report)));
  const rows = rowsOf<{ id: string; task: string; state: number; losses: number }>(
    other,
    "SELECT r.id, t.name AS task, state, losses FROM runs r JOIN tasks t ON t.task = r.task ORDER BY seq",
  );
  expect(rows.map(({ task, state, losses }) => [task, state, losses])).toEqual([
    ["once", 5, 1],
    ["retried", 2, 0],
    ["retried", 2, 0],
    ["retried", 1, 0],
  ]);
  const items = rows.map(({ id: trackingId, task }) => ({ trackingId, task }));
  expect(report.unfinished).toEqual({ count: 3, items: items.slice(1) });
  expect(report.lost).toEqual({ count: 1, items: items.slice(0, 1) });
  expect(report.schedules).toEqual({
    count: 1,
    items: [{ task: "retried", key: "due", after: expect.any(String), upTo: expect.any(String) }],
  });
  const [span] = report.schedules.items;
  expect(Date.parse(span?.after ?? "")).toBeLessThanOrEqual(Date.parse(span?.upTo ?? ""));
  expect(Date.parse(span?.upTo ?? "")).toBeGreaterThanOrEqual(before);
  expect(report.keptAs).toBeUndefined();
  const store = await openAt(other);
  expect(await store.nodes.list()).toEqual([]);
  const [first] = await store.runs.get([rows[1]?.id ?? ""]);
  expect(first?.attempts.map(({ outcome, node }) => [outcome, node])).toEqual([["released", "node"]]);
});

test("API keys go on as they are in the store that is replaced: a revoked one stays revoked, and the door stays shut", async () => {
  const store = await openAt(file);
  const make = (name: string) =>
    store.keys.create({ id: `${name}-id`, name, scope: "read", hash: `${name}-hash` }).then(() => `${name}-id`);
  const [kept, revoked] = [await make("kept"), await make("revoked")];
  await backup(file, copy);
  await store.keys.revoke(revoked);
  const later = await make("later");
  await store.close();
  await restore(copy, file);
  const keys = await (await openAt(file)).keys.list();
  expect(keys.map(({ id, revokedAt }) => [id, revokedAt !== undefined])).toEqual([
    [kept, false],
    [revoked, true],
    [later, false],
  ]);
});

test("the report names a hundred runs at most, and counts all", async () => {
  fill(file, 130);
  await backup(file, copy);
  const { unfinished } = await restore(copy, file);
  expect([unfinished.count, unfinished.items.length]).toEqual([130, 100]);
});

test("what stood there is kept, whole, under a name of its own each time; the backup stays as it was", async () => {
  fill(file, 1);
  await backup(file, copy);
  const bytes = await readFile(copy);
  fill(file, 2);
  const first = await restore(copy, file);
  expect(first.keptAs).toBe(`${file}.before-restore-1`);
  fill(file, 4);
  const second = await restore(copy, file);
  expect(second.keptAs).toBe(`${file}.before-restore-2`);
  expect([count(file), count(String(first.keptAs)), count(String(second.keptAs))]).toEqual([1, 3, 5]);
  for (const path of [file, String(first.keptAs), String(second.keptAs)]) expect(damageOf(path)).toEqual([]);
  expect((await readFile(copy)).equals(bytes)).toBe(true);
  expect((await namesBeside(file)).filter((name) => /part$|journal$/.test(name))).toEqual([]);
  // What was kept can be restored in turn.
  await restore(String(second.keptAs), file);
  expect(count(file)).toBe(5);
});

test("a log that a killed process left is not taken for the new store's, and is kept with the old", async () => {
  fill(file, 1);
  await backup(file, copy);
  const bench = new Bench(file);
  bench.commit(bench.insertion());
  const folder = join(dirname(file), "crashed");
  await mkdir(folder);
  const crashed = join(folder, "belfry.db");
  for (const end of ["", "-wal", "-shm"]) await writeFile(crashed + end, await readFile(file + end));
  bench.db.close();
  const { keptAs } = await restore(copy, crashed);
  expect([count(crashed), count(String(keptAs))]).toEqual([1, 2]);

  // The log alone is left: it says nothing about the new store.
  const alone = join(folder, "alone.db");
  await writeFile(`${alone}-wal`, "the rest of a log");
  await writeFile(`${alone}-shm`, "an index");
  const report = await restore(copy, alone);
  expect(count(alone)).toBe(1);
  expect(await readFile(`${report.keptAs}-wal`, "utf8")).toBe("the rest of a log");
});

test("a damaged store is replaced, and kept as it is with its log", async () => {
  fill(file, 2_000);
  await backup(file, copy);
  const bytes = await readFile(file);
  bytes.fill(0xff, 4_096);
  await writeFile(file, bytes);
  await writeFile(`${file}-wal`, "the rest of a log");
  const { keptAs } = await restore(copy, file);
  expect([count(file), damageOf(file)]).toEqual([2_000, []]);
  expect((await readFile(String(keptAs))).subarray(4_096).every((byte) => byte === 0xff)).toBe(true);
});

test("where the store's name is a link, what it leads to is replaced", async () => {
  fill(file, 1);
  await backup(file, copy);
  await mkdir(join(dirname(file), "data"));
  const real = join(dirname(file), "data", "real.db");
  fill(real, 3);
  const linked = join(dirname(file), "linked.db");
  await symlink(real, linked);
  expect((await restore(copy, linked)).keptAs).toBe(`${real}.before-restore-1`);
  expect([count(real), count(linked)]).toEqual([1, 1]);
});

test("a backup of an older schema is brought to the newest", async () => {
  const [first] = migrations;
  const old = new DatabaseSync(copy);
  old.exec(first?.sql ?? "");
  old.exec("INSERT INTO meta (id, schema, compatible, token, changes) VALUES (1, 1, 1, 1099511627776, 0)");
  old.exec(`PRAGMA application_id = ${0x42667279}`);
  old.close();
  await restore(copy, file);
  expect(rowsOf(file, "SELECT schema FROM meta")).toEqual([{ schema: migrations.length }]);
});
