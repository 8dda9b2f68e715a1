import { expect, test } from "vitest";
import { z } from "zod";
import { createClient } from "../../src/client/index.ts";
import { defineTask } from "../../src/index.ts";
import { startServer } from "./support/server.ts";

const add = defineTask({ name: "Add up", payload: z.object({ a: z.number(), b: z.number() }), handler: () => {} });
const fail = defineTask({ name: "fail", handler: () => {} });
const tick = defineTask({ name: "tick", schedule: { every: "1s" }, handler: () => {} });
const tasks = [add, fail, tick] as const;

/** A server, the engine behind it, and a client of it. */
async function serve() {
  const { engine, url } = await startServer(tasks);
  return { engine, url, client: createClient<typeof tasks>({ url }) };
}

test("schedules are put, paused, skipped, resumed and removed as by an engine of this process", async () => {
  const { client, engine } = await serve();
  const schedule = { cron: "0 0 29 2 *", start: new Date("2030-01-01T00:00:00Z"), payload: { a: 1, b: 2 } } as const;
  const put = await client.schedules.put("Add up", "often", schedule, { author: "ops" });
  expect(put).toMatchObject({ outcome: "created", schedule: { origin: "runtime", author: "ops" } });
  expect(await engine.schedules.put("Add up", "often", schedule)).toMatchObject({ outcome: "unchanged" });
  const { items } = await client.schedules.putMany([
    { task: "Add up", key: "often", schedule },
    { task: "Add up", key: "seldom", schedule: { ...schedule, payload: { a: "1" } } },
    { task: "fail", schedule: "0 0 29 2 *" },
  ]);
  expect(items).toMatchObject([{ outcome: "unchanged" }, { error: { code: "E_PAYLOAD" } }, { outcome: "created" }]);
  expect(await client.schedules.pause("*", "often", { reason: "why" })).toMatchObject({ count: 1 });
  expect(await engine.schedules.get("Add up", "often")).toMatchObject({ paused: { reason: "why" } });
  expect(await client.schedules.resume("Add*")).toMatchObject({ count: 1 });
  const skipped = await client.schedules.skip("Add up", "often", { count: 1 });
  expect(skipped.schedules[0]?.nextFirings[0]).toBe("2036-02-29T00:00:00.000Z");
  expect(await client.schedules.delete("Add up", "often")).toEqual({ runs: [] });
  expect(await engine.schedules.get("Add up", "often")).toBeNull();
});

test("a backfill whose answer is lost is made once", async () => {
  const { engine, url } = await serve();
  let lost = 0;
  const losing: typeof fetch = async (...request) => {
    const answer = await fetch(...request);
    if (request[1]?.method === "POST" && lost++ < 2) throw new TypeError("the connection broke");
    return answer;
  };
  const client = createClient({ url, fetch: losing });
  const range = { from: new Date(Date.now() - 60_000), to: new Date(Date.now() - 1_000) };
  const { id } = await client.schedules.backfill("tick", "default", range);
  expect((await engine.backfills.list()).items.map((one) => one.id)).toEqual([id]);
  expect(lost).toBe(3);
  expect(await client.backfills.cancel(id)).toEqual(await engine.backfills.get(id));
});
