const unknown = "6237b225b9a84d607cd79044";

/** One way to ask an operation. */
export interface Call {
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a backfill of a task that is due every second can do. */
export function lastMinute(): { from: Date; to: Date } {
  const now = Date.now();
  return { from: new Date(now - 60_000), to: new Date(now - 1_000) };
}

const amend = { reason: "no bank", author: "ops" };
const nightly = { cron: "0 2 * * *", timezone: "Europe/Berlin", dst: { gap: "skip" }, spread: "1m" };
const bounds = { start: "2026-01-01T00:00:00Z", exclude: [{ name: "holidays", dates: ["2026-12-25"] }] };
const terms = { overlap: "bufferAll", catchUp: { policy: "all", spacing: "10s" }, pauseOnFailure: 3, payload: [1] };

/** The ways to ask what changes schedules. `tick` is the path of the schedules of a task that is due every second. */
export function scheduleCalls(tick: string): Record<string, Call[]> {
  const own = "/v1/tasks/billOnDemand/schedules";
  const until = "2090-01-01T00:00:00Z";
  return {
    putSchedule: [
      { path: `${own}/nightly`, body: { ...nightly, ...bounds, ...terms } },
      { path: `${own}/nightly`, body: { ...nightly, ...bounds, ...terms } },
      { path: `${own}/often`, body: { every: "90m", anchor: "2026-01-01T00:15:00Z" } },
      { path: `${own}/odd`, body: { cron: "0 25 * * *" } },
      { path: `${tick}/default`, body: { every: "1m" } },
      { path: "/v1/tasks/none/schedules/default", body: { every: "1m" } },
    ],
    putSchedules: [
      {
        path: "/v1/schedules",
        body: { schedules: [{ task: "billOnDemand", key: "many", schedule: "0 2 * * *" }, 7], author: "ops" },
      },
    ],
    pauseSchedules: [
      { path: `${own}/%2A/pause`, body: { ...amend, until } },
      { path: `${own}/none/pause` },
      { path: "/v1/tasks/none/schedules/default/pause" },
    ],
    resumeSchedules: [{ path: `${own}/nightly/resume`, body: amend }, { path: `${own}/none/resume` }],
    skipFirings: [{ path: `${own}/nightly/skip`, body: { count: 2 } }, { path: `${own}/none/skip` }],
    deleteSchedule: [{ path: `${own}/many` }, { path: `${own}/none` }, { path: `${tick}/default` }],
    backfillSchedule: [
      { path: `${tick}/default/backfill`, body: lastMinute(), headers: { "idempotency-key": "once" } },
      { path: `${tick}/default/backfill`, body: { ...lastMinute(), dryRun: true } },
      { path: `${tick}/default/backfill`, body: { ...lastMinute(), from: "1999-01-01T00:00:00Z" } },
      { path: `${tick}/none/backfill`, body: lastMinute() },
    ],
  };
}

/** The ways to ask what reads the ledger. */
export function accountCalls(backfill: string): Record<string, Call[]> {
  const backfills = "/v1/backfills";
  const at = `at=${new Date(Date.now() - 1_000).toISOString()}`;
  return {
    listBackfills: [
      { path: backfills },
      { path: `${backfills}?limit=1` },
      { path: `${backfills}?task=none` },
      { path: `${backfills}?cursor=x` },
    ],
    getBackfill: [{ path: `${backfills}/${backfill}` }, { path: `${backfills}/${unknown}` }],
    pauseBackfill: [{ path: `${backfills}/${backfill}/pause` }, { path: `${backfills}/${unknown}/pause` }],
    resumeBackfill: [{ path: `${backfills}/${backfill}/resume` }, { path: `${backfills}/${unknown}/resume` }],
    cancelBackfill: [{ path: `${backfills}/${backfill}/cancel` }, { path: `${backfills}/${unknown}/cancel` }],
    explain: [
      { path: `/v1/explain?task=tick&${at}` },
      { path: "/v1/explain?task=tick&at=2098-01-01T00:00:00.5Z&schedule=default" },
      { path: "/v1/explain?task=tick&at=1999-01-01T00:00:00Z" },
      { path: `/v1/explain?task=none&${at}` },
    ],
    audit: [{ path: "/v1/audit" }, { path: "/v1/audit?task=tick" }, { path: "/v1/audit?task=none" }],
    forecast: [{ path: "/v1/forecast?hours=1" }],
    listDeploys: [{ path: "/v1/deploys" }],
    putBack: [{ path: "/v1/deploys/1/put-back" }, { path: "/v1/deploys/99/put-back" }],
  };
}
