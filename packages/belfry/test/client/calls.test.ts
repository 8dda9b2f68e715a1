import { expect, test } from "vitest";
import { type BelfryClient, createClient } from "../../src/client/index.ts";
import { asked } from "./support/asked.ts";
import { refusal, startFake } from "./support/fake.ts";

const id = "6237b225b9a84d607cd79044";

test("run() sends what it was given, and answers the server's record", async () => {
  const record = { trackingId: id, cronJobId: id, cronJobName: "a b", triggeredAt: "2022", status: "pending" };
  const { got, seen } = await asked(
    (client) =>
      client.task("a b").run({
        payload: { n: 1, at: new Date(0), gone: undefined },
        at: new Date(1_000),
        priority: -5,
        reason: "why",
        idempotencyKey: "my key",
      }),
    { "POST /v1/tasks/a%20b/runs": record },
  );
  expect(got).toEqual(record);
  expect(seen?.headers).toMatchObject({ "idempotency-key": "my key", "content-type": "application/json" });
  const payload = { n: 1, at: "1970-01-01T00:00:00.000Z" };
  expect(seen?.body).toEqual({ payload, at: "1970-01-01T00:00:01.000Z", priority: -5, reason: "why" });
});

test("run() of nothing sends nothing but a key of its own, another for each call", async () => {
  const fake = await startFake();
  const handle = createClient({ url: fake.url }).task("bill");
  await Promise.all([handle.run(), handle.run({ delay: "10s" })]);
  const keys = fake.seen.map(({ headers }) => headers["idempotency-key"]);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(keys).size).toBe(2);
  expect(fake.seen.map(({ body }) => body)).toEqual(expect.arrayContaining([{}, { delay: "10s" }]));
  expect(fake.seen.every(({ headers }) => headers.authorization === undefined)).toBe(true);
});

test("a key that no header can carry goes in the body of a list of one", async () => {
  const fake = await startFake();
  const handle = createClient({ url: fake.url }).task("bill");
  const one = await handle.run({ idempotencyKey: "Schlüssel", payload: 5 });
  const again = await handle.run({ idempotencyKey: "Schlüssel", payload: 5 });
  expect(again).toEqual(one);
  expect(one).toMatchObject({ cronJobName: "bill" });
  expect(fake.seen[0]).toMatchObject({
    path: "/v1/runs",
    body: { runs: [{ task: "bill", idempotencyKey: "Schlüssel", payload: 5 }] },
  });
  const error = { code: "E_TASK_DISABLED", detail: "task is disabled" };
  fake.answers.set("POST /v1/runs", { items: [{ status: 409, error }] });
  await expect(handle.run({ idempotencyKey: " " })).rejects.toMatchObject({ code: "E_TASK_DISABLED" });
  fake.answers.set("POST /v1/runs", { items: [] });
  await expect(handle.run({ idempotencyKey: " " })).rejects.toMatchObject({ code: "E_UNREACHABLE" });
});

test.each<[string, (client: BelfryClient) => Promise<unknown>, string, unknown, unknown, unknown?]>([
  [
    "getTaskStatus",
    (c) => c.task("a b").getTaskStatus(id),
    `GET /v1/tasks/a%20b/runs/${id}`,
    { trackingId: id },
    { trackingId: id },
  ],
  ["runs.get", (c) => c.runs.get(id), `GET /v1/runs/${id}`, { trackingId: id }, { trackingId: id }],
  ["runs.list", (c) => c.runs.list(), "GET /v1/runs", { items: [] }, { items: [] }],
  [
    "runs.list with all it takes",
    (c) =>
      c.runs.list({
        task: "a b",
        status: "errors",
        trigger: "manual",
        from: new Date(0),
        to: new Date(1),
        limit: 5,
        cursor: "a=&b",
      }),
    "GET /v1/runs?task=a%20b&status=errors&trigger=manual&from=1970-01-01T00%3A00%3A00.000Z&to=1970-01-01T00%3A00%3A00.001Z&limit=5&cursor=a%3D%26b",
    { items: [], cursor: "c" },
    { items: [], cursor: "c" },
  ],
  [
    "runs.cancel",
    (c) => c.runs.cancel(id, { reason: "why" }),
    `POST /v1/runs/${id}/cancel`,
    { trackingId: id, outcome: "requested" },
    "requested",
    { reason: "why" },
  ],
  [
    "runs.retry",
    (c) => c.runs.retry(id, { reason: "why", idempotencyKey: "key" }),
    `POST /v1/runs/${id}/retry`,
    { trackingId: id },
    { trackingId: id },
    { reason: "why" },
  ],
  [
    "runs.logs",
    (c) => c.runs.logs(id, { after: "5", limit: 10 }),
    `GET /v1/runs/${id}/logs?after=5&limit=10`,
    { items: [], dropped: 3 },
    { items: [], dropped: 3 },
  ],
  [
    "schedules.get",
    (c) => c.schedules.get("a b"),
    "GET /v1/tasks/a%20b/schedules/default",
    { key: "default" },
    { key: "default" },
  ],
  [
    "schedules.list",
    (c) => c.schedules.list({ task: "a b", limit: 1 }),
    "GET /v1/tasks/a%20b/schedules?limit=1",
    { items: [] },
    { items: [] },
  ],
  ["schedules.list of all", (c) => c.schedules.list(), "GET /v1/schedules", { items: [] }, { items: [] }],
  [
    "schedules.firings",
    (c) => c.schedules.firings("bill", "at night", { from: new Date(0) }),
    "GET /v1/tasks/bill/schedules/at%20night/firings?from=1970-01-01T00%3A00%3A00.000Z",
    { items: [] },
    { items: [] },
  ],
  ["tasks.get", (c) => c.tasks.get("a b"), "GET /v1/tasks/a%20b", { name: "a b" }, { name: "a b" }],
  ["tasks.list", (c) => c.tasks.list({ cursor: "x" }), "GET /v1/tasks?cursor=x", { items: [] }, { items: [] }],
  [
    "keys.create",
    (c) => c.keys.create({ name: "ci", scope: "trigger" }),
    "POST /v1/keys",
    { secret: "s" },
    { secret: "s" },
    { name: "ci", scope: "trigger" },
  ],
  ["keys.list", (c) => c.keys.list(), "GET /v1/keys", { items: [{ id: "a" }] }, [{ id: "a" }]],
  [
    "keys.revoke",
    (c) => c.keys.revoke("0a1b2c3d"),
    "POST /v1/keys/0a1b2c3d/revoke",
    { id: "0a1b2c3d" },
    { id: "0a1b2c3d" },
  ],
  ["nodes", (c) => c.nodes(), "GET /v1/nodes", { items: [{ name: "n" }] }, [{ name: "n" }]],
])("%s", async (_, call, request, answer, expected, body) => {
  const { got, seen } = await asked(call, { [request]: answer });
  expect(got).toEqual(expected);
  expect(seen?.body).toEqual(body);
  expect(seen?.headers["idempotency-key"] !== undefined).toBe(!request.startsWith("GET"));
});

test("what is not there is null where an engine says null, and the server's error elsewhere", async () => {
  const fake = await startFake();
  const client = createClient({ url: fake.url });
  expect(await client.task("bill").getTaskStatus(id)).toBeNull();
  expect(await client.runs.get(id)).toBeNull();
  fake.faults.push(refusal(404, "E_SCHEDULE_UNKNOWN", "no such"));
  expect(await client.schedules.get("bill", "x")).toBeNull();
  await expect(client.runs.cancel(id)).rejects.toMatchObject({ code: "E_RUN_UNKNOWN" });
  fake.faults.push(refusal(404, "E_TASK_UNKNOWN", 'there is no task "bil" (did you mean "bill"?)'));
  await expect(client.task("bil").getTaskStatus(id)).rejects.toMatchObject({
    code: "E_TASK_UNKNOWN",
    message: 'there is no task "bil" (did you mean "bill"?)',
  });
});
