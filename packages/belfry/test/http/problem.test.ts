import { expect, test } from "vitest";
import { BelfryError } from "../../src/base/errors.ts";
import type { Instance } from "../../src/engine/instance.ts";
import { openApp, problemOf } from "./support/app.ts";

/** An engine that cannot do this, for this reason. */
function failing(thrown: unknown, verb = "nodes"): (engine: Instance) => Instance {
  return (engine) =>
    new Proxy(engine, {
      get: (target, name) => {
        if (name === verb) return () => Promise.reject(thrown);
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
}

test("what nobody thought of is told by its reference; its stack trace is in the log", async () => {
  const app = await openApp({ change: failing(new TypeError("SELECT secret FROM keys")) });
  const response = await app.ask("/v1/nodes");
  const { code, detail } = await problemOf(response);
  expect([response.status, code]).toEqual([500, "E_INTERNAL"]);
  expect(detail).not.toContain("SELECT");
  const [line = ""] = app.said.errors;
  const [reference = "none"] = /\b[0-9a-f]{8}\b/.exec(detail) ?? [];
  expect(line).toContain(reference);
  expect(line).toContain("SELECT secret FROM keys");
  expect(line).toMatch(/\n\s+at /);
});

test("a store that is away answers 503 and when to come again; it is nobody's stack trace", async () => {
  const app = await openApp({ change: failing(new BelfryError("E_STORE_UNAVAILABLE", { detail: "disk I/O error" })) });
  const response = await app.ask("/v1/nodes");
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(await problemOf(response)).toEqual({
    type: "urn:belfry:E_STORE_UNAVAILABLE",
    title: "Store unavailable",
    status: 503,
    code: "E_STORE_UNAVAILABLE",
    detail: "the store did not answer: disk I/O error",
    fields: { detail: "disk I/O error" },
  });
  expect(app.said.errors).toEqual([]);
});

test("whoever asks for readiness is told a code, and nothing of what it stands for", async () => {
  const away = new BelfryError("E_STORE_CORRUPT", { value: "/srv/secret.db", detail: "page 7" });
  for (const [thrown, code] of [
    [away, "E_STORE_CORRUPT"],
    [new TypeError("/srv/secret.db"), "E_INTERNAL"],
  ] as const) {
    const app = await openApp({ change: failing(thrown, "checkReady") });
    const response = await app.ask("/readyz");
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    const text = await response.text();
    expect(text).toContain(code);
    expect(text).not.toContain("secret");
    expect((await app.ask("/healthz")).status).toBe(200);
  }
});

test("a clock behind what was decided is named by readiness", async () => {
  const app = await openApp({
    change: failing(new BelfryError("E_NOT_READY", { problem: "clock_behind" }), "checkReady"),
  });
  const response = await app.ask("/readyz");
  expect(response.status).toBe(503);
  expect(await problemOf(response)).toMatchObject({ code: "E_NOT_READY", fields: { problem: "clock_behind" } });
});

test("no answer is kept by caches or taken for another type", async () => {
  const app = await openApp();
  for (const path of ["/v1/tasks", "/nothing", "/healthz", "/openapi.json", "/v1/runs?limit=0"]) {
    const { headers } = await app.ask(path);
    expect([headers.get("cache-control"), headers.get("x-content-type-options")], path).toEqual([
      "no-store",
      "nosniff",
    ]);
  }
});
