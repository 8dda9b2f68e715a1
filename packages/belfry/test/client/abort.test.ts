import { getEventListeners } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { createClient } from "../../src/client/index.ts";
import { page, startFake } from "./support/fake.ts";

const id = "6237b225b9a84d607cd79044";
const reason = new Error("the user went away");

describe("an aborted call rejects with the signal's reason and asks no more", () => {
  test("before it began: nothing is sent", async () => {
    const fake = await startFake();
    const signal = AbortSignal.abort(reason);
    const handle = createClient({ url: fake.url }).task("bill");
    const calls = [
      () => handle.run({ signal }),
      () => handle.runAndWait({ signal }),
      () => handle.getTaskStatus(id, { signal }),
    ];
    for (const call of calls) await expect(call()).rejects.toBe(reason);
    await expect(createClient({ url: fake.url, signal }).nodes()).rejects.toBe(reason);
    expect(fake.seen).toEqual([]);
  });

  test.each(["of the call", "of the client"])("while it waits for an answer, by the signal %s", async (whose) => {
    const fake = await startFake();
    fake.faults.push("silent");
    const over = new AbortController();
    const { signal } = over;
    const client = createClient({ url: fake.url, ...(whose === "of the client" ? { signal } : {}) });
    const call = client.task("bill").run(whose === "of the call" ? { signal } : {});
    await vi.waitUntil(() => fake.seen.length === 1);
    over.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(fake.seen).toHaveLength(1);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("while it waits for the next try", async () => {
    const fake = await startFake();
    fake.faults.push(page(503, { "retry-after": "20" }));
    const over = new AbortController();
    const call = createClient({ url: fake.url }).task("bill").run({ signal: over.signal });
    await vi.waitUntil(() => fake.seen.length === 1);
    over.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(fake.seen).toHaveLength(1);
  });

  test("while it waits for the run's end", async () => {
    const fake = await startFake();
    const over = new AbortController();
    const call = createClient({ url: fake.url }).task("bill").runAndWait({ signal: over.signal });
    await vi.waitUntil(() => fake.seen.length > 2);
    over.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(fake.runs.size).toBe(1);
    expect(getEventListeners(over.signal, "abort")).toEqual([]);
  });

  test("also where the `fetch` does not listen to it", async () => {
    const over = new AbortController();
    const deaf = vi.fn(() => new Promise<Response>(() => {}));
    const call = createClient({ url: "http://127.0.0.1:1", fetch: deaf }).task("bill").run({ signal: over.signal });
    await vi.waitUntil(() => deaf.mock.calls.length === 1);
    over.abort(reason);
    await expect(call).rejects.toBe(reason);
  });
});

test("calls that end by themselves leave nothing at a signal that lives on", async () => {
  const fake = await startFake();
  fake.faults.push("dropBefore");
  const { signal } = new AbortController();
  const client = createClient({ url: fake.url, signal });
  const { trackingId } = await client.task("bill").run({ signal });
  fake.end(trackingId, "completed");
  await client.runs.get(trackingId);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});
