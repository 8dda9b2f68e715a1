import { expect, test, vi } from "vitest";
import { createClient } from "../../src/client/index.ts";
import { refusal, startFake } from "./support/fake.ts";

test("runAndWait answers the full record once the run has ended, well or not", async () => {
  const fake = await startFake();
  const handle = createClient({ url: fake.url }).task("bill");
  for (const status of ["completed", "errors"] as const) {
    const before = fake.runs.size;
    const ended = handle.runAndWait();
    await vi.waitUntil(() => fake.runs.size > before && fake.seen.at(-1)?.method === "GET");
    const [trackingId = ""] = [...fake.runs.keys()].slice(-1);
    fake.end(trackingId, status, { billed: 5 });
    expect(await ended).toMatchObject({ trackingId, status, result: { billed: 5 } });
  }
});

test("it outlives a server that is away meanwhile, however long", async () => {
  const fake = await startFake();
  const ended = createClient({ url: fake.url, timeout: "100ms" }).task("bill").runAndWait();
  await vi.waitUntil(() => fake.seen.length > 1);
  const [trackingId = ""] = fake.runs.keys();
  await fake.close();
  await vi.waitFor(() => expect(fetch(fake.url)).rejects.toThrow());
  fake.end(trackingId, "completed");
  await fake.listen();
  fake.faults.push(...Array.from({ length: 6 }, () => refusal(503, "E_STOPPED", "not yet")), "dropBefore");
  expect(await ended).toMatchObject({ trackingId, status: "completed" });
  expect(fake.runs.size).toBe(1);
});

test("it rejects where the run is gone, or may not be read", async () => {
  const fake = await startFake();
  const handle = createClient({ url: fake.url }).task("bill");
  const gone = handle.runAndWait();
  await vi.waitUntil(() => fake.runs.size > 0);
  fake.runs.clear();
  await expect(gone).rejects.toMatchObject({ code: "E_RUN_UNKNOWN" });
  const refused = handle.runAndWait({ idempotencyKey: "other" });
  await vi.waitUntil(() => fake.runs.size > 0);
  fake.faults.push(refusal(403, "E_FORBIDDEN", "no"));
  await expect(refused).rejects.toMatchObject({ code: "E_FORBIDDEN" });
});
