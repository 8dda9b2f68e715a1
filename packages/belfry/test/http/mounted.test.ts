import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createInstance } from "../../src/create.ts";
import { LateApi } from "../../src/engine/http-api.ts";
import { Said } from "../engine/support/ears.ts";
import { task } from "../engine/support/jobs.ts";
import { freshFile } from "../engine/support/sqlite.ts";
import { outcomeOf } from "./support/app.ts";
import { SseReader } from "./support/sse.ts";

const runs = "/v1/tasks/task/runs";

async function engineWith(options: object = {}) {
  const all = { tasks: [task(() => {})], logger: new Said(), stopGrace: "1s", ...options };
  const belfry = createInstance({ ...all, store: `sqlite:${await freshFile()}` }, {});
  onTestFinished(() => belfry.stop());
  return belfry;
}

async function serverOf(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const trigger = { method: "POST", headers: { "content-type": "application/json" }, body: '{"payload":{"a":1}}' };

describe("fetch", () => {
  test("answers 403 until a key was made, and then whoever has one", async () => {
    const belfry = await engineWith();
    await belfry.start();
    const { fetch } = belfry;
    const ask = (headers: Record<string, string> = {}) =>
      fetch(new Request("https://app.example.com/v1/tasks", { headers }));
    expect(await outcomeOf(await ask())).toBe("403 E_DOOR");
    expect(await outcomeOf(await ask({ host: "localhost" }))).toBe("403 E_DOOR");
    const { secret } = await belfry.keys.create({ name: "test" });
    expect(await outcomeOf(await ask())).toBe("401 E_KEY_REQUIRED");
    expect(await outcomeOf(await ask({ authorization: `Bearer ${secret}` }))).toBe("200");
  });

  test("lets in whom `authorize` lets in, at the hosts that are allowed", async () => {
    const belfry = await engineWith({ authorize: () => "trigger", allowedHosts: ["app.example.com"] });
    await belfry.start();
    const post = async (host: string, headers = {}) =>
      outcomeOf(await belfry.fetch(new Request(`https://${host}${runs}`, { method: "POST", headers })));
    expect(await post("app.example.com")).toBe("201");
    expect(await post("app.example.com", { origin: "https://app.example.com" })).toBe("201");
    expect(await post("app.example.com", { origin: "https://evil.example.com" })).toBe("403 E_DOOR");
    expect(await post("evil.example.com")).toBe("403 E_DOOR");
  });

  test("answers 503 before the start and after the stop, and health all the time", async () => {
    const belfry = await engineWith({ authorize: () => true });
    const ask = async (path: string) => outcomeOf(await belfry.fetch(new Request(`http://localhost${path}`)));
    const seen = async () => [await ask("/healthz"), await ask("/readyz"), await ask("/v1/tasks")];
    expect(await seen()).toEqual(["200", "503 E_NOT_READY", "503 E_NOT_STARTED"]);
    await belfry.start();
    expect(await seen()).toEqual(["200", "200", "200"]);
    await belfry.stop();
    expect(await seen()).toEqual(["200", "503 E_NOT_READY", "503 E_STOPPED"]);
  });

  test("streams what happens, until the engine stops", async () => {
    const belfry = await engineWith({ authorize: () => true });
    await belfry.start();
    const headers = { accept: "text/event-stream" };
    const events = new SseReader(await belfry.fetch(new Request("http://localhost/v1/events", { headers })));
    const first = events.nextOf("run.completed");
    await belfry.fetch(new Request(`http://localhost${runs}`, { method: "POST" }));
    expect((await first).data).toMatchObject({ task: "task" });
    const { items } = await belfry.runs.list();
    const path = `http://localhost/v1/runs/${items[0]?.trackingId}/logs`;
    const log = await new SseReader(await belfry.fetch(new Request(path, { headers }))).all();
    expect(log).toEqual([{ event: "end", data: expect.objectContaining({ status: "completed" }) }]);
    await belfry.stop();
    await events.all();
    expect(events.hasEnded).toBe(true);
  });
});

describe("listener", () => {
  test("serves the API from a host app's server, beside what is its own", async () => {
    const { Request: own } = globalThis;
    const belfry = await engineWith({ authorize: (request: Request) => request.headers.get("cookie") === "in" });
    await belfry.start();
    const { listener } = belfry;
    const url = await serverOf((request, response) => {
      if (request.url === "/own") response.end("own");
      else listener(request, response);
    });
    const asUser = { ...trigger, headers: { ...trigger.headers, cookie: "in" } };
    expect(await outcomeOf(await fetch(url + runs, asUser))).toBe("201");
    expect(await outcomeOf(await fetch(url + runs, trigger))).toBe("403 E_DOOR");
    expect(await (await fetch(`${url}/own`)).text()).toBe("own");
    expect((await belfry.runs.list()).items).toMatchObject([{ payload: { a: 1 } }]);
    expect(globalThis.Request).toBe(own);
  });

  test("under a prefix that the host app takes off, tells where a run is so that it is found there", async () => {
    const belfry = await engineWith({ authorize: () => true });
    await belfry.start();
    const url = await serverOf((request, response) => {
      request.url = request.url?.replace("/belfry", "");
      belfry.listener(request, response);
    });
    const made = await fetch(`${url}/belfry${runs}`, trigger);
    const { trackingId } = (await made.json()) as { trackingId: string };
    const at = new URL(made.headers.get("location") ?? "", made.url).href;
    expect(at).toBe(`${url}/belfry/v1/runs/${trackingId}`);
    const full = async () => (await (await fetch(at)).json()) as { status: string };
    await expect.poll(async () => (await full()).status, { timeout: 20_000 }).toBe("completed");
    const again = await fetch(`${at}/retry`, { method: "POST" });
    const retry = (await again.json()) as { trackingId: string };
    const next = new URL(again.headers.get("location") ?? "", again.url).href;
    expect(next).toBe(`${url}/belfry/v1/runs/${retry.trackingId}`);
    const description = await fetch(`${url}/belfry/openapi.json`);
    const { servers } = (await description.json()) as { servers: { url: string }[] };
    expect(new URL(servers[0]?.url ?? "", description.url).href).toBe(`${url}/belfry/`);
  });

  test("refuses a body that was read before it came, instead of taking it for none", async () => {
    const belfry = await engineWith({ authorize: () => true });
    await belfry.start();
    const url = await serverOf((request, response) => {
      request.resume().once("end", () => belfry.listener(request, response));
    });
    expect(await outcomeOf(await fetch(url + runs, trigger))).toBe("400 E_BODY");
    const chunks = new Blob([trigger.body]).stream();
    const chunked = { ...trigger, body: chunks, duplex: "half" } as RequestInit;
    expect(await outcomeOf(await fetch(url + runs, chunked))).toBe("400 E_BODY");
    expect((await belfry.runs.list()).items).toEqual([]);
  });
});

describe("the late API", () => {
  test("is loaded when it is first asked, once", async () => {
    let loads = 0;
    const load = async () => {
      loads += 1;
      return { fetch: async () => new Response("loaded"), listener: () => {}, close: () => {} };
    };
    const { fetch, ...api } = new LateApi(load, new Said());
    expect([loads, api.listener.length]).toEqual([0, 2]);
    const answers = await Promise.all([fetch(new Request("http://a/")), fetch(new Request("http://a/"))]);
    expect([loads, await answers[1].text()]).toEqual([1, "loaded"]);
  });

  test("that cannot be loaded is said to the log, and answers 500 without a word", async () => {
    const said = new Said();
    const api = new LateApi(() => Promise.reject(new Error("no hono here")), said);
    const response = await fetch(await serverOf(api.listener));
    expect([response.status, await response.text()]).toEqual([500, ""]);
    expect(said.errors).toEqual([expect.stringContaining("no hono here")]);
  });
});
