import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { expect, test } from "vitest";
import { freshId } from "../../../test/contract/context.ts";
import { Bench, codesOf } from "../../../test/sqlite/kit.ts";
import { Connection } from "./connection.ts";
import { commitGroup } from "./group.ts";
import { openWriting } from "./opening.ts";

/** How many runs the file has. */
function count({ db }: Bench): number | undefined {
  return db.value<number>("SELECT count(*) FROM runs");
}

/** What is in the file and in its log. */
function contentOf({ file }: Bench): Buffer {
  return Buffer.concat([readFileSync(file), readFileSync(`${file}-wal`)]);
}

test("of a group with a bad call only that call fails", async () => {
  const bench = await Bench.open();
  const calls = [bench.insertion(), bench.insertion({ priority: Number.NaN }), bench.insertion()];
  const { answers, changes } = bench.commit(...calls);
  expect(codesOf(answers)).toEqual([undefined, "E_STORE_UNAVAILABLE", undefined]);
  expect(answers.map(([id]) => id)).toEqual(calls.map(({ id }) => id));
  expect([count(bench), changes]).toEqual([2, 2]);
});

test("a bad call leaves nothing behind, also what it had done before it failed", async () => {
  const bench = await Bench.open();
  const [good, bad] = [bench.insertion().args, bench.insertion({ priority: Number.NaN }).args] as unknown[][];
  const call = { ...bench.insertion(), args: [...(good ?? []), ...(bad ?? [])] };
  expect(codesOf(bench.commit(call).answers)).toEqual(["E_STORE_UNAVAILABLE"]);
  expect(count(bench)).toBe(0);
});

test("what only some calls of a group counted is not lost when the group is split", async () => {
  const bench = await Bench.open();
  const by = bench.node();
  bench.commit(bench.insertion({}, by), bench.insertion({ priority: Number.NaN }), bench.insertion({}, by));
  const tokens = bench.db.tuples<[number]>("SELECT token FROM runs WHERE token > 0 ORDER BY seq").flat();
  expect(tokens).toEqual([2 ** 40 + 1, 2 ** 40 + 2]);
  expect(bench.db.value("SELECT token FROM meta")).toBe(2 ** 40 + 2);
});

test("while another connection writes a group is busy, and nothing of it was begun", async () => {
  const bench = await Bench.open();
  const other = openWriting(bench.file, true);
  other.exec("BEGIN IMMEDIATE");
  expect(bench.commit(bench.insertion())).toEqual({ answers: [], busy: true, changes: 0 });
  other.rollback();
  other.close();
  expect(codesOf(bench.commit(bench.insertion()).answers)).toEqual([undefined]);
});

test("a file that may not be written is read-only for every call of the group", async () => {
  const bench = await Bench.open();
  const db = new Connection(bench.file, { readOnly: true });
  const outcome = commitGroup(db, [bench.insertion(), bench.insertion()], bench.file);
  expect([codesOf(outcome.answers), outcome.broken]).toEqual([["E_STORE_READONLY", "E_STORE_READONLY"], undefined]);
  db.close();
});

test("a full store refuses the group and keeps none of it, and takes the next when there is room", async () => {
  const bench = await Bench.open();
  const pages = bench.db.value<number>("PRAGMA page_count") ?? 0;
  bench.db.value(`PRAGMA max_page_count = ${pages + 2}`);
  const payload = JSON.stringify("x".repeat(100_000));
  const outcome = bench.commit(bench.insertion(), bench.insertion({ payload }));
  expect([codesOf(outcome.answers), outcome.broken]).toEqual([["E_STORE_FULL", "E_STORE_FULL"], undefined]);
  expect(count(bench)).toBe(0);
  bench.db.value("PRAGMA max_page_count = 1000000");
  expect(codesOf(bench.commit(bench.insertion({ payload })).answers)).toEqual([undefined]);
  expect(bench.db.value("PRAGMA integrity_check")).toBe("ok");
});

test("a damaged file is said to be, and the connection is given up", async () => {
  const bench = await Bench.open();
  bench.commit(...Array.from({ length: 50 }, () => bench.insertion()));
  const page = bench.db.value<number>("SELECT rootpage FROM sqlite_schema WHERE name = 'runs_history'") ?? 0;
  const pageBytes = bench.db.value<number>("PRAGMA page_size") ?? 0;
  bench.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const file = openSync(bench.file, "r+");
  writeSync(file, Buffer.alloc(pageBytes, 0xff), 0, pageBytes, (page - 1) * pageBytes);
  closeSync(file);
  const db = new Connection(bench.file, { readOnly: false });
  const outcome = commitGroup(db, [bench.insertion()], bench.file);
  expect([codesOf(outcome.answers), outcome.broken?.code]).toEqual([["E_STORE_CORRUPT"], "E_STORE_CORRUPT"]);
  db.close();
});

test("a group that changes nothing writes nothing", async () => {
  const bench = await Bench.open();
  const by = bench.node();
  const before = contentOf(bench);
  const { answers, changes } = bench.commit(
    bench.call("claim", null, by),
    bench.call("finish", [[freshId(), 1, "complete"]]),
    bench.call("progress", [{ id: freshId(), token: 1, value: 0.5 }]),
    bench.call("cancel", [{ id: freshId() }]),
    bench.call("append", [{ id: freshId(), token: 1, lines: [] }]),
    bench.call("expire", { readyBefore: bench.now, limit: 10 }),
    bench.call("prune", { endedBefore: bench.now, limit: 10 }),
    bench.call("fire", [[1, 1, 1, 1, 1, undefined, undefined, [[1, freshId(), undefined]]]], { ...by, epoch: 99 }),
  );
  expect(codesOf(answers).filter(Boolean)).toEqual([]);
  expect(changes).toBe(0);
  expect(contentOf(bench).equals(before)).toBe(true);
});

test("a lease that is renewed is no change that others want to hear of", async () => {
  const bench = await Bench.open();
  const { epoch } = bench.node();
  bench.now += 1_000;
  const before = contentOf(bench);
  expect(bench.commit(bench.call("renew", epoch)).changes).toBe(0);
  expect(contentOf(bench).equals(before)).toBe(false);
});
