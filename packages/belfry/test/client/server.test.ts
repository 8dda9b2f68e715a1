import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import type { BelfryApi } from "../../src/api/api.ts";
import { createClient } from "../../src/client/index.ts";
import { defineTask } from "../../src/index.ts";
import { startServer } from "./support/server.ts";

const unknownId = "6237b225b9a84d607cd79044";

const add = defineTask({
  name: "Add up",
  payload: z.object({ a: z.number(), b: z.number() }),
  handler: async ({ payload, log }) => {
    log.info("adding", payload);
    return { sum: payload.a + payload.b };
  },
});
const fail = defineTask({ name: "fail", handler: () => Promise.reject(new Error("on purpose")) });
const hold = defineTask({
  name: "hold",
  handler: ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
});
const nightly = defineTask({ name: "nightly", schedule: { key: "at night", cron: "0 0 29 2 *" }, handler: () => {} });
const disabled = defineTask({ name: "disabled", enabled: false, handler: () => {} });
const tasks = [add, fail, hold, nightly, disabled] as const;

/** A server, the engine behind it, and a client of it. */
async function serve() {
  const { engine, url } = await startServer(tasks);
  return { engine, url, client: createClient<typeof tasks>({ url }) };
}

describe("the seed's flow, over HTTP", () => {
  test("run, then the status by its tracking id", async () => {
    const { client, engine } = await serve();
    const handle = client.task("Add up");
    const result = await handle.run({ payload: { a: 1, b: 2 }, reason: "why", priority: 5 });
    expect(Object.keys(result)).toEqual(["trackingId", "cronJobId", "cronJobName", "triggeredAt", "status"]);
    expect(result).toMatchObject({ cronJobName: "Add up", status: "pending" });
    await vi.waitUntil(async () => (await handle.getTaskStatus(result.trackingId))?.status === "completed");
    expect(await handle.getTaskStatus(result.trackingId)).toEqual(
      await engine.task("Add up").getTaskStatus(result.trackingId),
    );
    expect(await client.runs.get(result.trackingId)).toMatchObject({ result: { sum: 3 }, reason: "why", priority: 5 });
    expect(await handle.getTaskStatus(unknownId)).toBeNull();
    expect(await client.runs.get(unknownId)).toBeNull();
  });

  test("runAndWait answers the full record, of a run that failed too", async () => {
    const { client } = await serve();
    const added = await client.task("Add up").runAndWait({ payload: { a: 2, b: 2 } });
    expect(added).toMatchObject({ status: "completed", result: { sum: 4 }, outcome: "completed" });
    const failed = await client.task("fail").runAndWait();
    expect(failed).toMatchObject({ status: "errors", errors: [{ code: "E_HANDLER", message: "on purpose" }] });
  });

  test("the same key is the same run, also where no header can carry it", async () => {
    const { client } = await serve();
    for (const idempotencyKey of ["mine", " Schlüssel ", '"quoted"', "a, b"]) {
      const options = { payload: { a: 1, b: 1 }, idempotencyKey };
      const first = await client.task("Add up").run(options);
      expect(await client.task("Add up").run(options)).toEqual(first);
      const other = { ...options, payload: { a: 1, b: 5 } };
      await expect(client.task("Add up").run(other)).rejects.toMatchObject({ code: "E_IDEMPOTENCY" });
    }
    const { items } = await client.runs.list({ task: "Add up" });
    expect(items).toHaveLength(4);
  });

  test("a key means the same embedded and over HTTP", async () => {
    const { client, engine } = await serve();
    for (const idempotencyKey of ["mine", "Schlüssel"]) {
      const options = { payload: { a: 1, b: 1 }, at: new Date("2027-01-01T00:00:00Z"), idempotencyKey };
      const embedded = await engine.task("Add up").run(options);
      expect(await client.task("Add up").run(options)).toEqual(embedded);
    }
  });
});

describe("every read answers what the engine's own does", () => {
  test("lists, pages and single ones", async () => {
    const { client, engine } = await serve();
    const { trackingId } = await client.task("Add up").runAndWait({ payload: { a: 1, b: 2 } });
    await client.task("fail").runAndWait();
    const range = { from: new Date(Date.now() - 1_000), to: new Date(Date.now() - 500) };
    const reads: ((api: BelfryApi) => Promise<unknown>)[] = [
      (api) => api.runs.get(trackingId),
      (api) => api.runs.list(),
      (api) => api.runs.list({ limit: 1 }),
      (api) => api.runs.list({ task: "fail", status: "errors", trigger: "manual", from: new Date(0), to: new Date() }),
      (api) => api.runs.logs(trackingId, { after: "0", limit: 10 }),
      (api) => api.tasks.get("nightly"),
      (api) => api.tasks.list({ limit: 2 }),
      (api) => api.schedules.get("nightly", "at night"),
      (api) => api.schedules.get("nightly"),
      (api) => api.schedules.list(),
      (api) => api.schedules.list({ task: "nightly" }),
      (api) => api.schedules.firings("nightly", "at night", { from: new Date(0), limit: 5 }),
      (api) => api.schedules.backfill("nightly", "at night", { ...range, dryRun: true }),
      (api) => api.backfills.list(),
      (api) => api.deploys.list(),
      (api) => api.explain("nightly", { at: new Date("2096-02-29T00:00:00Z") }),
      (api) => api.audit({ task: "nightly", ...range }),
      (api) => api.keys.list(),
      (api) => api.nodes(),
    ];
    for (const read of reads) expect(await read(client), String(read)).toEqual(await read(engine));
    const { cursor } = await client.runs.list({ limit: 1 });
    expect((await client.runs.list({ limit: 1, cursor: cursor ?? "" })).items[0]?.trackingId).toBe(trackingId);
  });
});

test("an answer that is lost on its way: asked again, it is kept once", async () => {
  const { engine, url } = await serve();
  let lost = 0;
  const losing: typeof fetch = async (...request) => {
    const answer = await fetch(...request);
    if (request[1]?.method === "POST" && lost++ % 3 < 2) throw new TypeError("the connection broke");
    return answer;
  };
  const client = createClient({ url, fetch: losing });
  const { trackingId } = await client.task("fail").run();
  await vi.waitUntil(async () => (await client.runs.get(trackingId))?.status === "errors");
  const again = await client.runs.retry(trackingId);
  const { items } = await engine.runs.list({ task: "fail" });
  expect(items.map((run) => run.trackingId)).toEqual([again.trackingId, trackingId]);
  expect(lost).toBe(6);
});

test("an engine of the same process answers too, without a socket", async () => {
  const { engine } = await serve();
  const { secret: apiKey } = await engine.keys.create({ name: "own", scope: "trigger" });
  const own: typeof fetch = (input, init) => engine.fetch(new Request(input, init));
  const client = createClient<typeof tasks>({ url: "https://app.example/belfry", apiKey, fetch: own });
  await expect(client.task("Add up").run({ payload: { a: 1, b: 1 } })).rejects.toMatchObject({ code: "E_ROUTE" });
  const rooted = createClient<typeof tasks>({ url: "https://app.example", apiKey, fetch: own });
  expect(await rooted.task("Add up").runAndWait({ payload: { a: 1, b: 1 } })).toMatchObject({ result: { sum: 2 } });
});

test("cancel and retry", async () => {
  const { client } = await serve();
  const { trackingId } = await client.task("hold").run();
  await vi.waitUntil(async () => (await client.runs.get(trackingId))?.status === "processing");
  await expect(client.runs.retry(trackingId)).rejects.toMatchObject({ code: "E_RUN_UNFINISHED" });
  expect(await client.runs.cancel(trackingId, { reason: "enough" })).toBe("requested");
  await vi.waitUntil(async () => (await client.runs.get(trackingId))?.status === "errors");
  expect(await client.runs.cancel(trackingId)).toBe("ended");
  const retried = await client.runs.retry(trackingId, { reason: "again", idempotencyKey: "once" });
  expect(await client.runs.retry(trackingId, { reason: "again", idempotencyKey: "once" })).toEqual(retried);
  expect(await client.runs.get(retried.trackingId)).toMatchObject({ retryOf: trackingId, reason: "again" });
  await client.runs.cancel(retried.trackingId);
});

const refusals: Record<string, (api: BelfryApi) => Promise<unknown>> = {
  "an unknown task": (api) => api.task("ad up").run(),
  "a name that is none": (api) => api.task("../Add up?#").run(),
  "an empty name": (api) => api.task("").run(),
  "no name at all": (api) => api.task(5 as unknown as string).getTaskStatus(unknownId),
  "an unknown task's status": (api) => api.task("ad up").getTaskStatus(unknownId),
  "a malformed tracking id": (api) => api.task("fail").getTaskStatus("x"),
  "a payload that its schema refuses": (api) => api.task("Add up").run({ payload: { a: "1" } }),
  "a payload that is missing": (api) => api.task("Add up").run(),
  "a payload that is no JSON": (api) => api.task("fail").run({ payload: () => {} }),
  "a disabled task": (api) => api.task("disabled").run(),
  "a delay that is none": (api) => api.task("fail").run({ delay: "soon" }),
  "a priority too high": (api) => api.task("fail").run({ priority: 101 }),
  "an unknown option": (api) => api.task("fail").run({ delya: "1s" } as object),
  "an unknown run": (api) => api.runs.cancel(unknownId),
  "the log of an unknown run": (api) => api.runs.logs(unknownId),
  "a status that is none": (api) => api.runs.list({ status: "failed" as "errors" }),
  "a limit too high": (api) => api.runs.list({ limit: 1_001 }),
  "a cursor from elsewhere": (api) => api.runs.list({ cursor: "elsewhere" }),
  "a line that is none": (api) => api.runs.logs(unknownId, { after: "x" }),
  "an unknown schedule": (api) => api.schedules.firings("nightly", "at nigth"),
  "a key that is none": (api) => api.schedules.firings("nightly", ""),
  "an unknown task's schedules": (api) => api.schedules.list({ task: "nigthly" }),
  "a schedule of an unknown task": (api) => api.schedules.put("nigthly", "k", "0 2 * * *"),
  "a pattern that is none": (api) => api.schedules.put("fail", "k", { cron: "0 25 * * *" }),
  "a zone that is none": (api) => api.schedules.put("fail", "k", { cron: "0 2 * * *", timezone: "Mars" }),
  "a schedule of the code": (api) => api.schedules.put("nightly", "at night", "0 2 * * *"),
  "the end of a schedule of the code": (api) => api.schedules.delete("nightly", "at night"),
  "the end of an unknown schedule": (api) => api.schedules.delete("nightly", "none"),
  "a pause of an unknown task": (api) => api.schedules.pause("nigthly"),
  "a skip of none": (api) => api.schedules.skip("nightly", "at night", { count: 0 }),
  "a backfill of an unknown schedule": (api) =>
    api.schedules.backfill("nightly", "none", { from: new Date(0), to: new Date(1), force: true }),
  "a backfill of long ago": (api) =>
    api.schedules.backfill("nightly", "at night", { from: new Date(0), to: new Date(1) }),
  "an unknown backfill": (api) => api.backfills.cancel(unknownId),
  "a backfill's id that is none": (api) => api.backfills.get("x"),
  "an unknown deploy": (api) => api.deploys.putBack(99),
  "an explanation of an unknown task": (api) => api.explain("nigthly", { at: new Date(0) }),
  "an explanation of an unknown schedule": (api) => api.explain("nightly", { at: new Date(0), schedule: "none" }),
  "an audit of an unknown task": (api) => api.audit({ task: "nigthly" }),
  "a forecast of too long": (api) => api.forecast({ hours: 169 }),
  "a scope that is none": (api) => api.keys.create({ name: "x", scope: "all" as "read" }),
  "an unknown API key": (api) => api.keys.revoke("00000000"),
};

test("what is refused is refused alike", async () => {
  const { client, engine } = await serve();
  for (const [what, call] of Object.entries(refusals)) {
    const [remote, embedded] = await Promise.all([refused(() => call(client)), refused(() => call(engine))]);
    expect([remote.code, plain(remote.message)], what).toEqual([embedded.code, plain(embedded.message)]);
  }
});

test("a key opens as far as its scope goes, and one that was revoked nothing", async () => {
  const { client, url } = await serve();
  const admin = await client.keys.create({ name: "admin", scope: "admin" });
  await expect(client.nodes()).rejects.toMatchObject({ code: "E_KEY_REQUIRED" });
  const boss = createClient({ url, apiKey: admin.secret });
  const { id, secret } = await boss.keys.create({ name: "reader" });
  const reader = createClient({ url, apiKey: secret });
  expect(await reader.task("fail").getTaskStatus(unknownId)).toBeNull();
  const error = await refused(() => reader.task("fail").run());
  expect(error).toMatchObject({ code: "E_FORBIDDEN" });
  expect(error.message).not.toContain(secret);
  expect(await boss.keys.revoke(id)).toMatchObject({ id, revokedAt: expect.any(String) });
  expect((await boss.keys.list()).map(({ name }) => name)).toEqual(["admin", "reader"]);
  await vi.waitUntil(() =>
    reader.nodes().then(
      () => false,
      ({ code }) => code === "E_KEY_REQUIRED",
    ),
  );
});

/** A message without what HTTP makes of it: in a query a number is text, and a client knows one option more. */
function plain(message: string): string {
  return message.replace('"1001"', "1001").replace('"169"', "169").replace(", tx, signal", ", tx");
}

async function refused(call: () => Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await call();
  } catch (error) {
    return error as { code: string; message: string };
  }
  return expect.unreachable("it was not refused");
}
