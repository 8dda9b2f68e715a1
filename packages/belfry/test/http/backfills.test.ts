import { describe, expect, test } from "vitest";
import { defineTask } from "../../src/task/definition.ts";
import { openApp, outcomeOf, storeKinds, type TestApp } from "./support/app.ts";

const path = "/v1/tasks/tick/schedules/default/backfill";
const anHourMs = 3_600_000;

/** A task whose schedule is due every minute, and the last hour of it. */
async function open(store: (typeof storeKinds)[number] = "memory") {
  const tick = defineTask({ name: "tick", schedule: { every: "1m" }, handler: () => {} });
  const app = await openApp({ store, tasks: [tick], work: true });
  const now = app.engine.now();
  const range = { from: new Date(now - anHourMs).toISOString(), to: new Date(now).toISOString() };
  return { app, range };
}

type Json = Record<string, unknown>;

async function json(response: Response): Promise<Json> {
  return (await response.json()) as Json;
}

async function stateOf(app: TestApp, id: unknown): Promise<unknown> {
  return (await json(await app.ask(`/v1/backfills/${id}`))).state;
}

describe.each(storeKinds)("on the %s store", (store) => {
  test("a dry run says what it would do, and does nothing", async () => {
    const { app, range } = await open(store);
    const response = await app.post(path, { ...range, dryRun: true }, { "idempotency-key": "dry" });
    expect(response.status).toBe(200);
    const { instants, runs, first } = await json(response);
    expect(instants).toBeGreaterThan(55);
    expect([runs, (first as unknown[]).length]).toEqual([instants, instants]);
    expect(await json(await app.ask("/v1/backfills"))).toEqual({ items: [] });
  });

  test("a repeated request makes no second one; another request does", async () => {
    const { app, range } = await open(store);
    const headers = { "idempotency-key": "november" };
    const body = { ...range, concurrency: 5, reason: "bank was closed", author: "ops" };
    const first = await app.post(path, body, headers);
    expect(first.status).toBe(201);
    const made = await json(first);
    expect(made).toMatchObject({
      task: "tick",
      key: "default",
      concurrency: 5,
      reason: "bank was closed",
      author: "ops",
    });
    const second = await json(await app.post(path, body, headers));
    expect(second.id).toBe(made.id);
    const others = [
      await app.post(path, { ...body, order: "newest" }, headers),
      await app.post(path, body, { "idempotency-key": "december" }),
      await app.post(path, body),
    ];
    const ids = await Promise.all(others.map(async (other) => (await json(other)).id));
    expect(new Set([made.id, ...ids]).size).toBe(4);
    const { items } = (await json(await app.ask("/v1/backfills?task=tick"))) as { items: Json[] };
    expect(new Set(items.map(({ id }) => id))).toEqual(new Set([made.id, ...ids]));
    const page = await json(await app.ask("/v1/backfills?limit=1"));
    const rest = await json(await app.ask(`/v1/backfills?cursor=${page.cursor}`));
    expect([...(page.items as Json[]), ...(rest.items as Json[])].map(({ id }) => id)).toEqual(
      items.map(({ id }) => id),
    );
  });

  test("it is paused, resumed, followed to its end; one that has ended stays so", async () => {
    const { app, range } = await open(store);
    const { id } = await json(await app.post(path, { ...range, concurrency: 100 }));
    expect(await json(await app.post(`/v1/backfills/${id}/pause`))).toMatchObject({ id, state: "paused" });
    expect(await json(await app.post(`/v1/backfills/${id}/resume`))).toMatchObject({ id, state: "running" });
    await expect.poll(() => stateOf(app, id), { interval: 20, timeout: 20_000 }).toBe("done");
    expect(await json(await app.post(`/v1/backfills/${id}/cancel`))).toMatchObject({ state: "done" });
    const { items } = (await json(await app.ask("/v1/runs?trigger=backfill&limit=1"))) as { items: Json[] };
    expect(items[0]).toMatchObject({ trigger: "backfill", backfill: id, schedule: "default", cronJobName: "tick" });
    const { id: other } = await json(await app.post(path, { ...range, reprocess: "all" }));
    expect(await json(await app.post(`/v1/backfills/${other}/cancel`))).toMatchObject({ state: "cancelled" });
  });
});

describe("it is refused", () => {
  const later = "2099-01-01T00:00:00Z";
  const early = "1999-01-01T00:00:00Z";
  const cases: [string, string, Json, string][] = [
    ["for a task that is none", "/v1/tasks/tock/schedules/default/backfill", {}, "404 E_TASK_UNKNOWN"],
    ["for a key that is none", "/v1/tasks/tick/schedules/none/backfill", {}, "404 E_SCHEDULE_UNKNOWN"],
    ["before what the ledger keeps", path, { from: early }, "409 E_BACKFILL_RANGE"],
    ["into the future", path, { to: later }, "400 E_OPTION"],
    ["from without a zone", path, { from: "2026-11-24" }, "400 E_OPTION"],
    ["without a beginning", path, { from: undefined }, "400 E_OPTION"],
    ["in an order that is none", path, { order: "random" }, "400 E_OPTION"],
    ["with too many at once", path, { concurrency: 1_001 }, "400 E_OPTION"],
    ["with a word for a truth", path, { dryRun: "yes" }, "400 E_OPTION"],
    ["with a field that is unknown", path, { dry: true }, "400 E_OPTION_UNKNOWN"],
  ];
  test.each(cases)("%s", async (_, to, body, outcome) => {
    const { app, range } = await open();
    expect(await outcomeOf(await app.post(to, { ...range, ...body }))).toBe(outcome);
    expect(await json(await app.ask("/v1/backfills"))).toEqual({ items: [] });
  });

  test("where there is no such backfill", async () => {
    const { app } = await open();
    for (const id of ["6237b225b9a84d607cd79044", "x", "%00"]) {
      expect(await outcomeOf(await app.ask(`/v1/backfills/${id}`))).toBe("404 E_BACKFILL_UNKNOWN");
      for (const verb of ["pause", "resume", "cancel"]) {
        expect(await outcomeOf(await app.post(`/v1/backfills/${id}/${verb}`))).toBe("404 E_BACKFILL_UNKNOWN");
      }
    }
    expect(await outcomeOf(await app.ask("/v1/backfills?cursor=x"))).toBe("400 E_CURSOR");
  });
});
