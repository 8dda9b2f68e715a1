import { expect, test } from "vitest";
import { freshId, newRun } from "../../../test/contract/context.ts";
import { Bench, firingOf, freshFile } from "../../../test/sqlite/kit.ts";
import { expectFast, plansOf } from "../../../test/sqlite/plans.ts";
import type { RunQuery } from "../runs.ts";
import { held } from "./claim.ts";
import { listLedger } from "./ledger.ts";
import { listLines } from "./logs.ts";
import { getRuns, listRuns } from "./runs.ts";
import { toSchedule } from "./schedule-rows.ts";
import { dueSchedules, nextAfter } from "./schedules.ts";
import { packRun } from "./wire.ts";

/** A bench with a due schedule, and its statements not yet prepared. */
async function prepared() {
  const at = Date.now();
  const schedules = [{ key: "default", overlap: "skip", nextAt: at + 1_000, payload: "1" } as const];
  const bench = await Bench.open({ schedules, concurrency: 50 });
  bench.now = at + 2_000;
  const by = bench.node();
  const [schedule] = dueSchedules(bench.db, { upTo: bench.now, limit: 10 }).map(toSchedule);
  if (!schedule) throw new Error("nothing is due");
  return { bench, by, schedule };
}

test("inserting, with and without a claim, an idempotency key and a delay, uses indexes", async () => {
  const { bench, by } = await prepared();
  const key = { key: "k", request: "r" };
  const plans = plansOf(bench, () => {
    const sketches = [{}, { payload: "1", idempotency: key }, { idempotency: key }, { delayMs: 1 }, { priority: 1 }];
    for (const sketch of sketches) bench.one("insert", [packRun(newRun({ id: bench.task.newId }, sketch))], by);
    bench.now += 10;
    bench.one("insert", [packRun(newRun({ id: bench.task.newId }))]);
    bench.one("insert", [packRun(newRun({ id: bench.task.newId }))], by);
  });
  expectFast(plans);
});

test("claiming uses indexes", async () => {
  const { bench, by } = await prepared();
  for (let run = 0; run < 5; run++) bench.commit(bench.insertion({ delayMs: run % 2 }));
  bench.now += 10;
  const plans = plansOf(bench, () => expect(bench.one("claim", null, by)).toMatchObject({ runs: { length: 5 } }));
  expectFast(plans);
});

test("finishing in every way, progress and lines use indexes", async () => {
  const { bench, by } = await prepared();
  for (let run = 0; run < 5; run++) bench.commit(bench.insertion({}, by));
  const runs = bench.db.tuples<[string, number]>("SELECT id, token FROM runs WHERE state = 3");
  const error = JSON.stringify({ code: "E_HANDLER", name: "Error", message: "m" });
  const plans = plansOf(bench, () => {
    const line = { at: 1, attempt: 1, level: "info", message: "m" } as const;
    bench.one(
      "progress",
      runs.map(([id, token]) => ({ id, token, value: 0.5 })),
    );
    bench.one(
      "append",
      runs.map(([id, token]) => ({ id, token, lines: Array.from({ length: 1_001 }, () => line) })),
    );
    const ends = [
      ["complete", "1"],
      ["complete"],
      ["fail", error],
      ["retry", error, undefined, 0],
      ["release"],
    ] as const;
    const items = runs.map(([id, token], index) => [id, token, ...(ends[index] ?? ["release"])] as const);
    expect(bench.one("finish", items)).toEqual(["done", "done", "done", "done", "done"]);
    expect(bench.one("finish", items)).toEqual(["done", "done", "done", "stale", "stale"]);
  });
  expectFast(plans);
});

test("finding what is due, and firing it, uses indexes", async () => {
  const { bench, by, schedule } = await prepared();
  const { id, version, cursor, nextAt = 0 } = schedule;
  const plans = plansOf(bench, () => {
    dueSchedules(bench.db, { upTo: bench.now, after: { dueAt: 1, id: 1 }, limit: 10 });
    nextAfter(bench.db, 0);
    const missed = [cursor, nextAt - 10, "missed"] as const;
    const firings = [
      firingOf([id, version, cursor], nextAt, [missed, [nextAt, freshId(), undefined]]),
      firingOf([id, version, nextAt], nextAt + 1, [[nextAt + 1, freshId(), undefined]]),
      firingOf([id, version, nextAt + 1], nextAt + 2, [[nextAt + 2, freshId(), 0]]),
    ];
    expect(bench.one("fire", firings, by)).toEqual([["missed", expect.any(Array)], ["overlap"], ["held"]]);
  });
  expectFast(plans);
});

test("renewing, being told what to cancel, and cancelling use indexes", async () => {
  const { bench, by } = await prepared();
  bench.commit(bench.insertion({}, by), bench.insertion(), bench.insertion({ delayMs: 1_000 }));
  const ids = bench.db.tuples<[string]>("SELECT id FROM runs ORDER BY seq").flat();
  const plans = plansOf(bench, () => {
    bench.now += 10;
    bench.one(
      "cancel",
      ids.map((id) => ({ id })),
    );
    expect(bench.one("renew", by.epoch)).toEqual({ outcome: "renewed", cancelled: [{ id: ids[0] }] });
  });
  expectFast(plans);
});

test("pruning is led by indexes on age", async () => {
  const { bench, by } = await prepared();
  bench.commit(bench.insertion({}, by));
  const [run] = bench.db.tuples<[string, number]>("SELECT id, token FROM runs");
  bench.one("finish", [[...(run ?? ["", 0]), "complete"]]);
  const plans = plansOf(bench, () => expect(bench.one("prune", { endedBefore: bench.now + 1, limit: 10 })).toBe(1));
  expectFast(plans);
});

test("what a node holds is found among what runs, what waits for no handler among what waits", async () => {
  const { bench, by } = await prepared();
  bench.commit(bench.insertion({}, by), bench.insertion({}, by));
  const plans = plansOf(bench, () => {
    expect(held(bench.db, by.epoch).runs).toHaveLength(2);
    bench.one("leave", by.epoch);
    expect(bench.one("expire", { readyBefore: bench.now, limit: 10 })).toHaveLength(2);
  });
  const ofRuns = [...plans.values()].flat().filter((step) => /^SCAN (r|runs) USING INDEX|runs_history/.test(step));
  expect(new Set(ofRuns)).toEqual(new Set(["SCAN r USING INDEX runs_running", "SCAN runs USING INDEX runs_running"]));
});

test("a page of runs is read from an index in its order, without sorting", async () => {
  const bench = new Bench(await freshFile());
  const task = bench.task.name;
  const queries: [RunQuery, string][] = [
    [{ limit: 10 }, "SCAN r"],
    [{ limit: 10, cursor: "5" }, "SEARCH r USING INTEGER PRIMARY KEY (rowid<?)"],
    [{ limit: 10, task }, "SEARCH r USING INDEX runs_history (task=?)"],
    [{ limit: 10, task, cursor: "5" }, "SEARCH r USING INDEX runs_history (task=? AND rowid<?)"],
    [{ limit: 10, status: "errors" }, "SEARCH r USING INDEX runs_failed (state=?)"],
    [{ limit: 10, status: "pending" }, "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)"],
  ];
  for (const [query, step] of queries) {
    const steps = [...plansOf(bench, () => listRuns(bench.db, query)).values()].flat();
    expect(steps).toContain(step);
    expect(steps.filter((one) => one.includes("TEMP B-TREE"))).toEqual([]);
  }
});

test("reading a run, its lines and a ledger uses indexes", async () => {
  const bench = new Bench(await freshFile());
  const plans = plansOf(bench, () => {
    getRuns(bench.db, [freshId()]);
    listLines(bench.db, { id: freshId(), after: 0, limit: 10 });
    listLedger(bench.db, { scheduleId: 1, from: 0, to: 10, limit: 10 });
  });
  expectFast(plans);
});
