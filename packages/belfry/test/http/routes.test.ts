import { describe, expect, test } from "vitest";
import { defineTask } from "../../src/task/definition.ts";
import { heldTask, Job, task } from "../engine/support/jobs.ts";
import { grown } from "../engine/support/sqlite.ts";
import { openApp, outcomeOf, storeKinds, type TestApp } from "./support/app.ts";

const ids = expect.stringMatching(/^[0-9a-f]{24}$/);
const none = "6237b225b9a84d607cd79044";

async function json(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}

async function ended(app: TestApp, trackingId: unknown): Promise<Record<string, unknown>> {
  const look = async () => json(await app.ask(`/v1/runs/${trackingId}`));
  await expect.poll(async () => (await look()).completedAt, { interval: 5, timeout: 20_000 }).toBeDefined();
  return look();
}

describe.each(storeKinds)("on the %s store", (store) => {
  test("a trigger answers the seed's five fields in order, and can be followed", async () => {
    const app = await openApp({ store, tasks: [task(() => ({ billed: 3 }), { name: "billOnDemand" })] });
    const response = await app.post("/v1/tasks/billOnDemand/runs", { payload: { month: "2026-11" }, reason: "asked" });
    expect(response.status).toBe(201);
    const record = await json(response);
    expect(Object.keys(record)).toEqual(["trackingId", "cronJobId", "cronJobName", "triggeredAt", "status"]);
    expect(record).toMatchObject({ trackingId: ids, cronJobId: ids, cronJobName: "billOnDemand", status: "pending" });
    expect(response.headers.get("location")).toBe(`/v1/runs/${record.trackingId}`);
    const full = await ended(app, record.trackingId);
    expect(full).toMatchObject({ status: "completed", payload: { month: "2026-11" }, result: { billed: 3 } });
    const status = await json(await app.ask(`/v1/tasks/billOnDemand/runs/${record.trackingId}`));
    expect(status).toEqual({
      ...record,
      status: "completed",
      startedAt: full.startedAt,
      completedAt: full.completedAt,
    });
  });

  test("the same idempotency key answers the first record; with another request it conflicts", async () => {
    const app = await openApp({ store, tasks: [task(() => {})] });
    const headers = { "idempotency-key": "once" };
    const first = await app.post("/v1/tasks/task/runs", { payload: 1 }, headers);
    const second = await app.post("/v1/tasks/task/runs", { payload: 1 }, headers);
    expect([first.status, second.status]).toEqual([201, 201]);
    const replayed = [first, second].map((response) => response.headers.get("idempotent-replayed"));
    expect(replayed).toEqual([null, "true"]);
    expect(await json(second)).toEqual(await json(first));
    const third = await app.post("/v1/tasks/task/runs", { payload: 2 }, headers);
    expect(await outcomeOf(third)).toBe("409 E_IDEMPOTENCY");
  });

  test("many triggers are answered each in its place", async () => {
    const app = await openApp({ store, tasks: [task(() => {}), task(() => {}, { name: "off", enabled: false })] });
    const runs = [
      { task: "task", idempotencyKey: "a" },
      { task: "taks" },
      { task: "off" },
      { task: "task", priority: 101 },
      { task: "task", idempotencyKey: "a" },
      { task: "task", prioritee: 1 },
      7,
      { task: "task", payload: { deep: [1, 2] }, delay: "1h", reason: "later" },
    ];
    const response = await app.post("/v1/runs", { runs });
    expect(response.status).toBe(200);
    const { items } = (await response.json()) as {
      items: { status: number; run?: object; error?: { code: string } }[];
    };
    expect(items.map(({ status, error }) => `${status} ${error?.code ?? ""}`.trim())).toEqual([
      ...["201", "404 E_TASK_UNKNOWN", "409 E_TASK_DISABLED", "400 E_OPTION", "201", "400 E_OPTION_UNKNOWN"],
      ...["400 E_OPTION", "201"],
    ]);
    expect(items.filter((item) => "replayed" in item)).toHaveLength(1);
    expect(items[3]?.error).toMatchObject({ detail: expect.stringContaining("runs[3].priority is 101") });
    expect(items[5]?.error).toMatchObject({ detail: expect.stringContaining('did you mean "priority"?') });
    expect((await app.engine.runs.list()).items).toHaveLength(2);
  });

  test("a waiting run is cancelled at once, a running one when its handler settles", async () => {
    const job = new Job({ obeys: true });
    const app = await openApp({ store, tasks: [heldTask(job)] });
    const waiting = await json(await app.post("/v1/tasks/job/runs", { delay: "1h" }));
    const cancelled = await app.post(`/v1/runs/${waiting.trackingId}/cancel`, { reason: "not needed" });
    expect([cancelled.status, await json(cancelled)]).toEqual([
      200,
      { trackingId: waiting.trackingId, outcome: "ended" },
    ]);
    const running = await json(await app.post("/v1/tasks/job/runs"));
    await grown(job.attempts, 1);
    const requested = await app.post(`/v1/runs/${running.trackingId}/cancel`);
    expect([requested.status, await json(requested)]).toEqual([
      202,
      { trackingId: running.trackingId, outcome: "requested" },
    ]);
    for (const { trackingId } of [waiting, running]) {
      expect(await ended(app, trackingId)).toMatchObject({ status: "errors", outcome: "E_CANCELLED" });
    }
    expect(await outcomeOf(await app.post(`/v1/runs/${none}/cancel`))).toBe("404 E_RUN_UNKNOWN");
  });

  test("an ended run is run again, once under one key; a running one is not", async () => {
    const job = new Job();
    const app = await openApp({ store, tasks: [heldTask(job)] });
    const { trackingId } = await json(await app.post("/v1/tasks/job/runs", { payload: "x" }));
    expect(await outcomeOf(await app.post(`/v1/runs/${trackingId}/retry`))).toBe("409 E_RUN_UNFINISHED");
    await grown(job.attempts, 1);
    job.last.complete();
    await ended(app, trackingId);
    const headers = { "idempotency-key": "again" };
    const first = await app.post(`/v1/runs/${trackingId}/retry`, { reason: "lost" }, headers);
    const second = await app.post(`/v1/runs/${trackingId}/retry`, { reason: "lost" }, headers);
    expect([first.status, second.status, second.headers.get("idempotent-replayed")]).toEqual([201, 201, "true"]);
    const record = await json(first);
    expect(await json(second)).toEqual(record);
    const full = await json(await app.ask(`/v1/runs/${record.trackingId}`));
    expect(full).toMatchObject({ retryOf: trackingId, trigger: "retry", payload: "x", reason: "lost" });
    await grown(job.attempts, 2);
    job.last.complete();
  });

  test("runs are listed newest first, by what is asked, page by page", async () => {
    const app = await openApp({ store, tasks: [task(() => {}), task(() => {}, { name: "other" })] });
    for (const name of ["task", "task", "other", "task"]) await app.post(`/v1/tasks/${name}/runs`, { delay: "1h" });
    const all = (await app.engine.runs.list()).items;
    const query = "/v1/runs?task=task&status=pending&trigger=manual&limit=2";
    const first = (await (await app.ask(query)).json()) as { items: { trackingId: string }[]; cursor: string };
    const next = (await (await app.ask(`${query}&cursor=${encodeURIComponent(first.cursor)}`)).json()) as typeof first;
    expect([...first.items, ...next.items]).toEqual(all.filter(({ cronJobName }) => cronJobName === "task"));
    const from = encodeURIComponent("2099-01-01T00:00:00+02:00");
    expect(await json(await app.ask(`/v1/runs?from=${from}`))).toEqual({ items: [] });
  });

  test("a page of runs is bounded in bytes, too, and is read on by its cursor", async () => {
    const app = await openApp({ store, tasks: [task(() => {})] });
    const options = { delay: "1h" as const, payload: "x".repeat(200 * 1_024) };
    const made = await Promise.all(Array.from({ length: 60 }, () => app.engine.task("task").run(options)));
    const path = "/v1/runs?limit=1000";
    const first = (await (await app.ask(path)).json()) as { items: { trackingId: string }[]; cursor: string };
    expect(first.items.length).toBeLessThan(60);
    const rest = (await (await app.ask(`${path}&cursor=${first.cursor}`)).json()) as typeof first;
    expect(rest).not.toHaveProperty("cursor");
    const listed = [...first.items, ...rest.items].map(({ trackingId }) => trackingId);
    expect(listed.sort()).toEqual(made.map(({ trackingId }) => trackingId).sort());
  });

  test("a log is read in pages", async () => {
    const app = await openApp({
      store,
      tasks: [task((run) => [1, 2, 3].map((n) => run.log.info(`line ${n}`, { n })))],
    });
    const { trackingId } = await json(await app.post("/v1/tasks/task/runs"));
    await ended(app, trackingId);
    const page = await json(await app.ask(`/v1/runs/${trackingId}/logs?limit=2`));
    expect(page).toMatchObject({ items: [{ message: "line 1", data: { n: 1 } }, { message: "line 2" }], cursor: "2" });
    const rest = await json(await app.ask(`/v1/runs/${trackingId}/logs?after=2`));
    expect(rest).toEqual({ items: [expect.objectContaining({ message: "line 3" })] });
  });

  test("tasks, schedules, firings, nodes, events and metrics are told", async () => {
    const tasks = [defineTask({ name: "tick", schedule: { every: "1s" }, handler: () => {} }), task(() => {})];
    const app = await openApp({ store, tasks });
    const firings = async () => (await json(await app.ask("/v1/tasks/tick/schedules/default/firings"))).items;
    await expect.poll(firings, { interval: 20, timeout: 20_000 }).toContainEqual({
      ...{ instant: expect.any(String), decision: "fired", trackingId: ids, latenessMs: expect.any(Number) },
    });
    expect((await json(await app.ask("/v1/tasks?limit=1"))).cursor).toBeDefined();
    const tick = await json(await app.ask("/v1/tasks/tick"));
    expect(tick).toMatchObject({
      name: "tick",
      enabled: true,
      schedules: [{ key: "default", schedule: { every: "1s" } }],
    });
    const { items } = await json(await app.ask("/v1/tasks/tick/schedules"));
    expect(items).toMatchObject([{ key: "default" }]);
    expect(await json(await app.ask("/v1/tasks/tick/schedules/default"))).toMatchObject({
      task: "tick",
      overlap: "skip",
    });
    expect(await json(await app.ask("/v1/nodes"))).toMatchObject({ items: [{ name: "served" }] });
    expect(await json(await app.ask("/v1/events?task=tick"))).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ event: "run.started" })]),
    });
    const metrics = await app.ask("/metrics");
    expect(metrics.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(await metrics.text()).toContain('belfry_runs_started_total{task="tick"}');
  });

  test("keys are made, listed and revoked; the last one's end opens nothing again", async () => {
    const app = await openApp({ store });
    const made = await json(await app.post("/v1/keys", { name: "ops", scope: "admin" }));
    expect(made).toMatchObject({ name: "ops", scope: "admin", secret: expect.stringMatching(/^belfry_[0-9a-f]{64}$/) });
    const headers = { authorization: `Bearer ${made.secret}` };
    const { secret: _, ...info } = made;
    expect(await json(await app.ask("/v1/keys", { headers }))).toEqual({ items: [info] });
    const revoked = await app.post(`/v1/keys/${made.id}/revoke`, undefined, headers);
    expect(await json(revoked)).toEqual({ ...info, revokedAt: expect.any(String) });
    expect(await outcomeOf(await app.ask("/v1/keys", { headers }))).toBe("401 E_KEY_REQUIRED");
    expect(await outcomeOf(await app.ask("/v1/keys"))).toBe("401 E_KEY_REQUIRED");
  });

  test("what is unknown or malformed is said by its code", async () => {
    const app = await openApp({
      store,
      tasks: [defineTask({ name: "tick", schedule: "0 2 * * *", handler: () => {} })],
    });
    const outcomes = Object.fromEntries(
      await Promise.all(refusals.map(async ([path]) => [path, await outcomeOf(await app.ask(path))])),
    );
    expect(outcomes).toEqual(Object.fromEntries(refusals));
  });
});

const refusals: [string, string][] = [
  ["/", "404 E_ROUTE"],
  ["/v1", "404 E_ROUTE"],
  ["/v1/tasks/", "404 E_ROUTE"],
  ["/v1/explanations", "404 E_ROUTE"],
  ["/v1/tasks/Tick", "404 E_TASK_UNKNOWN"],
  ["/v1/tasks/tick%00", "404 E_TASK_UNKNOWN"],
  ["/v1/tasks/tick%2Fruns", "404 E_TASK_UNKNOWN"],
  ["/v1/tasks/%zz", "404 E_TASK_UNKNOWN"],
  ["/v1/tasks/%C0%AE", "404 E_TASK_UNKNOWN"],
  [`/v1/tasks/${"x".repeat(5_000)}`, "404 E_TASK_UNKNOWN"],
  [`/v1/tasks/tick/runs/${none}`, "404 E_RUN_UNKNOWN"],
  [`/v1/tasks/tick/runs/${none.toUpperCase()}`, "400 E_TRACKING_ID"],
  [`/v1/tasks/other/runs/${none}`, "404 E_TASK_UNKNOWN"],
  [`/v1/runs/${none}`, "404 E_RUN_UNKNOWN"],
  ["/v1/runs/1", "400 E_TRACKING_ID"],
  [`/v1/runs/${none}/logs`, "404 E_RUN_UNKNOWN"],
  [`/v1/runs/${none}/logs?after=-1`, "400 E_CURSOR"],
  [`/v1/runs/${none}/logs?limit=1001`, "400 E_OPTION"],
  ["/v1/tasks/tick/schedules/nightly", "404 E_SCHEDULE_UNKNOWN"],
  ["/v1/tasks/tick/schedules/nightly/firings", "404 E_SCHEDULE_UNKNOWN"],
  ["/v1/tasks/tick/schedules/default/firings?cursor=x", "400 E_CURSOR"],
  ["/v1/tasks/tick/schedules?cursor=x", "400 E_CURSOR"],
  ["/v1/tasks?cursor=%00", "400 E_CURSOR"],
  ["/v1/events?after=x", "400 E_CURSOR"],
  ["/v1/runs?cursor=x", "400 E_CURSOR"],
  ["/v1/runs?limit=0", "400 E_OPTION"],
  ["/v1/runs?limit=1e2", "400 E_OPTION"],
  ["/v1/runs?limit=1&limit=2", "400 E_OPTION"],
  ["/v1/runs?status=done", "400 E_OPTION"],
  ["/v1/runs?from=yesterday", "400 E_OPTION"],
  ["/v1/runs?from=2026-02-30T00:00:00Z", "400 E_OPTION"],
  ["/v1/runs?from=2026-02-03T00:00:00", "400 E_OPTION"],
  ["/v1/runs?task=", "400 E_OPTION"],
  ["/v1/runs?stauts=errors", "400 E_OPTION_UNKNOWN"],
  ["/v1/runs?__proto__=x", "400 E_OPTION_UNKNOWN"],
  ["/v1/nodes?limit=1", "400 E_OPTION_UNKNOWN"],
];
