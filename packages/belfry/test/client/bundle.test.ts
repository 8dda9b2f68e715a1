import { randomFillSync } from "node:crypto";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { describe, expect, test } from "vitest";
import type * as Client from "../../src/client/index.ts";
import { startFake } from "./support/fake.ts";

const source = fileURLToPath(new URL("../../src/", import.meta.url));
/** What the client may weigh, minified and packed: half of it is what errors say, and the checks of options. */
const gzipBytesMax = 13 * 1_024;

/** The client as one file, and what it is made of. */
async function bundle(options: BuildOptions): Promise<{ code: string; inputs: string[]; imports: string[] }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [`${source}client/index.ts`],
    ...{ bundle: true, minify: true, write: false, metafile: true, target: "es2022", logLevel: "silent" },
    ...options,
  });
  const inputs = Object.keys(metafile?.inputs ?? {}).map((path) => relative(source, path));
  const imports = Object.values(metafile?.outputs ?? {}).flatMap((output) => output.imports.map(({ path }) => path));
  return { code: outputFiles?.[0]?.text ?? "", inputs, imports };
}

describe.each(["browser", "neutral"] as const)("bundled for the platform %s", (platform) => {
  test("it brings no module of Node.js, nothing of the engine, no dependency, and weighs little", async () => {
    const { code, inputs, imports } = await bundle({ platform, format: "esm" });
    expect(imports).toEqual([]);
    expect(inputs.filter((path) => !/^(base|clock|run|api|client)\//.test(path))).toEqual([]);
    expect(code).not.toMatch(/\bnode:|\bBuffer\b|\brequire\(/);
    const bytes = gzipSync(code, { level: 9 }).length;
    process.stdout.write(`belfry/client for ${platform}: ${code.length} bytes minified, ${bytes} with gzip\n`);
    expect(bytes).toBeLessThan(gzipBytesMax);
  });
});

/** A runtime that has Web APIs only. */
function edgeRuntime(): Record<string, unknown> {
  const web = { fetch, URL, AbortController, AbortSignal, Headers, Response, TextEncoder, setTimeout, clearTimeout };
  const crypto = { getRandomValues: (bytes: Uint8Array) => randomFillSync(bytes) };
  return { ...web, crypto, performance: { now: () => performance.now() } };
}

test("it runs where there are Web APIs only, as in an edge runtime", async () => {
  const { code } = await bundle({ platform: "neutral", format: "iife", globalName: "belfry" });
  const context = createContext(edgeRuntime());
  runInContext(code, context);
  const { createClient, isBelfryError } = context.belfry as typeof Client;
  expect(runInContext("typeof process + typeof Buffer + typeof require", context)).toBe("undefined".repeat(3));
  const fake = await startFake();
  fake.faults.push("dropAfter");
  const client = createClient({ url: fake.url, apiKey: "belfry_secret" });
  const { trackingId } = await client.task("bill").run({ payload: { month: "2026-11" }, at: new Date(0) });
  expect([...fake.runs.keys()]).toEqual([trackingId]);
  fake.end(trackingId, "completed", 5);
  expect(await client.task("bill").getTaskStatus(trackingId)).toMatchObject({ status: "completed" });
  expect(await client.task("bill").runAndWait({ idempotencyKey: fake.keyOf(trackingId) })).toMatchObject({ result: 5 });
  const error = await client
    .task("bill")
    .getTaskStatus("x")
    .catch((thrown: unknown) => thrown);
  expect(isBelfryError(error, "E_TRACKING_ID")).toBe(true);
  // Without an environment it asks the default address.
  expect(await createClient({ fetch: async () => Response.json({ items: [] }) }).nodes()).toEqual([]);
});
