import { describe, expect, test } from "vitest";
import { createClient, isBelfryError } from "../../src/client/index.ts";
import { deadUrl, type Fault, page, refusal, startFake } from "./support/fake.ts";

const id = "6237b225b9a84d607cd79044";
const busy = refusal(503, "E_STORE_BUSY", "the store is busy");

describe("a trigger is sent again under the same key, and kept once", () => {
  test.each<[string, Fault[]]>([
    ["its connection broke before", ["dropBefore"]],
    ["its connection broke after it was kept", ["dropAfter"]],
    ["its answer was cut short", ["cut"]],
    ["a proxy was down", [page(502), page(503), page(504)]],
    ["the server was busy, three times", [busy, busy, busy]],
    ["there were too many", [refusal(429, "E_OF_LATER", "slow down", { "retry-after": "0" })]],
    ["all of it", ["dropAfter", page(503, { "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }), "cut"]],
  ])("%s", async (_, faults) => {
    const fake = await startFake();
    fake.faults.push(...faults);
    const record = await createClient({ url: fake.url })
      .task("bill")
      .run({ payload: { n: 1 } });
    expect([...fake.runs.keys()]).toEqual([record.trackingId]);
    expect(fake.seen).toHaveLength(faults.length + 1);
    const sent = fake.seen.map(({ path, headers, body }) => [path, headers["idempotency-key"], body]);
    for (const again of sent) expect(again).toEqual(sent[0]);
  });
});

test("reads are asked again alike", async () => {
  const fake = await startFake();
  fake.faults.push("dropBefore", busy, "cut");
  fake.answers.set("GET /v1/tasks", { items: [] });
  expect(await createClient({ url: fake.url }).tasks.list()).toEqual({ items: [] });
  expect(fake.seen).toHaveLength(4);
});

test("a trigger whose key goes in a list of one is sent again, too", async () => {
  const fake = await startFake();
  const items = [{ status: 503, error: { code: "E_STORE_BUSY", detail: "the store is busy" } }];
  const item = { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify({ items }) };
  fake.faults.push(item, "dropAfter");
  const { trackingId } = await createClient({ url: fake.url }).task("bill").run({ idempotencyKey: "Müller" });
  expect([...fake.runs.keys()]).toEqual([trackingId]);
  expect(fake.seen).toHaveLength(3);
});

test("the making of a key is sent again only where nothing can have come of it", async () => {
  const fake = await startFake();
  const client = createClient({ url: fake.url });
  fake.faults.push(busy, "dropAfter");
  await expect(client.keys.create({ name: "ci" })).rejects.toMatchObject({ code: "E_OUTCOME_UNKNOWN" });
  expect(fake.seen).toHaveLength(2);
});

test.each([400, 401, 403, 404, 405, 409, 413, 415, 500])("a %d is final", async (status) => {
  const fake = await startFake();
  fake.faults.push(refusal(status, "E_OF_LATER", "no"));
  const error = await errorOf(createClient({ url: fake.url }).task("bill").run());
  expect(isBelfryError(error)).toBe(true);
  expect(error).toMatchObject({ code: "E_OF_LATER", message: "no", status });
  expect(fake.seen).toHaveLength(1);
});

describe("after the last try", () => {
  test("the server's own error, where each try was answered", async () => {
    const fake = await startFake();
    fake.faults.push(busy, busy, busy, busy);
    const client = createClient({ url: fake.url });
    await expect(client.task("bill").run()).rejects.toMatchObject({
      code: "E_STORE_BUSY",
      message: "the store is busy",
    });
    expect(fake.seen).toHaveLength(4);
  });

  test("E_UNREACHABLE where nothing listens, naming the URL and why", async () => {
    const url = await deadUrl();
    const client = createClient({ url });
    const calls = [client.task("bill").run(), client.runs.get(id), client.nodes()];
    for (const error of await Promise.all(calls.map(errorOf))) {
      expect(error).toMatchObject({ code: "E_UNREACHABLE", fields: { url }, exitCode: 3 });
      expect(error.message).toContain("ECONNREFUSED");
    }
  });

  test("E_OUTCOME_UNKNOWN where a write was sent and no answer came, with the key to ask again with", async () => {
    const fake = await startFake();
    fake.faults.push("dropAfter", "dropAfter", "dropAfter", "dropAfter");
    const client = createClient({ url: fake.url });
    const error = await errorOf(client.task("bill").run({ idempotencyKey: "mine" }));
    expect(error).toMatchObject({ code: "E_OUTCOME_UNKNOWN", fields: { url: fake.url, idempotencyKey: "mine" } });
    expect(error.message).toMatch(/did not say whether the trigger of task "bill" was kept .*idempotencyKey "mine"/);
    const { trackingId } = await client.task("bill").run({ idempotencyKey: "mine" });
    expect([...fake.runs.keys()]).toEqual([trackingId]);
  });

  test("also where only the first of them may have arrived", async () => {
    const fake = await startFake();
    fake.faults.push("dropAfter", busy, busy, busy);
    const error = await errorOf(createClient({ url: fake.url }).runs.retry(id));
    expect(error).toMatchObject({
      code: "E_OUTCOME_UNKNOWN",
      cause: expect.objectContaining({ code: "E_STORE_BUSY" }),
    });
    expect(error.message).toMatch(/the retry of run .*the store is busy/);
  });

  test("also where the server did not know, and then was gone", async () => {
    const fake = await startFake();
    const unknown = refusal(503, "E_OUTCOME_UNKNOWN", "the store did not say");
    fake.faults.push(unknown, busy, busy, busy);
    await expect(createClient({ url: fake.url }).task("bill").run()).rejects.toMatchObject({
      code: "E_OUTCOME_UNKNOWN",
    });
  });

  test("also where the server never knew: with the key, and what it said", async () => {
    const fake = await startFake();
    const detail = "the store did not say";
    const body = JSON.stringify({ code: "E_OUTCOME_UNKNOWN", detail, fields: { trackingId: id } });
    const unknown = { status: 503, headers: { "content-type": "application/problem+json" }, body };
    fake.faults.push(unknown, unknown, unknown, unknown);
    const error = await errorOf(createClient({ url: fake.url }).task("bill").run({ idempotencyKey: "mine" }));
    expect(error).toMatchObject({ code: "E_OUTCOME_UNKNOWN", fields: { trackingId: id, idempotencyKey: "mine" } });
    expect(error.message).toContain(detail);
  });

  test("of a read that no answer came to, E_UNREACHABLE", async () => {
    const fake = await startFake();
    fake.faults.push("dropAfter", "dropAfter", "dropAfter", "dropAfter");
    await expect(createClient({ url: fake.url }).runs.get(id)).rejects.toMatchObject({ code: "E_UNREACHABLE" });
  });
});

describe("the time of a call is bounded", () => {
  test("where nothing comes at all", async () => {
    const fake = await startFake();
    fake.faults.push("silent", "silent", "silent", "silent");
    const client = createClient({ url: fake.url, timeout: "50ms" });
    const unknown = await errorOf(client.task("bill").run());
    expect(unknown).toMatchObject({ code: "E_OUTCOME_UNKNOWN" });
    expect(unknown.message).toContain("it did not answer within");
    await expect(client.runs.get(id)).rejects.toMatchObject({ code: "E_UNREACHABLE" });
  });

  test("a Retry-After that goes beyond it is not waited for", async () => {
    const fake = await startFake();
    fake.faults.push(refusal(503, "E_STOPPED", "restarting", { "retry-after": "3600" }));
    await expect(createClient({ url: fake.url }).tasks.list()).rejects.toMatchObject({ code: "E_STOPPED" });
    expect(fake.seen).toHaveLength(1);
  });
});

async function errorOf(call: Promise<unknown>): Promise<Error & { message: string }> {
  return call.then(
    () => expect.unreachable("it did not reject"),
    (error: Error) => error,
  );
}
