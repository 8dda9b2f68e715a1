import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkLedger } from "../chaos/check/ledger.ts";
import { Child, until } from "../chaos/support/child.ts";
import { cleanUp, testFolder } from "../chaos/support/folder.ts";
import { collect, openStore } from "../chaos/support/history.ts";
import { ofKind, readJournals } from "../chaos/support/journal.ts";
import { damageOf, rowsOf } from "../chaos/support/raw.ts";
import { backup, refusalOf, restore } from "./kit.ts";

cleanUp();

type Row = { id: string; token: number; state: number };

const rows = (file: string) => rowsOf<Row>(file, "SELECT id, token, state FROM runs");
const tokenOf = (file: string) => rowsOf<{ token: number }>(file, "SELECT token FROM meta")[0]?.token ?? 0;
const cursorOf = (file: string) =>
  rowsOf<{ cursor: number }>(
    file,
    "SELECT min(cursor) AS cursor FROM schedules s JOIN tasks t ON t.task = s.task WHERE t.name IN ('tickSkip', 'tickAllow')",
  )[0]?.cursor ?? 0;
const acked = (folder: string) => ofKind(readJournals(folder), "acked").map(({ id }) => id);

/** Takes a backup in a process of its own, while triggers go on; what was acknowledged before it has to be in it. */
async function backUp(folder: string, file: string): Promise<void> {
  const before = acked(folder);
  const child = new Child("../backup/copier", "copier", {
    ...{ work: "backup", store: `sqlite:${join(folder, "belfry.db")}`, file },
  });
  await child.said("begins");
  const { ms, report } = await child.said("done");
  const during = acked(folder).length - before.length;
  console.log(`backup of ${JSON.stringify(report)} in ${Number(ms).toFixed(0)} ms, ${during} triggers meanwhile`);
  await child.ended();
  expect(damageOf(file)).toEqual([]);
  const kept = new Set(rows(file).map(({ id }) => id));
  expect(before.filter((id) => !kept.has(id))).toEqual([]);
  await until("triggers are acknowledged after it", () => acked(folder).length > before.length);
}

test("backups under load miss nothing that was acknowledged; one is restored elsewhere, and goes on without a gap", {
  timeout: 180_000,
}, async () => {
  const folder = testFolder();
  const file = join(folder, "belfry.db");
  const load = { folder, lease: "2s", seed: 7, everyMs: 10 };
  const workers = ["one", "two"].map((name) => new Child("load/worker", name, load));
  await Promise.all(workers.map((worker) => worker.said("ready")));
  const client = new Child("load/client", "client", load);
  await until("there is something to back up", () => acked(folder).length > 200);
  const files = [1, 2, 3].map((n) => join(folder, `copy-${n}.db`));
  for (const copy of files) await backUp(folder, copy);
  const copy = files[2] ?? "";
  const oldest = tokenOf(copy);
  await until("tokens are given out after the backup", () => tokenOf(file) > oldest + 100);
  await until("instants are decided after the backup", () => cursorOf(file) > cursorOf(copy));
  expect((await refusalOf(restore(copy, file))).message).toMatch(/in use by node /);
  await client.stop();
  await Promise.all(workers.map((worker) => worker.kill()));

  const elsewhere = testFolder();
  const restored = join(elsewhere, "belfry.db");
  const report = await restore(copy, restored);
  expect(damageOf(restored)).toEqual([]);
  expect(rows(restored).length).toBe(rows(copy).length);
  expect(report.unfinished.count).toBe(rows(restored).filter(({ state }) => state < 4).length);
  expect(report.schedules.items.map(({ task }) => task)).toEqual(expect.arrayContaining(["tickSkip", "tickAllow"]));

  // Whoever still holds a token of before changes nothing, also where the same run is claimed anew.
  const held = rows(file).filter(({ token }) => token > 0);
  const open = new Set(
    rows(restored)
      .filter(({ state }) => state < 4)
      .map(({ id }) => id),
  );
  const stale = held
    .filter(({ id }) => open.has(id))
    .map(({ id, token }) => ({ id, token, event: "complete" as const }));
  const finishAll = async () => {
    const store = await openStore(elsewhere);
    const answers = await store.runs.finish(stale);
    await store.close();
    return answers.filter((answer) => answer !== "stale");
  };
  expect(stale.length).toBeGreaterThan(0);
  expect(await finishAll()).toEqual([]);

  const next = new Child("load/worker", "next", { ...load, folder: elsewhere });
  await next.said("ready");
  expect(await finishAll()).toEqual([]);
  const left = () => rows(restored).filter(({ id, state }) => open.has(id) && state < 4).length;
  await until("what was unfinished ends", () => left() === 0, 60_000);
  await next.stop();
  const stoppedAt = Date.now();
  const history = await collect({ folder: elsewhere, ends: new Map(), quietAt: stoppedAt, stoppedAt });
  expect(checkLedger(history)).toEqual([]);
  const anew = rows(restored).filter(({ id, token }) => open.has(id) && token > oldest);
  expect(Math.min(...anew.map(({ token }) => token))).toBeGreaterThan(tokenOf(file));
});

test("restoring in place is refused while a node lives, and goes at once when it was killed", {
  timeout: 60_000,
}, async () => {
  const folder = testFolder();
  const file = join(folder, "belfry.db");
  const copy = join(folder, "copy.db");
  const node = new Child("node", "first", { folder, lease: "10m", schedules: ["tick"] });
  await node.said("ready");
  node.tell({ do: "trigger", task: "sleeper", payload: 60_000 });
  await until("it runs", () => ofKind(readJournals(folder), "start").some(({ task }) => task === "sleeper"));
  await backup(file, copy);
  expect((await refusalOf(restore(copy, file))).code).toBe("E_STORE_IN_USE");
  await node.kill();
  const report = await restore(copy, file);
  expect(report.unfinished.items.map(({ task }) => task)).toContain("sleeper");
  expect(readdirSync(folder).filter((name) => name.endsWith(".sock"))).toEqual([]);
  expect(damageOf(String(report.keptAs))).toEqual([]);

  const second = new Child("node", "second", { folder });
  await second.said("ready");
  const again = () => ofKind(readJournals(folder), "start").filter(({ task }) => task === "sleeper");
  await until("it runs again", () => again().length === 2);
  const [before, after] = again();
  expect([before?.id, before?.attempt, after?.attempt]).toEqual([after?.id, 1, 2]);
  expect(after?.token).toBeGreaterThan(before?.token ?? 0);
  await second.stop();
});
