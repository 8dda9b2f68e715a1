/**
 * Belfry: durable scheduled tasks. Define a task, give it a schedule, and every instant it was due is accounted for:
 * it ran, or the record says why not.
 *
 * @module
 */
// First: on a Node.js that is too old nothing else is to be loaded.
import "./base/node-version.ts";

export { type Agnost, agnost } from "./agnost.ts";
export type {
  Audit,
  AuditFinding,
  AuditOptions,
  DeployInfo,
  Explanation,
  Forecast,
  ForecastMinute,
  InstantAccount,
  Plan,
  ScheduleChange,
} from "./api/account.ts";
export type { BelfryApi } from "./api/api.ts";
export type { Backfill, BackfillEstimate, BackfillOptions, Backfills } from "./api/backfills.ts";
export type { Deploys } from "./api/deploys.ts";
export type { EndedRun, RunArguments, RunOptions, TaskHandle } from "./api/handle.ts";
export type { KeyInfo, Keys } from "./api/keys.ts";
export type { NodeInfo } from "./api/nodes.ts";
export type { Page } from "./api/page.ts";
export type { ListOptions, LogItem, LogPage, RetryOptions, Runs } from "./api/runs.ts";
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
} from "./api/schedules.ts";
export type { TaskHealth, TaskInfo, Tasks } from "./api/tasks.ts";
export type { Duration } from "./base/duration.ts";
export { BelfryError, type ErrorCode, errorTable, isBelfryError } from "./base/errors.ts";
export type { BelfryConfig, FileTask, LogLevelName } from "./cli/project/config-file.ts";
export { type BelfryClient, createClient } from "./client/client.ts";
export type { ClientOptions } from "./client/options.ts";
export type { ClientRunArguments, ClientTask } from "./client/task.ts";
export type { ClientRunOptions } from "./client/trigger.ts";
export { createBelfry } from "./create.ts";
export type { Belfry } from "./engine/belfry.ts";
export type { Authorize } from "./engine/door.ts";
export type { BelfryEvents } from "./engine/events.ts";
export type { HttpApi } from "./engine/http-api.ts";
export type { Logger } from "./engine/logger.ts";
export type { BelfryOptions } from "./engine/options.ts";
export type { Failure, RunError } from "./run/failure.ts";
export type { Attempt, AttemptOutcome, RunRecord, RunTrigger, StatusRecord, TriggerRecord } from "./run/record.ts";
export type { RunStatus } from "./run/states.ts";
export type { CatchUp, CatchUpOption } from "./schedule/catchup.ts";
export type { DstOption } from "./schedule/dst.ts";
export type { Calendar } from "./schedule/exclude.ts";
export { nextFirings } from "./schedule/firings.ts";
export type { Overlap } from "./schedule/overlap.ts";
export type { ScheduleBounds, ScheduleTime } from "./schedule/spec.ts";
export type { Cause } from "./schedule/why.ts";
export type { BackfillState, Reprocess } from "./store/backfills.ts";
export type { KeyScope } from "./store/keys.ts";
export type { InstantOutcome, SkipReason } from "./store/ledger.ts";
export type { LogLevel } from "./store/logs.ts";
export type { ScheduleOrigin } from "./store/schedules.ts";
export {
  type Backoff,
  defineTask,
  type KeyedSchedule,
  type ScheduleOption,
  type Task,
  type TaskOptions,
} from "./task/definition.ts";
export type { Run, RunLog } from "./task/run.ts";
export type { StandardSchema } from "./task/schema.ts";
export type { ScheduleTerms } from "./task/terms.ts";
