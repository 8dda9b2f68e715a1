import { expect, test } from "vitest";
import { freshId, newRun } from "../../../test/contract/context.ts";
import { freshFile, openAt } from "../../../test/sqlite/kit.ts";
import { migrations } from "./migrations.ts";
import { openWriting } from "./opening.ts";

const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
const applicationId = 0x42667279;

/** A file that the engine before left: schema 3, and what these statements put into it. */
async function fileOfBefore(...statements: string[]): Promise<string> {
  const file = await freshFile();
  const database = new DatabaseSync(file);
  for (const { sql } of migrations.slice(0, 3)) database.exec(sql);
  database.exec(`PRAGMA application_id = ${applicationId}`);
  database.exec("INSERT INTO meta (id, schema, compatible, token, changes) VALUES (1, 3, 1, 1099511627780, 7)");
  for (const sql of statements) database.exec(sql);
  database.close();
  return file;
}

const at = Date.UTC(2026, 0, 1);
const ids = Array.from({ length: 7 }, (_, index) => `${index}`.padStart(24, "a"));
const taskId = "b".repeat(24);

/** Rows of every kind. */
const rows = [
  `INSERT INTO apps VALUES ('shop', 'digest-of-shop'), ('web', 'digest-of-web')`,
  `INSERT INTO tasks VALUES (1, '${taskId}', 'bill', 'shop', 1, 1, 3, 'fail'), (2, '${"c".repeat(24)}', 'old', 'shop', 0, 0, NULL, 'retry')`,
  `INSERT INTO schedules VALUES
    (4, 1, ${at}, ${at + 9e9}, 5, 0, -3, 'allow', 'skip', 'nightly', '{"at":1}', '{"a":1}'),
    (6, 1, ${at + 1}, NULL, 2, 1, 0, 'skip', 'latest', 'gone', '{"at":2}', NULL)`,
  `INSERT INTO spans VALUES (4, ${at - 5}, ${at - 9}, 'missed'), (4, ${at - 3}, ${at - 5}, 'overlap'), (6, ${at + 1}, ${at}, 'removed')`,
  `INSERT INTO nodes VALUES (11, 'one', 10000, ${at + 10_000}, ${at - 50}, NULL, '/tmp/s', 'boot', '["${taskId}"]'),
    (10, 'zero', 10000, ${at}, ${at - 90}, ${at - 20}, NULL, NULL, '[]')`,
  `INSERT INTO runs (seq, id, task, trigger, state, priority, triggered_at, available_at, schedule, scheduled_for, attempt, failures, losses,
      token, epoch, cancel_requested, started_at, claimed_at, completed_at, outcome) VALUES
    (1, '${ids[0]}', 1, 0, 3, 0, ${at}, ${at}, 4, ${at - 2}, 1, 0, 0, 1099511627777, 10, 0, ${at + 1}, ${at + 1}, ${at + 2}, NULL),
    (2, '${ids[1]}', 1, 0, 4, 5, ${at}, ${at}, 4, ${at - 1}, 2, 1, 0, 1099511627778, 10, 0, ${at + 1}, ${at + 3}, ${at + 4}, 'E_HANDLER'),
    (3, '${ids[2]}', 1, 1, 0, 0, ${at}, ${at + 9e9}, NULL, NULL, 0, 0, 0, 0, NULL, 0, NULL, NULL, NULL, NULL),
    (5, '${ids[3]}', 1, 1, 1, 1, ${at}, ${at}, NULL, NULL, 0, 0, 1, 0, NULL, 0, NULL, NULL, NULL, NULL),
    (6, '${ids[4]}', 1, 2, 2, 0, ${at}, ${at}, NULL, ${at - 1}, 1, 0, 0, 1099511627779, 11, 1, ${at + 1}, ${at + 1}, NULL, NULL),
    (7, '${ids[5]}', 1, 2, 3, 0, ${at}, ${at}, NULL, NULL, 1, 0, 0, 1099511627780, 10, 0, ${at + 1}, ${at + 1}, ${at + 2}, NULL),
    (8, '${ids[6]}', 2, 2, 4, 0, ${at}, ${at}, NULL, ${at}, 0, 0, 0, 0, NULL, 0, NULL, NULL, ${at + 2}, 'E_CANCELLED')`,
  `INSERT INTO details VALUES (1, '{"a":1}', NULL, NULL, NULL, NULL, '"done"', NULL, NULL, NULL, NULL, NULL, NULL),
    (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0.5, 'half', '{"code":"E_HANDLER","name":"E","message":"m"}', 3, NULL),
    (6, NULL, 'again', '${ids[1]}', NULL, 'nightly', NULL, NULL, NULL, NULL, NULL, NULL, 'enough'),
    (7, NULL, NULL, '${ids[3]}', '${ids[3]}', NULL, NULL, 'E_JSON', NULL, NULL, NULL, NULL, NULL),
    (8, NULL, NULL, '${ids[0]}', NULL, 'never', NULL, NULL, NULL, NULL, '{"code":"E_CANCELLED","name":"E","message":"m"}', NULL, NULL)`,
  `INSERT INTO attempts VALUES (2, 1, 'zero', 1099511627776, ${at + 1}, ${at + 2}, 'E_HANDLER', '{"code":"E_HANDLER","name":"E","message":"1"}')`,
  `INSERT INTO lines VALUES (1, 1, ${at + 1}, 1, 'info', 'hello', NULL), (1, 2, ${at + 1}, 1, 'warn', 'data', '{"x":1}')`,
  `INSERT INTO keys VALUES (1, 'k', x'01', '${ids[2]}', ${at}, ${at}, ${at})`,
  `INSERT INTO api_keys VALUES (1, '01234567', 'ci', 'admin', 'hash', ${at}, NULL)`,
];

type Row = Record<string, unknown>;

function tableOf(file: string, table: string): Row[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const found = database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all() as Row[];
  database.close();
  return found.map((row) => ({ ...row }));
}

test("what the schema before held comes over exactly", async () => {
  const file = await fileOfBefore(...rows);
  const same = ["spans", "nodes", "details", "attempts", "lines", "keys", "api_keys"];
  const before = new Map([...same, "runs", "schedules", "tasks"].map((table) => [table, tableOf(file, table)]));
  openWriting(file, true).close();
  for (const table of same) expect(tableOf(file, table), table).toEqual(before.get(table));

  const pointsTo = new Map([[6, 4]]);
  expect(tableOf(file, "runs")).toEqual(
    before.get("runs")?.map((run) => ({
      ...run,
      state: Number(run.state) + 1,
      schedule: pointsTo.get(Number(run.seq)) ?? run.schedule,
      backfill: null,
    })),
  );
  const tasks = before.get("tasks")?.map((task) => ({ ...task, priority: 0, overlap: "skip", catch_up: "latest" }));
  expect(tableOf(file, "tasks")).toEqual(tasks);
  expect(tableOf(file, "meta")).toMatchObject([
    { schema: migrations.length, token: 1099511627780, changes: 7, newest: at + 1 },
  ]);
  expect(tableOf(file, "schedules")).toMatchObject([
    { schedule: 4, origin: 0, version: 5, cursor: at, since: at, due_at: at + 9e9, overlap: "allow", catch_up: "skip" },
    { schedule: 6, origin: 0, version: 2, removed: 1, due_at: null, overlap: null, catch_up: null, key: "gone" },
  ]);
});

test("the migrated store answers as the one before did, and goes on", async () => {
  const file = await fileOfBefore(...rows);
  const store = await openAt(file);
  expect(await store.schedules.list({ limit: 10 })).toEqual([
    {
      ...{ id: 4, taskId, task: "bill", app: "shop", key: "nightly", spec: '{"at":1}', payload: '{"a":1}' },
      ...{ origin: "code", priority: -3, overlap: "allow", catchUp: "skip", failures: 0 },
      ...{ version: 5, cursor: at, since: at, changedAt: at, nextAt: at + 9e9, dueAt: at + 9e9 },
    },
  ]);
  expect(await store.tasks.current("shop")).toEqual({
    ...{ number: 1, app: "shop", digest: "digest-of-shop", appliedAt: at - 50 },
  });
  expect(await store.tasks.definitions("shop", 1)).toBeUndefined();
  const runs = await store.runs.get(ids);
  const states = ["completed", "failed", "delayed", "ready", "running", "completed", "failed"];
  expect(runs.map((run) => run?.state)).toEqual(states);
  expect(runs.map((run) => run?.scheduleKey)).toEqual([
    ...["nightly", "nightly", undefined, undefined, "nightly", undefined, "never"],
  ]);
  expect(runs[1]?.attempts.map(({ outcome, node }) => [outcome, node])).toEqual([
    ["E_HANDLER", "zero"],
    ["E_HANDLER", "zero"],
  ]);
  // The newest run of an instant is its retry, which the schema before knew by its key alone.
  expect(await store.ledger.outcomes(4, [at - 2, at - 1, at])).toEqual(["completed", "unfinished", "none"]);
  const [retried] = [newRun({ id: taskId }, { id: freshId(), scheduleKey: "nightly", scheduledFor: at - 2 })];
  await store.runs.insert([{ ...retried, trigger: "retry" }]);
  expect(await store.ledger.outcomes(4, [at - 2])).toEqual(["unfinished"]);
  expect(await store.ledger.list(4, { from: 0, to: at, limit: 10 })).toMatchObject([
    { decision: "missed", upTo: at - 5 },
    { decision: "overlap", upTo: at - 3 },
    { decision: "fired", upTo: at - 2, trackingId: ids[0] },
    { decision: "fired", upTo: at - 1, trackingId: ids[1] },
  ]);
});

test("an engine of the schema before would not know what it reads: it is told", async () => {
  const file = await fileOfBefore();
  openWriting(file, true).close();
  expect(tableOf(file, "meta")).toMatchObject([{ schema: 4, compatible: 4 }]);
  const names = new Set(tableOf(file, "sqlite_schema").map(({ name }) => name));
  expect([...names].filter((name) => /_before$/.test(String(name)))).toEqual([]);
});
