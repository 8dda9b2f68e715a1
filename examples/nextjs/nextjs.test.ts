import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

type Holder = { belfryEngine?: Promise<{ stop(): Promise<void>; nodes(): Promise<unknown[]> }> };
const holder = globalThis as Holder;
let folder: string;
let signalled: NodeJS.SignalsListener[];

beforeEach(() => {
  signalled = process.listeners("SIGTERM");
  folder = mkdtempSync(join(tmpdir(), "belfry-nextjs-"));
  vi.stubEnv("BELFRY_STORE", `sqlite:${join(folder, "belfry.db")}`);
  vi.stubEnv("NEXT_RUNTIME", "nodejs");
});

afterEach(async () => {
  await (await holder.belfryEngine)?.stop();
  holder.belfryEngine = undefined;
  for (const listener of process.listeners("SIGTERM")) {
    if (!signalled.includes(listener)) process.removeListener("SIGTERM", listener);
  }
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** The files as Next loads them after a change: every module anew. */
async function load() {
  vi.resetModules();
  return {
    instrumentation: await import("./instrumentation.ts"),
    reports: await import("./app/api/reports/route.ts"),
    report: await import("./app/api/reports/[id]/route.ts"),
  };
}

const post = () => new Request("http://localhost/api/reports", { method: "POST", body: '{"week":47}' });

async function statusOf({ report }: Awaited<ReturnType<typeof load>>, id: string) {
  const response = await report.GET(new Request("http://localhost/"), { params: Promise.resolve({ id }) });
  return { code: response.status, record: (await response.json()) as { status: string } | null };
}

test("instrumentation starts one working engine, which routes trigger; a reload keeps it", async () => {
  const before = await load();
  await before.instrumentation.register();
  const engine = await holder.belfryEngine;
  const after = await load();
  expect(after.reports).not.toBe(before.reports);
  await after.instrumentation.register();
  const response = await after.reports.POST(post());
  expect(response.status).toBe(202);
  const { trackingId } = (await response.json()) as { trackingId: string };
  await vi.waitUntil(async () => (await statusOf(before, trackingId)).record?.status === "completed", {
    timeout: 20_000,
  });
  expect(await holder.belfryEngine).toBe(engine);
  expect(await engine?.nodes()).toHaveLength(1);
  expect(await statusOf(after, "0".repeat(24))).toEqual({ code: 404, record: null });
});

test("a route where nothing works only triggers; a worker of the same store runs it", async () => {
  const worker = await load();
  await worker.instrumentation.register();
  const working = await holder.belfryEngine;
  // Another process has a globalThis of its own.
  holder.belfryEngine = undefined;
  const web = await load();
  const { trackingId } = (await (await web.reports.POST(post())).json()) as { trackingId: string };
  const triggering = await holder.belfryEngine;
  expect(triggering).not.toBe(working);
  expect(await working?.nodes()).toHaveLength(1);
  await vi.waitUntil(async () => (await statusOf(web, trackingId)).record?.status === "completed", { timeout: 20_000 });
  await working?.stop();
});

test("nothing starts for the edge runtime, and a start that failed is tried again", async () => {
  vi.stubEnv("NEXT_RUNTIME", "edge");
  const { instrumentation, reports } = await load();
  await instrumentation.register();
  expect(holder.belfryEngine).toBeUndefined();
  vi.stubEnv("BELFRY_STORE", `sqlite:${join(folder, "missing", "belfry.db")}`);
  await expect(reports.POST(post())).rejects.toThrow(expect.objectContaining({ code: "E_STORE_OPEN" }));
  expect(holder.belfryEngine).toBeUndefined();
});
