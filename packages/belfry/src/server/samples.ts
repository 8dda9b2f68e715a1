import { BelfryError, type ErrorCode } from "../base/errors.ts";
import { ids } from "./schemas/fields.ts";

const revoked = "the API key that was sent is unknown or was revoked";
const foreign = "pages of another Origin may not change anything here; `allowedHosts` can name them";

/** One error of each code that the HTTP API tells of: the examples of its description. */
export const samples = {
  E_BACKFILL_RANGE: new BelfryError("E_BACKFILL_RANGE", {
    field: "from",
    value: "2020-01-01T00:00:00.000Z",
    problem:
      "the ledger is kept from 2022-03-13T23:00:00.000Z on; set `force` to count instants of before as never run",
  }),
  E_BACKFILL_UNKNOWN: new BelfryError("E_BACKFILL_UNKNOWN", { value: ids.trackingId }),
  E_BODY: new BelfryError("E_BODY", { problem: "is no JSON from character 17 on" }),
  E_CONTENT_TYPE: new BelfryError("E_CONTENT_TYPE", { problem: "is of another type" }),
  E_CURSOR: new BelfryError("E_CURSOR", { value: "page 2" }),
  E_DEPLOY_UNKNOWN: new BelfryError("E_DEPLOY_UNKNOWN", { app: "default", value: 17 }),
  E_DOOR: new BelfryError("E_DOOR", { problem: foreign }),
  E_DURATION: new BelfryError("E_DURATION", { field: "delay", value: "5", range: " from 0ms to 366d" }),
  E_FORBIDDEN: new BelfryError("E_FORBIDDEN", { holder: "key 9f86d081", scope: "read", needed: "trigger" }),
  E_IDEMPOTENCY: new BelfryError("E_IDEMPOTENCY", { value: "invoice-2026-11", task: "billOnDemand" }),
  E_INTERNAL: new BelfryError("E_INTERNAL", { reference: "5feceb66" }),
  E_KEY_REQUIRED: new BelfryError("E_KEY_REQUIRED", { problem: revoked }),
  E_KEY_UNKNOWN: new BelfryError("E_KEY_UNKNOWN", { value: "9f86d081" }),
  E_NOT_READY: new BelfryError("E_NOT_READY", { problem: "E_STORE_UNAVAILABLE" }),
  E_NOT_STARTED: new BelfryError("E_NOT_STARTED", { call: "run()" }),
  E_OPTION: new BelfryError("E_OPTION", {
    field: "priority",
    value: 101,
    expected: "a whole number from -100 to 100",
  }),
  E_OPTION_UNKNOWN: new BelfryError("E_OPTION_UNKNOWN", {
    field: "stauts",
    owner: "GET /v1/runs",
    nearest: ' (did you mean "status"?)',
    known: "task, status, trigger, from, to, limit, cursor",
  }),
  E_OUTCOME_UNKNOWN: new BelfryError("E_OUTCOME_UNKNOWN", { trackingId: ids.trackingId }),
  E_PAYLOAD: new BelfryError("E_PAYLOAD", { task: "billOnDemand", path: ".month", problem: "was refused" }),
  E_RUN_UNFINISHED: new BelfryError("E_RUN_UNFINISHED", { value: ids.trackingId }),
  E_RUN_UNKNOWN: new BelfryError("E_RUN_UNKNOWN", { value: ids.trackingId, retention: "7d" }),
  E_SCHEDULE: new BelfryError("E_SCHEDULE", {
    field: "schedule.cron",
    value: "0 25 * * *",
    problem: 'hour "25" is out of range; expected 0 to 23',
  }),
  E_SCHEDULE_CODE: new BelfryError("E_SCHEDULE_CODE", { task: "billOnDemand", value: "default" }),
  E_SCHEDULE_UNKNOWN: new BelfryError("E_SCHEDULE_UNKNOWN", { task: "billOnDemand", value: "nightly", nearest: "" }),
  E_STOPPED: new BelfryError("E_STOPPED", { call: "run()" }),
  E_STORE_BUSY: new BelfryError("E_STORE_BUSY", { duration: "5s" }),
  E_STORE_FULL: new BelfryError("E_STORE_FULL", { value: "belfry.db" }),
  E_STORE_READONLY: new BelfryError("E_STORE_READONLY", { value: "belfry.db" }),
  E_STORE_UNAVAILABLE: new BelfryError("E_STORE_UNAVAILABLE", { detail: "input or output failed" }),
  E_TASK_DISABLED: new BelfryError("E_TASK_DISABLED", { task: "billOnDemand" }),
  E_TASK_UNKNOWN: new BelfryError("E_TASK_UNKNOWN", {
    value: "billonDemand",
    nearest: ' (did you mean "billOnDemand"?)',
  }),
  E_TIMEZONE: new BelfryError("E_TIMEZONE", {
    field: "schedule.timezone",
    value: "Europe/Berlim",
    nearest: ' (did you mean "Europe/Berlin"?)',
  }),
  E_TOO_LARGE: new BelfryError("E_TOO_LARGE", { limit: "512 KiB" }),
  E_TRACKING_ID: new BelfryError("E_TRACKING_ID", { value: "6237B225B9A84D607CD79044" }),
  E_USAGE: new BelfryError("E_USAGE", {
    problem: "the query parameter token holds a key; send it as `Authorization: Bearer <key>`",
  }),
} as const satisfies Partial<Record<ErrorCode, BelfryError>>;

/** A code that the description has an example of. */
export type SampledCode = keyof typeof samples;
