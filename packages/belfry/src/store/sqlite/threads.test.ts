import { spawnSync } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { Context, eventually, freshId, newRun } from "../../../test/contract/context.ts";
import { Bench, freshFile, openAt } from "../../../test/sqlite/kit.ts";
import type { BelfryError } from "../../base/errors.ts";

const { DatabaseSync } = process.getBuiltinModule("node:sqlite");

/** The threads that are started from now on, in their order. */
function threads(): Worker[] {
  const started: Worker[] = [];
  const add = (worker: Worker) => started.push(worker);
  process.on("worker", add);
  onTestFinished(() => void process.off("worker", add));
  return started;
}

/** The file's write lock, held by somebody else until it is given back. */
function lock(file: string): { release(): void } {
  const database = new DatabaseSync(file);
  database.exec("BEGIN IMMEDIATE");
  return { release: () => database.close() };
}

function withTask(file: string) {
  const { task, db } = new Bench(file);
  db.close();
  return { id: task.newId };
}

const errorOf = (call: Promise<unknown>): Promise<BelfryError> =>
  call.then(
    () => Promise.reject(new Error("it was answered")),
    (error: BelfryError) => error,
  );

test("where the thread dies over a write nobody knows its outcome; nothing was done where it only read", async () => {
  const file = await freshFile();
  const task = withTask(file);
  const started = threads();
  const store = await openAt(file);
  const held = lock(file);
  const runs = [newRun(task), newRun(task)];
  const writing = [errorOf(store.runs.insert(runs)), errorOf(store.runs.claim({ epoch: 1, taskIds: [], slots: 1 }))];
  await store.nodes.list();
  await started[0]?.terminate();
  const [insert, claim] = await Promise.all(writing);
  expect(insert).toMatchObject({
    code: "E_OUTCOME_UNKNOWN",
    fields: { trackingId: runs.map(({ id }) => id).join(", ") },
  });
  expect(claim).toMatchObject({ code: "E_OUTCOME_UNKNOWN", fields: { trackingId: "" } });
  held.release();
});

test("a store whose thread died comes back, once a second at most, and has kept what it acknowledged", async () => {
  const file = await freshFile();
  const task = withTask(file);
  const started = threads();
  const store = await openAt(file);
  const run = newRun(task);
  await store.runs.insert([run]);
  await store.runs.get([run.id]);
  for (const worker of started) await worker.terminate();
  // Until a second has passed since its start the thread is not started again.
  const answer = await eventually(async () => {
    try {
      return (await store.runs.insert([run]))[0];
    } catch (error) {
      expect(error).toMatchObject({ code: "E_STORE_UNAVAILABLE" });
      return undefined;
    }
  });
  expect(answer).toMatchObject({ outcome: "replayed", run: { id: run.id } });
  const again = await eventually(() => store.runs.get([run.id]).catch(() => undefined));
  expect(again[0]?.id).toBe(run.id);
  expect(started.length).toBe(4);
});

test("calls that arrive while another process holds the lock wait, and join one commit", async () => {
  const file = await freshFile();
  const task = withTask(file);
  const store = await openAt(file);
  const held = lock(file);
  const calls = Array.from({ length: 100 }, () => store.runs.insert([newRun(task)]));
  // Reads wait for no write.
  expect(await store.nodes.list()).toEqual([]);
  expect((await store.runs.list({ limit: 10 })).items).toEqual([]);
  held.release();
  const answers = (await Promise.all(calls)).flat();
  expect(answers.map(({ outcome }) => outcome)).toEqual(calls.map(() => "created"));
});

test("closing waits for the calls under way; every call after it is refused; nothing is left beside the file", async () => {
  const file = await freshFile();
  const task = withTask(file);
  const store = await openAt(file);
  const calls = [store.runs.insert([newRun(task)]), store.runs.list({ limit: 1 })];
  const closing = store.close();
  expect(await errorOf(store.runs.insert([newRun(task)]))).toMatchObject({ code: "E_STORE_UNAVAILABLE" });
  expect(await errorOf(store.tasks.list())).toMatchObject({ code: "E_STORE_UNAVAILABLE" });
  await Promise.all([closing, store.close(), ...calls]);
  expect(await errorOf(store.nodes.list())).toMatchObject({ code: "E_STORE_UNAVAILABLE" });
  expect(await readdir(dirname(file))).toEqual(["belfry.db"]);
});

test("an idle store writes nothing, and hears of others within a second", async () => {
  const file = await freshFile();
  const [store, other] = [await openAt(file), await openAt(file)];
  const c = new Context({ store, other });
  const task = await c.task();
  const node = await c.node([task]);
  const heard: number[] = [];
  const end = store.onChange(() => heard.push(Date.now()));
  const look = async () => [(await readFile(`${file}-wal`)).toString("base64"), (await stat(file)).mtimeMs];
  const before = await look();
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await node.claim();
  expect(await look()).toEqual(before);
  // Leases are nobody else's business.
  await other.nodes.renew(node.epoch);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const heardBefore = heard.length;
  await other.runs.insert([newRun(task)]);
  const at = Date.now();
  await eventually(() => heard.length > heardBefore);
  expect((heard.at(-1) ?? 0) - at).toBeLessThan(1_500);
  expect(heardBefore).toBeLessThanOrEqual(1);
  end();
});

test("a list that is longer than a page is whole", async () => {
  const file = await freshFile();
  const schedules = Array.from({ length: 2_500 }, (_, index) => ({
    key: `k${index}`,
    nextAt: Date.now() + 60_000 + index,
  }));
  const bench = new Bench(file, { schedules });
  const store = await openAt(file);
  const listed = await store.schedules.list({ limit: 10_000 });
  expect(listed.map(({ key }) => key)).toEqual(schedules.map(({ key }) => key).sort());
  const due = await store.schedules.due(bench.now + 3_600_000, 2_200);
  expect(due.map(({ key }) => key)).toEqual(schedules.slice(0, 2_200).map(({ key }) => key));
});

test("a claim of more than one answer holds says at once that there is more", async () => {
  const file = await freshFile();
  const task = withTask(file);
  const store = await openAt(file);
  const node = await new Context({ store, other: store }).node([task]);
  const runs = Array.from({ length: 1_200 }, () => newRun(task));
  await store.runs.insert(runs);
  const first = await store.runs.claim(node.by(5_000));
  const second = await store.runs.claim(node.by(5_000));
  if (first.outcome !== "claimed" || second.outcome !== "claimed") throw new Error("the node is dead");
  expect([first.runs.length, second.runs.length]).toEqual([1_000, 200]);
  expect(first.nextDueAt).toBeLessThanOrEqual(store.now());
  expect(second.nextDueAt).toBeUndefined();
  expect([...first.runs, ...second.runs].map(({ id }) => id)).toEqual(runs.map(({ id }) => id));
  const payload = JSON.stringify("x".repeat(100_000));
  await store.runs.insert(Array.from({ length: 300 }, () => newRun(task, { payload })));
  const large = await store.runs.claim(node.by(300));
  expect(large).toMatchObject({ outcome: "claimed", runs: { length: 100 }, nextDueAt: expect.any(Number) });
});

test("a clock of the caller's own leads", async () => {
  let now = 1_000_000;
  const clock = { now: () => now, mono: () => performance.now(), after: () => () => {}, random: Math.random };
  const store = await openAt(await freshFile(), { clock: { ...clock, soon: queueMicrotask, randomHex: freshId } });
  const c = new Context({ store, other: store });
  const task = await c.task();
  const id = await c.insert(task, { delayMs: 5_000 });
  const node = await c.node([task]);
  expect(await node.claim()).toEqual([]);
  now += 5_000;
  expect((await node.claim()).map((run) => [run.id, run.triggeredAt, run.claimedAt])).toEqual([
    [id, 1_000_000, 1_005_000],
  ]);
  expect(store.now()).toBe(1_005_000);
});

test("loading SQLite says nothing, and what the host warns of is not swallowed", () => {
  const url = new URL("./connection.ts", import.meta.url).href;
  const code = `
    const { Connection } = await import(${JSON.stringify(url)});
    new Connection(":memory:", { readOnly: false }).close();
    process.emitWarning("mine", "ExperimentalWarning");
  `;
  const { stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
  const warnings = stderr.split("\n").filter((line) => /Warning/.test(line) && !/Type Stripping/.test(line));
  expect(warnings).toEqual([expect.stringContaining("mine")]);
});
