import { expect, test } from "vitest";
import { freshId, newRun } from "../../../test/contract/context.ts";
import { Bench } from "../../../test/sqlite/kit.ts";
import { limits } from "../../base/limits.ts";
import { getRuns } from "./runs.ts";
import { packRun } from "./wire.ts";

const error = JSON.stringify({ code: "E_HANDLER", name: "Error", message: "m" });

/** A run that a node of its own holds; the node's name says which. */
function held(bench: Bench) {
  const by = bench.node();
  const id = freshId();
  bench.one("insert", [packRun(newRun({ id: bench.task.newId }, { id }))], by);
  const token = bench.db.value<number>("SELECT token FROM runs WHERE id = ?", id) ?? 0;
  return { by, id, token };
}

test("the node of an attempt is named after it is gone, for as long as the run is kept", async () => {
  const bench = await Bench.open();
  const { by, id, token } = held(bench);
  bench.one("finish", [[id, token, "complete"]]);
  bench.one("leave", by.epoch);
  const nodeOf = () => getRuns(bench.db, [id])[0]?.attempts[0]?.node;
  expect(nodeOf()).toBe("node");
  const endedAt = bench.now;
  bench.now += 1_000;
  expect(bench.one("prune", { endedBefore: endedAt, limit: 10 })).toBe(0);
  expect(nodeOf()).toBe("node");
  expect(bench.one("prune", { endedBefore: bench.now, limit: 1 })).toBe(1);
  bench.one("prune", { endedBefore: bench.now, limit: 10 });
  for (const table of ["runs", "details", "attempts", "lines", "nodes"]) {
    expect(bench.db.value(`SELECT count(*) FROM ${table}`), table).toBe(0);
  }
});

test("an epoch is given once, also where its node is forgotten", async () => {
  const bench = await Bench.open();
  const first = bench.node();
  bench.one("leave", first.epoch);
  bench.now += 1_000;
  bench.one("prune", { endedBefore: bench.now, limit: 10 });
  expect(bench.db.value("SELECT count(*) FROM nodes")).toBe(0);
  expect(bench.node().epoch).toBeGreaterThan(first.epoch);
});

test("a run that is tried for ever keeps its newest attempts, the one that runs not counted", async () => {
  const bench = await Bench.open();
  const { by, id } = held(bench);
  const count = limits.attemptsKept + 20;
  for (let attempt = 1; attempt <= count; attempt++) {
    const token = bench.db.value<number>("SELECT token FROM runs WHERE id = ?", id) ?? 0;
    bench.one("finish", [[id, token, "retry", error, undefined, 0]]);
    bench.one("claim", null, by);
  }
  const [run] = getRuns(bench.db, [id]);
  expect(run?.attempts.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 100 }, (_, index) => index + 21));
  expect(run?.current?.attempt).toBe(count + 1);
  bench.one("finish", [[id, run?.current?.token ?? 0, "complete"]]);
  const [ended] = getRuns(bench.db, [id]);
  expect([ended?.attempts.length, ended?.attempts.at(-1)?.attempt]).toEqual([limits.attemptsKept, count + 1]);
});

test("a run with nothing to say has no row but its own", async () => {
  const bench = await Bench.open();
  const { id, token } = held(bench);
  bench.one("finish", [[id, token, "complete"]]);
  for (const table of ["details", "attempts", "lines"]) {
    expect(bench.db.value(`SELECT count(*) FROM ${table}`), table).toBe(0);
  }
});

test("renewals come first: a node that another group member would declare dead lives on", async () => {
  const bench = await Bench.open();
  const [by, reaper] = [bench.node(), bench.node()];
  const expiresAt = bench.db.value<number>("SELECT expires_at FROM nodes WHERE epoch = ?", by.epoch) ?? 0;
  bench.now = expiresAt;
  const suspects = [{ epoch: by.epoch, expiresAt }];
  bench.commit(bench.call("renew", by.epoch), bench.call("reap", { by: reaper.epoch, suspects }));
  expect(bench.one("renew", by.epoch)).toMatchObject({ outcome: "renewed" });
});
