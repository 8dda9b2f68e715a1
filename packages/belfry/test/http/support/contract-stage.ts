import { expect, onTestFinished } from "vitest";
import type { Instance } from "../../../src/engine/instance.ts";
import { defineTask } from "../../../src/task/definition.ts";
import { heldTask, Job, task } from "../../engine/support/jobs.ts";
import { grown } from "../../engine/support/sqlite.ts";
import { openApp, type TestApp } from "./app.ts";
import { accountCalls, type Call, lastMinute, scheduleCalls } from "./contract-time.ts";

/** An API with something of everything behind it. */
export interface Stage {
  readonly app: TestApp;
  /** The same, whose engine was not started. */
  readonly cold: TestApp;
  /** The same, whose engine does what it never should. */
  readonly broken: TestApp;
  /** Headers that come in. */
  readonly headers: Readonly<Record<string, string>>;
  readonly ids: {
    readonly ended: string;
    readonly failed: string;
    readonly running: string;
    readonly held: string;
    readonly fired: string;
    readonly backfill: string;
  };
}

const host = "belfry.test";
const unknown = "6237b225b9a84d607cd79044";

const tasks = (job: Job) => [
  task(
    async (run) => {
      run.log.info("billing", { month: 11 });
      await run.progress(0.5, "half");
      return { bills: 2 };
    },
    { name: "billOnDemand" },
  ),
  task(
    () => {
      throw new Error("no money", { cause: new TypeError("no bank") });
    },
    { name: "fails", concurrency: 2 },
  ),
  heldTask(job),
  task(() => {}, { name: "off", enabled: false }),
  defineTask({ name: "tick", schedule: { every: "1s" }, handler: () => {} }),
];

export async function openStage(store: "memory" | "sqlite"): Promise<Stage> {
  const job = new Job({ obeys: true });
  // What still runs would hold the engine's stop up.
  const letGo = () => {
    for (const { complete } of job.attempts) complete();
  };
  const allowedHosts = [host];
  const app = await openApp({ store, tasks: tasks(job), allowedHosts });
  onTestFinished(letGo);
  const { secret } = await app.engine.keys.create({ name: "contract", scope: "admin" });
  const started = async (name: string) =>
    (await app.engine.task(name).run({ payload: { a: [1] }, reason: "asked" })).trackingId;
  const ids = {
    ended: await started("billOnDemand"),
    failed: await started("fails"),
    running: await started("job"),
    held: await started("job"),
  };
  await grown(job.attempts, 2);
  for (const id of [ids.ended, ids.failed]) await ended(app, id);
  let fired: string | undefined;
  await expect
    .poll(async () => {
      const { items } = await app.engine.runs.list({ task: "tick", status: "completed" });
      fired = items[0]?.trackingId;
      return fired;
    })
    .toBeDefined();
  return {
    app,
    cold: await openApp({ isStarted: false }),
    broken: await openApp({ change: breaking }),
    headers: { host, authorization: `Bearer ${secret}` },
    ids: { ...ids, fired: fired as unknown as string, backfill: await backfilled(app) },
  };
}

async function backfilled(app: TestApp): Promise<string> {
  return (await app.engine.schedules.backfill("tick", "default", { ...lastMinute(), author: "ops", reason: "asked" }))
    .id;
}

async function ended(app: TestApp, trackingId: string): Promise<void> {
  await expect.poll(async () => (await app.engine.runs.get(trackingId))?.completedAt).toBeDefined();
}

/** An engine whose keys cannot be looked at, for no reason that anybody thought of. */
function breaking(engine: Instance): Instance {
  return new Proxy(engine, {
    get: (target, name) => {
      if (name === "keys") throw new TypeError("SELECT secret FROM keys");
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** The ways to ask that are the operations' own: what they answer well, and what is not there or in the way. */
export function callsOf({ ids }: Stage): Record<string, Call[]> {
  const sse = { accept: "text/event-stream" };
  const { ended, failed, running, held, fired, backfill } = ids;
  const tick = "/v1/tasks/tick/schedules";
  return {
    triggerRun: [
      { path: "/v1/tasks/billOnDemand/runs", body: { payload: 1, delay: "1h" }, headers: { "idempotency-key": "a" } },
      { path: "/v1/tasks/billOnDemand/runs", body: { payload: 1, delay: "1h" }, headers: { "idempotency-key": "a" } },
      { path: "/v1/tasks/billOnDemand/runs", body: { payload: 2 }, headers: { "idempotency-key": "a" } },
      { path: "/v1/tasks/none/runs" },
      { path: "/v1/tasks/off/runs" },
    ],
    triggerRuns: [{ path: "/v1/runs", body: { runs: [{ task: "billOnDemand", delay: "1h" }, { task: "none" }] } }],
    getTaskStatus: [
      { path: `/v1/tasks/billOnDemand/runs/${ended}` },
      { path: `/v1/tasks/fails/runs/${failed}` },
      { path: `/v1/tasks/job/runs/${ended}` },
    ],
    getRun: [
      ...[ended, failed, running, fired, unknown].map((id) => ({ path: `/v1/runs/${id}` })),
      { path: "/v1/runs/x" },
    ],
    listRuns: [{ path: "/v1/runs" }, { path: "/v1/runs?limit=1" }, { path: "/v1/runs?cursor=x" }],
    cancelRun: [
      { path: `/v1/runs/${ended}/cancel` },
      { path: `/v1/runs/${running}/cancel`, body: { reason: "no more" } },
      { path: `/v1/runs/${unknown}/cancel` },
    ],
    retryRun: [
      { path: `/v1/runs/${ended}/retry` },
      { path: `/v1/runs/${held}/retry` },
      { path: `/v1/runs/${unknown}/retry` },
    ],
    getLogs: [
      { path: `/v1/runs/${ended}/logs` },
      { path: `/v1/runs/${ended}/logs?limit=1` },
      { path: `/v1/runs/${ended}/logs`, headers: sse },
      { path: `/v1/runs/${unknown}/logs`, headers: sse },
    ],
    getEvents: [{ path: "/v1/events" }, { path: "/v1/events", headers: sse }, { path: "/v1/events?after=x" }],
    listTasks: [{ path: "/v1/tasks" }, { path: "/v1/tasks?limit=1" }],
    getTask: [
      { path: "/v1/tasks/tick" },
      { path: "/v1/tasks/fails" },
      { path: "/v1/tasks/off" },
      { path: "/v1/tasks/none" },
    ],
    listSchedules: [{ path: "/v1/schedules" }],
    listTaskSchedules: [{ path: tick }, { path: "/v1/tasks/none/schedules" }],
    getSchedule: [{ path: `${tick}/default` }, { path: `${tick}/none` }],
    listFirings: [
      { path: `${tick}/default/firings` },
      { path: `${tick}/default/firings?limit=1` },
      { path: `${tick}/none/firings` },
    ],
    ...scheduleCalls(tick),
    ...accountCalls(backfill),
    listNodes: [{ path: "/v1/nodes" }],
    listKeys: [{ path: "/v1/keys" }],
    createKey: [{ path: "/v1/keys", body: { name: "reports", scope: "read" } }],
    revokeKey: [{ path: "/v1/keys/00000000/revoke" }],
    getHealth: [{ path: "/healthz" }],
    getReadiness: [{ path: "/readyz" }],
    getMetrics: [{ path: "/metrics" }],
    getDescription: [{ path: "/openapi.json" }],
  };
}
