/**
 * Belfry's client: the tasks of a server, over HTTP. For browsers, edge runtimes and Node.js; it brings nothing of the
 * engine.
 *
 * @module
 */
export type {
  Audit,
  AuditFinding,
  AuditOptions,
  DeployInfo,
  Explanation,
  Forecast,
  ForecastMinute,
  InstantAccount,
} from "../api/account.ts";
export type { BelfryApi } from "../api/api.ts";
export type { Backfill, BackfillEstimate, BackfillOptions, Backfills } from "../api/backfills.ts";
export type { Deploys } from "../api/deploys.ts";
export type { EndedRun, RunArguments, RunOptions, TaskHandle } from "../api/handle.ts";
export type { KeyInfo, Keys } from "../api/keys.ts";
export type { NodeInfo } from "../api/nodes.ts";
export type { Page } from "../api/page.ts";
export type { ListOptions, LogItem, LogPage, RetryOptions, Runs } from "../api/runs.ts";
export type {
  AmendOptions,
  AmendResult,
  CalendarRule,
  FiringItem,
  FiringsOptions,
  PauseInfo,
  PutItem,
  PutItemResult,
  PutResult,
  ScheduleInfo,
  ScheduleInput,
  ScheduleRule,
  Schedules,
} from "../api/schedules.ts";
export type { TaskHealth, TaskInfo, Tasks } from "../api/tasks.ts";
export { BelfryError, type ErrorCode, isBelfryError } from "../base/errors.ts";
export type { Attempt, AttemptOutcome, RunRecord, RunTrigger, StatusRecord, TriggerRecord } from "../run/record.ts";
export type { RunStatus } from "../run/states.ts";
export { type BelfryClient, createClient } from "./client.ts";
export type { ClientOptions } from "./options.ts";
export type { ClientRunArguments, ClientTask } from "./task.ts";
export type { ClientRunOptions } from "./trigger.ts";
