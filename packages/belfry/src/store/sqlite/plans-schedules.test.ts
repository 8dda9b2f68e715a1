import { expect, test, vi } from "vitest";
import { freshId, scheduleOf } from "../../../test/contract/context.ts";
import { Bench, firingOf } from "../../../test/sqlite/kit.ts";
import { expectFast, plansOf } from "../../../test/sqlite/plans.ts";
import type { Overlap } from "../../schedule/overlap.ts";
import type { Settlement } from "../schedules.ts";
import { listBackfills, runningBackfills } from "./backfills.ts";
import { Connection } from "./connection.ts";
import { outcomesOf } from "./ledger.ts";
import { getSchedules, listPast, listSchedules, summarize } from "./schedules.ts";

/** A schedule that was put now, and pauses after one failure; answers its id. */
function dueSchedule(bench: Bench, overlap: Overlap): number {
  const definition = scheduleOf({ key: overlap, overlap, pauseOnFailure: 1, nextAt: bench.now + 1 });
  const [answer] = bench.one("putSchedules", [{ taskId: bench.task.newId, definition, draftedAt: 0 }]);
  if (answer?.outcome !== "created") throw new Error(`it is ${answer?.outcome}`);
  return answer.row.id;
}

const rules = { order: "oldest", concurrency: 5, reprocess: "all" } as const;

test("ends that held runs wait for, that are counted, and that end a backfill use indexes", async () => {
  const bench = await Bench.open({ concurrency: 50 });
  const by = bench.node();
  const ids = (["bufferAll", "cancelOther"] as const).map((overlap) => dueSchedule(bench, overlap));
  bench.now += 10;
  const at = bench.now - 9;
  const [backfill] = bench.one("createBackfills", [
    { id: freshId(), scheduleId: ids[0] ?? 0, from: at, to: at, ...rules },
  ]);
  const runs = [{ id: freshId(), instant: at }];
  const error = JSON.stringify({ code: "E_HANDLER", name: "Error", message: "m" });
  const plans = plansOf(bench, () => {
    runningBackfills(bench.db);
    listBackfills(bench.db, { taskId: bench.task.newId, before: "f", limit: 10 });
    bench.one("stepBackfills", [{ id: backfill?.id ?? "", exhausted: true, runs, passed: 0 }]);
    const twice = (id: number) =>
      [at, at + 1].map((instant) => firingOf([id, 1, instant - 1], instant, [[instant, freshId(), undefined]]));
    const links = bench.one("fire", ids.flatMap(twice), { ...by, slots: 2 }).flat();
    expect(links).toEqual([expect.any(Array), "held", expect.any(Array), "held"]);
    const answer = bench.one("claim", null, by);
    const all = [...links, ...(answer === "dead" ? [] : answer.runs)];
    const claimed = all.flatMap((link) =>
      typeof link === "object" && !("made" in link) && !("ranBefore" in link) ? [link] : [],
    );
    const ends = claimed.map(([id, , , token]) => [id, token, "fail", error] as const);
    expect(bench.one("finish", ends)).toEqual(["done", "done", "done"]);
  });
  expect(bench.db.value("SELECT count(*) FROM runs WHERE state = 0")).toBe(0);
  expect(bench.db.value("SELECT count(*) FROM backfills WHERE state = 'done'")).toBe(1);
  expect(bench.db.value("SELECT count(*) FROM schedules WHERE pause IS NOT NULL")).toBe(2);
  expectFast(plans);
});

test("where nothing is held, counts failures or drains, an end reads once a transaction what it may concern", async () => {
  const bench = await Bench.open();
  const by = bench.node();
  for (let run = 0; run < 5; run++) bench.commit(bench.insertion({}, by));
  const runs = bench.db.tuples<[string, number]>("SELECT id, token FROM runs WHERE state = 3");
  const reads = vi.spyOn(Connection.prototype, "tuples");
  const rows = vi.spyOn(Connection.prototype, "get");
  bench.one(
    "finish",
    runs.map(([id, token]) => [id, token, "complete"]),
  );
  const probes = reads.mock.calls.filter(([text]) => text.includes("EXISTS"));
  expect([probes.length, rows.mock.calls.length]).toEqual([1, 0]);
  vi.restoreAllMocks();
});

test("defining, changing, pausing and listing schedules, and deploying beside them, use indexes", async () => {
  const bench = await Bench.open();
  const taskId = bench.task.newId;
  const { now } = bench;
  const put = (spec: string, settle?: Settlement) =>
    bench.one("putSchedules", [{ taskId, definition: scheduleOf({ spec }), draftedAt: 0, settle }])[0];
  const plans = plansOf(bench, () => {
    const created = put("1");
    if (created?.outcome !== "created") throw new Error("it was not created");
    const { id, version, cursor } = created.row;
    bench.now += 10;
    expect(put("2", { scheduleId: id, version, cursor })).toMatchObject({ outcome: "changed" });
    for (const [kind, known] of [
      ["pause", 3],
      ["resume", 4],
    ] as const) {
      bench.one("amendSchedules", [{ scheduleId: id, version: known, kind, pause: {}, draftedAt: now }]);
    }
    listPast(bench.db, { scheduleId: id, from: 0, to: bench.now, limit: 10 });
    getSchedules(bench.db, { items: [{ taskId, key: "default" }], removed: false });
    summarize(bench.db, { taskIds: [taskId], now: bench.now });
    for (const origin of [undefined, "code", "runtime"] as const) {
      const after = { task: bench.task.name, key: "a" };
      listSchedules(bench.db, { limit: 10, origin, after });
      listSchedules(bench.db, { limit: 10, origin, taskId });
    }
    bench.one("removeSchedules", [{ taskId, key: "default" }]);
    outcomesOf(bench.db, { scheduleId: id, instants: [1, 2] });
  });
  expectFast(plans);
});

test("a deploy reads the schedules that code defined, not those that were made at run time", async () => {
  const bench = await Bench.open();
  const plans = plansOf(bench, () => new Bench(bench.file, { schedules: [{}] }));
  const steps = [...plans.values()].flat().filter((step) => /^(SCAN|SEARCH) (s|schedules)\b/.test(step));
  expect(steps).toContain("SEARCH s USING INDEX schedules_code (task=?)");
  expect(steps.filter((step) => step.startsWith("SCAN"))).toEqual([]);
});
