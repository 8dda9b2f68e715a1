import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { limits } from "../../src/base/limits.ts";
import { task } from "../engine/support/jobs.ts";
import { openApp, outcomeOf, problemOf, type TestApp } from "./support/app.ts";

const runs = "/v1/tasks/task/runs";
const json = { "content-type": "application/json" };

function send(app: TestApp, body: RequestInit["body"], headers: Record<string, string> = json, path = runs) {
  return app.ask(path, { method: "POST", body, headers, duplex: "half" } as RequestInit);
}

async function kept(app: TestApp): Promise<number> {
  return (await app.engine.runs.list()).items.length;
}

const nested = (depth: number) => `{"payload":${"[".repeat(depth)}${"]".repeat(depth)}}`;
const bytes = (...values: number[]) => new Uint8Array(values);

describe("a body", () => {
  const refused: [string, RequestInit["body"], string, Record<string, string>?][] = [
    ["that is cut short", '{"payload":[1,2', "400 E_BODY"],
    ["that is no JSON", "payload=1", "400 E_BODY"],
    ["with a comment", "{/* */}", "400 E_BODY"],
    ["with a comma too many", '{"priority":1,}', "400 E_BODY"],
    ["with single quotes", "{'priority':1}", "400 E_BODY"],
    ["with a NaN", '{"priority":NaN}', "400 E_BODY"],
    ["of blanks", "  \n", "400 E_BODY"],
    ["with two values", "{}{}", "400 E_BODY"],
    ["with a control character in a text", '{"reason":"a\nb"}', "400 E_BODY"],
    ["with a number that leads with 0", '{"priority":01}', "400 E_BODY"],
    ["that is an array", "[]", "400 E_OPTION"],
    ["that is null", "null", "400 E_OPTION"],
    ["that is a text", '"x"', "400 E_OPTION"],
    ["with a field of a wrong type", '{"priority":"1"}', "400 E_OPTION"],
    ["with a field out of bounds", '{"priority":101}', "400 E_OPTION"],
    ["with half a number", '{"priority":1.5}', "400 E_OPTION"],
    ["with an instant without a zone", '{"at":"2026-11-24T12:00:00"}', "400 E_OPTION"],
    ["with a number as instant", '{"at":1700000000000}', "400 E_OPTION"],
    ["with an instant of after 2099", '{"at":"2100-01-01T00:00:00Z"}', "400 E_OPTION"],
    ["with delay and at", '{"delay":"1m","at":"2026-11-24T12:00:00Z"}', "400 E_OPTION"],
    ["with a reason that is too long", JSON.stringify({ reason: "x".repeat(1_001) }), "400 E_OPTION"],
    ["with a reason that is no Unicode", '{"reason":"\\ud800"}', "400 E_OPTION"],
    ["with a bare number as delay", '{"delay":5}', "400 E_OPTION"],
    ["with a delay without a unit", '{"delay":"5"}', "400 E_DURATION"],
    ["with a field that is unknown", '{"prority":1}', "400 E_OPTION_UNKNOWN"],
    ["with what only the engine takes", '{"idempotencyKey":"x"}', "400 E_OPTION_UNKNOWN"],
    ["with a field twice", '{"priority":1,"priority":2}', "400 E_BODY"],
    ["with a field twice, once in other letters", '{"priority":1,"prior\\u0069ty":2}', "400 E_BODY"],
    ["with a field twice, deep in the payload", '{"payload":[{"a":{"b":1,"b":2}}]}', "400 E_BODY"],
    ["with __proto__", '{"__proto__":{"priority":1}}', "400 E_BODY"],
    ["with __proto__ in the payload", '{"payload":{"__proto__":{}}}', "400 E_BODY"],
    ["that is no UTF-8", bytes(0x7b, 0xff, 0x7d), "400 E_BODY"],
    ["that ends within a character", bytes(0x22, 0xe2, 0x82), "400 E_BODY"],
    ["in UTF-16", Buffer.from("{}", "utf16le"), "400 E_BODY"],
    ["that is too deep for a payload", nested(limits.jsonDepthMax + 1), "400 E_PAYLOAD"],
    ["that is too deep for anything", nested(100_000), "400 E_BODY"],
    ["with a payload that is too large", JSON.stringify({ payload: "x".repeat(300_000) }), "400 E_PAYLOAD"],
    ["that is too large", `{"payload":"${"x".repeat(limits.requestBytesMax)}"}`, "413 E_TOO_LARGE"],
    ["that says it is too large", "{}", "413 E_TOO_LARGE", { ...json, "content-length": "1e9" }],
    ["that is shorter than it says", "{}", "400 E_BODY", { ...json, "content-length": "10" }],
    ["without a type", bytes(0x7b, 0x7d), "415 E_CONTENT_TYPE", {}],
    ["of a form", "payload=1", "415 E_CONTENT_TYPE", { "content-type": "application/x-www-form-urlencoded" }],
    ["of plain text", "{}", "415 E_CONTENT_TYPE", { "content-type": "text/plain" }],
    ["in Latin", "{}", "415 E_CONTENT_TYPE", { "content-type": "application/json; charset=iso-8859-1" }],
    ["of two types", "{}", "415 E_CONTENT_TYPE", { "content-type": "application/json, text/plain" }],
    ["of nearly JSON", "{}", "415 E_CONTENT_TYPE", { "content-type": "application/jsonx" }],
    ["that is compressed", gzipSync("{}"), "415 E_CONTENT_TYPE", { ...json, "content-encoding": "gzip" }],
    ["that is compressed twice", "{}", "415 E_CONTENT_TYPE", { ...json, "content-encoding": "identity, br" }],
  ];
  test.each(refused)("%s is refused, and changes nothing", async (_, body, outcome, headers) => {
    const app = await openApp({ tasks: [task(() => {})] });
    expect(await outcomeOf(await send(app, body, headers))).toBe(outcome);
    expect(await kept(app)).toBe(0);
    expect(app.said.errors).toEqual([]);
  });

  const accepted: [string, RequestInit["body"], Record<string, string>?][] = [
    ["that is not there", undefined, {}],
    ["that is not there, of a type", undefined],
    ["that is empty", bytes(), {}],
    ["of an empty object", "{}"],
    ["in UTF-8, said so", '{"reason":"für dich"}', { "content-type": 'APPLICATION/JSON; charset="UTF-8"' }],
    ["that begins with a mark", '\ufeff{"priority":1}'],
    ["that is not compressed, said so", "{}", { ...json, "content-encoding": "identity" }],
    ["as deep as can be", nested(limits.jsonDepthMax)],
    ["with the same key in two objects", '{"payload":[{"a":1},{"a":2}]}'],
    ["with braces in texts", `{"reason":"${'{\\"['.repeat(100)}"}`],
  ];
  test.each(accepted)("%s is taken", async (_, body, headers) => {
    const app = await openApp({ tasks: [task(() => {})] });
    expect(await outcomeOf(await send(app, body, headers))).toBe("201");
  });
});

test("a body that never ends is read no further than it fits", async () => {
  const app = await openApp({ tasks: [task(() => {})] });
  let pulled = 0;
  let isCancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled += 1;
      controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
    },
    cancel: () => {
      isCancelled = true;
    },
  });
  expect(await outcomeOf(await send(app, endless))).toBe("413 E_TOO_LARGE");
  expect(pulled).toBeLessThan(20);
  await expect.poll(() => isCancelled).toBe(true);
});

test("a body whose sender breaks off is refused", async () => {
  const app = await openApp({ tasks: [task(() => {})] });
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("connection lost")) });
  const response = await send(app, broken);
  expect(response.status).toBe(400);
  expect((await problemOf(response)).detail).not.toContain("connection lost");
  expect(await kept(app)).toBe(0);
});

test("many triggers at once are bounded in number and size", async () => {
  const app = await openApp({ tasks: [task(() => {})] });
  const outcome = async (body: unknown) => outcomeOf(await app.post("/v1/runs", body));
  expect(await outcome({ runs: [] })).toBe("400 E_OPTION");
  expect(await outcome({})).toBe("400 E_OPTION");
  expect(await outcome({ runs: { 0: { task: "task" } } })).toBe("400 E_OPTION");
  expect(await outcome({ runs: [{ task: "task" }], task: "task" })).toBe("400 E_OPTION_UNKNOWN");
  expect(await outcome({ runs: Array.from({ length: 1_001 }, () => ({ task: "task" })) })).toBe("400 E_OPTION");
  const large = { task: "task", payload: "x".repeat(250_000) };
  expect(await outcome({ runs: Array.from({ length: 80 }, () => large) })).toBe("413 E_TOO_LARGE");
  expect(await kept(app)).toBe(0);
  expect(await outcome({ runs: Array.from({ length: 1_000 }, () => ({ task: "task", delay: "1h" })) })).toBe("200");
  expect((await app.engine.runs.list({ limit: 1_000 })).items).toHaveLength(1_000);
});

test("an idempotency key is bounded, and is no text of nothing", async () => {
  const app = await openApp({ tasks: [task(() => {})] });
  for (const key of ["", "x".repeat(256)]) {
    expect(await outcomeOf(await app.post(runs, undefined, { "idempotency-key": key }))).toBe("400 E_OPTION");
  }
  expect(await kept(app)).toBe(0);
});

test("methods that a path does not know are told those it knows", async () => {
  const app = await openApp();
  const attempts: [string, string, string, string | null][] = [
    ["DELETE", "/v1/runs", "405 E_METHOD", "POST, GET, HEAD, OPTIONS"],
    ["PUT", runs, "405 E_METHOD", "POST, OPTIONS"],
    ["GET", runs, "405 E_METHOD", "POST, OPTIONS"],
    ["POST", "/v1/tasks", "405 E_METHOD", "GET, HEAD, OPTIONS"],
    ["PATCH", "/healthz", "405 E_METHOD", "GET, HEAD, OPTIONS"],
    ["BREW", "/v1/nodes", "405 E_METHOD", "GET, HEAD, OPTIONS"],
    ["OPTIONS", "/v1/runs", "204", "POST, GET, HEAD, OPTIONS"],
    ["OPTIONS", "/nothing", "404 E_ROUTE", null],
  ];
  for (const [method, path, outcome, allow] of attempts) {
    const response = await app.ask(path, { method });
    expect([await outcomeOf(response), response.headers.get("allow")], `${method} ${path}`).toEqual([outcome, allow]);
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  }
});

test("HEAD answers as GET does, without a body, and starts no stream", async () => {
  const app = await openApp();
  const headers = { accept: "text/event-stream" };
  for (const path of ["/v1/tasks", "/v1/events", "/healthz", "/metrics"]) {
    const response = await app.ask(path, { method: "HEAD", headers });
    expect([response.status, await response.text()], path).toEqual([200, ""]);
  }
  expect((await app.ask(runs, { method: "HEAD" })).status).toBe(405);
});
