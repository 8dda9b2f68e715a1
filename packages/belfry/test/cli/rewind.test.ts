import { expect, test } from "vitest";
import { systemClock } from "../../src/clock/system.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { presence } from "../sqlite/child.ts";
import { belfry, documentOf } from "./support/cli.ts";
import { useProject } from "./support/project.ts";

const project = useProject();

/** Decides the instants of a day to come, as a clock that is ahead has it. */
async function decideAhead(): Promise<number> {
  const { store: url, engine } = project();
  await engine.schedules.put("fails", "hourly", { cron: "0 * * * *" });
  const dayAheadMs = 24 * 3_600_000;
  const clock = { ...systemClock, now: () => systemClock.now() + dayAheadMs };
  const store = await openSqliteStore({ file: url.replace("sqlite:", ""), presence, clock });
  try {
    const row = (await store.schedules.list({ origin: "runtime", limit: 1 }))[0];
    const { epoch } = await store.nodes.register({ name: "ahead", leaseMs: 60_000, taskIds: [] });
    const [scheduleId, cursor, upTo] = [row?.id ?? 0, row?.cursor ?? 0, store.now()];
    const links = [{ after: cursor, upTo, reason: "missed" as const }];
    const firing = { scheduleId, version: row?.version ?? 0, cursor, links, newCursor: upTo, wasDueAt: upTo };
    expect(await store.ledger.fire({ epoch, taskIds: [], slots: 0 }, [firing])).toMatchObject([{ outcome: "decided" }]);
    await store.nodes.leave(epoch);
    return upTo;
  } finally {
    await store.close();
  }
}

test("doctor finds a clock that is behind, and sets the schedules to now where it is told to", async () => {
  const { store, engine } = project();
  const upTo = await decideAhead();
  const found = await belfry(["doctor", "--store", store]);
  expect(found.exit).toBe(1);
  expect(found.out).toMatch(/^clock +wrong +clock_behind: instants up to /m);
  expect(found.out).toContain(`${new Date(upTo).toISOString()} are decided, `);
  await expect(engine.checkReady()).rejects.toMatchObject({ fields: { problem: "clock_behind" } });

  const done = await belfry(["doctor", "--rewind", "--store", store]);
  expect(done).toMatchObject({ exit: 0, err: "" });
  expect(done.out).toMatch(
    /^1 schedule was set to now: .* decided again, and those that have a run are not run twice\n/,
  );
  expect(done.out).toMatch(/^clock +ok /m);
  await engine.checkReady();
  const row = await engine.schedules.get("fails", "hourly");
  expect(Date.parse(row?.decidedUpTo ?? "")).toBeLessThanOrEqual(Date.now());
  expect(row?.nextFirings[0]).toBeDefined();
  expect(documentOf(await belfry(["doctor", "--rewind", "--store", store, "--json"]))).toMatchObject({
    ok: true,
    rewound: 0,
  });
});

test("rewinding needs the store itself", async () => {
  const url = "http://127.0.0.1:1";
  for (const around of [{ argv: ["--url", url] }, { argv: [], environment: { BELFRY_URL: url } }]) {
    const { exit, out, err } = await belfry(["doctor", "--rewind", ...around.argv], around);
    expect([exit, out]).toEqual([2, ""]);
    expect(err).toMatch(/--rewind needs the store itself/);
  }
});
