/**
 * Belfry: durable scheduled tasks. Define a task, give it a schedule, and every instant it was due is accounted for:
 * it ran, or the record says why not.
 *
 * @module
 */
// First: on a Node.js that is too old nothing else is to be loaded.
import "./base/node-version.ts";

export { type Agnost, agnost } from "./agnost.ts";
export type { BelfryApi } from "./api/api.ts";
export type { EndedRun, RunArguments, RunOptions, TaskHandle } from "./api/handle.ts";
export type { KeyInfo, Keys } from "./api/keys.ts";
export type { NodeInfo } from "./api/nodes.ts";
export type { Page } from "./api/page.ts";
export type { ListOptions, LogItem, LogPage, RetryOptions, Runs } from "./api/runs.ts";
export type { FiringItem, FiringsOptions, ScheduleInfo, ScheduleRule, Schedules } from "./api/schedules.ts";
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
export type { CatchUp } from "./schedule/catchup.ts";
export { nextFirings } from "./schedule/firings.ts";
export type { Overlap } from "./schedule/overlap.ts";
export type { ScheduleTime } from "./schedule/spec.ts";
export type { KeyScope } from "./store/keys.ts";
export type { SkipReason } from "./store/ledger.ts";
export type { LogLevel } from "./store/logs.ts";
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
