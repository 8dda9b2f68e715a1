import { createBelfry } from "belfry";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { App, mainOf, token } from "./support/app.ts";
import { installExamples } from "./support/installed.ts";

// Each example is started as its user would, asked over its own routes and over the mounted API, and told to stop.

const hosts = [
  { name: "express", trigger: "/orders/17/invoice", payload: { order: "17" } },
  { name: "fastify", trigger: "/thumbnails" },
  { name: "hono", trigger: "/reports" },
  { name: "commonjs", trigger: "/rotate" },
];

let folder: string;
let remove = () => {};
beforeAll(async () => {
  ({ folder, remove } = await installExamples([...hosts.map(({ name }) => name), "error-tracker"]));
}, 120_000);
afterAll(() => remove());

const headers = { authorization: `Bearer ${token}` };

async function post(url: string) {
  const response = await fetch(url, { method: "POST" });
  expect(response.status).toBe(202);
  const run = (await response.json()) as { trackingId: string; cronJobName: string };
  expect(run).toEqual({
    trackingId: expect.stringMatching(/^[0-9a-f]{24}$/),
    cronJobId: expect.stringMatching(/^[0-9a-f]{24}$/),
    cronJobName: expect.any(String),
    triggeredAt: expect.any(String),
    status: "pending",
  });
  return run;
}

/** The record as the store keeps it, whoever still runs. */
async function recordOf(store: string, trackingId: string) {
  const belfry = createBelfry({ store, work: false });
  onTestFinished(() => belfry.stop());
  await belfry.start();
  return belfry.runs.get(trackingId);
}

describe.each(hosts)("$name", ({ name, trigger, payload }) => {
  test("a route triggers, the mounted API tells, and nobody else gets in", async () => {
    const app = new App(mainOf(folder, name));
    const url = await app.url();
    const { trackingId, cronJobName } = await post(`${url}${trigger}`);
    const path = `${url}/belfry/v1/runs/${trackingId}`;
    const read = async () => (await (await fetch(path, { headers })).json()) as Record<string, unknown>;
    await vi.waitUntil(async () => (await read()).status === "completed", { timeout: 20_000 });
    expect(await read()).toMatchObject({ cronJobName, trigger: "manual", ...(payload ? { payload } : {}) });

    const body = JSON.stringify({ reason: "by hand" });
    const asked = await fetch(`${url}/belfry/v1/tasks/${cronJobName}/runs`, {
      ...{ method: "POST", body, headers: { ...headers, "content-type": "application/json" } },
    });
    expect([asked.status, await asked.json()]).toEqual([201, expect.objectContaining({ cronJobName })]);

    for (const wrong of [undefined, "Bearer undefined", "Bearer nonsense"]) {
      const refused = await fetch(path, { headers: wrong ? { authorization: wrong } : {} });
      expect([401, 403]).toContain(refused.status);
      expect(refused.headers.get("content-type")).toBe("application/problem+json");
    }
    expect(await app.stop()).toBe(0);
  });

  test("SIGTERM lets the run under way end, and ends open streams", async () => {
    const app = new App(mainOf(folder, name));
    const url = await app.url();
    const stream = await fetch(`${url}/belfry/v1/events`, { headers: { ...headers, accept: "text/event-stream" } });
    const reading = stream.text();
    const { trackingId } = await post(`${url}${trigger}`);
    expect(await app.stop()).toBe(0);
    expect(app.output).toContain("stopped");
    expect(await reading).toContain("event: run.started");
    expect(await recordOf(app.store, trackingId)).toMatchObject({ status: "completed", attempts: { length: 1 } });
  });
});

test("error-tracker: what the handler threw reaches the tracker, once, as it was thrown", async () => {
  const app = new App(mainOf(folder, "error-tracker"));
  const [line = ""] = await app.said(/^\{"captured".*$/m);
  expect(JSON.parse(line)).toEqual({
    captured: {
      ...{ name: "CardDeclined", message: "the bank said no", cause: "Error: insufficient funds", hasStack: true },
      tags: { task: "chargeCards", code: "E_HANDLER" },
      extra: { trackingId: expect.stringMatching(/^[0-9a-f]{24}$/), attempt: 2 },
    },
  });
  expect(app.output).toContain('"message":"chargeCards is tried again"');
  expect(await app.stop()).toBe(0);
  expect(app.output.match(/"captured"/g)).toHaveLength(1);
});
