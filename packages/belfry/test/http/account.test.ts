import { describe, expect, test } from "vitest";
import { defineTask } from "../../src/task/definition.ts";
import { openApp, outcomeOf, storeKinds, type TestApp } from "./support/app.ts";

const tick = defineTask({ name: "tick", schedule: { every: "1s" }, handler: () => {} });
const yearly = defineTask({ name: "yearly", schedule: "0 2 29 2 *", handler: () => {} });

type Json = Record<string, unknown>;

async function read(app: TestApp, path: string): Promise<Json> {
  const response = await app.ask(path);
  expect(response.status, path).toBe(200);
  return (await response.json()) as Json;
}

/** The first instant that fired. */
async function fired(app: TestApp): Promise<{ instant: string; trackingId: string }> {
  const firings = async () => (await app.engine.schedules.firings("tick")).items.find((one) => one.trackingId);
  await expect.poll(firings, { interval: 20, timeout: 20_000 }).toBeDefined();
  return (await firings()) as { instant: string; trackingId: string };
}

describe.each(storeKinds)("on the %s store", (store) => {
  test("why a task did or did not run is explained", async () => {
    const app = await openApp({ store, tasks: [tick, yearly] });
    const { instant, trackingId } = await fired(app);
    const why = await read(app, `/v1/explain?task=tick&at=${encodeURIComponent(instant)}`);
    expect(why).toMatchObject({
      ...{ task: "tick", at: instant, schedules: [{ schedule: "default", verdict: "fired", trackingId }] },
    });
    const ahead = await read(app, "/v1/explain?task=yearly&schedule=default&at=2096-02-29T03:00:00%2B01:00");
    expect(ahead).toMatchObject({ at: "2096-02-29T02:00:00.000Z", schedules: [{ verdict: "ahead" }] });
    const notDue = await read(app, "/v1/explain?task=yearly&at=2096-03-01T00:00:00Z");
    expect(notDue).toMatchObject({ schedules: [{ verdict: "notDue", previous: "2096-02-29T02:00:00.000Z" }] });
  });

  test("the ledger is audited, and what is to come is forecast", async () => {
    const app = await openApp({ store, tasks: [tick, yearly] });
    await fired(app);
    expect(await read(app, "/v1/audit")).toMatchObject({ schedules: 2, findings: [], found: 0 });
    const one = await read(app, "/v1/audit?task=tick&schedule=default&from=2000-01-01T00:00:00Z");
    expect(one).toMatchObject({ schedules: 1, found: 0 });
    expect(one.fired).toBeGreaterThan(0);
    const { firings, perMinute, schedules } = await read(app, "/v1/forecast?hours=1");
    expect(schedules).toBeGreaterThan(0);
    expect(firings).toBeGreaterThan(3_500);
    expect((perMinute as unknown[]).length).toBeGreaterThanOrEqual(60);
  });

  test("the sets of an app are listed; the one that stands is put back, and stays under its number", async () => {
    const app = await openApp({ store, tasks: [yearly] });
    const { items } = (await read(app, "/v1/deploys")) as { items: Json[] };
    expect(items).toMatchObject([{ number: 1, app: "default", current: true }]);
    const again = await app.post("/v1/deploys/1/put-back?app=default");
    expect([again.status, await again.json()]).toMatchObject([200, { number: 1, app: "default", current: true }]);
    expect((await app.engine.tasks.list()).items).toHaveLength(1);
    expect(await read(app, "/v1/deploys?app=other")).toEqual({ items: [] });
  });
});

test("what is asked amiss is refused by its code", async () => {
  const app = await openApp({ tasks: [yearly] });
  const at = "at=2096-03-01T00:00:00Z";
  const refusals: [string, string][] = [
    ["/v1/explain", "400 E_OPTION"],
    ["/v1/explain?task=yearly", "400 E_OPTION"],
    ["/v1/explain?task=yearly&at=now", "400 E_OPTION"],
    [`/v1/explain?task=monthly&${at}`, "404 E_TASK_UNKNOWN"],
    [`/v1/explain?task=yearly&schedule=none&${at}`, "404 E_SCHEDULE_UNKNOWN"],
    [`/v1/explain?task=yearly&key=default&${at}`, "400 E_OPTION_UNKNOWN"],
    ["/v1/audit?task=monthly", "404 E_TASK_UNKNOWN"],
    ["/v1/audit?task=yearly&schedule=none", "404 E_SCHEDULE_UNKNOWN"],
    ["/v1/audit?from=2026-02-30T00:00:00Z", "400 E_OPTION"],
    ["/v1/forecast?hours=0", "400 E_OPTION"],
    ["/v1/forecast?hours=169", "400 E_OPTION"],
    ["/v1/forecast?days=1", "400 E_OPTION_UNKNOWN"],
    ["/v1/deploys?app=%20", "400 E_OPTION"],
  ];
  for (const [path, outcome] of refusals) expect(await outcomeOf(await app.ask(path)), path).toBe(outcome);
  for (const number of ["0", "x", "-1", "1e3", "9".repeat(20)]) {
    expect(await outcomeOf(await app.post(`/v1/deploys/${number}/put-back`)), number).toBe("400 E_OPTION");
  }
  expect(await outcomeOf(await app.post("/v1/deploys/17/put-back"))).toBe("404 E_DEPLOY_UNKNOWN");
});
