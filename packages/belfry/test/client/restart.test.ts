import { expect, test, vi } from "vitest";
import { createClient } from "../../src/client/index.ts";
import { defineTask } from "../../src/index.ts";
import { freshStore } from "../seed/support/host.ts";
import { startServer } from "./support/server.ts";

test("who waits for a run outlives the server's restart, and sees its end", async () => {
  const store = freshStore();
  const held = (handler: (run: { signal: AbortSignal }) => unknown) => defineTask({ name: "held", handler });
  const holds = held(({ signal }) => new Promise((resolve) => signal.addEventListener("abort", resolve)));
  const first = await startServer([holds], { store });
  const client = createClient({ url: first.url });
  const ended = client.task("held").runAndWait({ idempotencyKey: "mine" });
  await vi.waitUntil(async () => (await client.runs.list({ status: "processing" })).items.length === 1);
  await first.server.close(0);
  await first.engine.stop();
  await startServer([held(() => "ended")], { store, port: first.server.port });
  expect(await ended).toMatchObject({ status: "completed", attempts: expect.any(Array) });
  expect((await client.runs.list({ task: "held" })).items).toHaveLength(1);
});
