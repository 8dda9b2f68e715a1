/**
 * Belfry: durable scheduled tasks. Define a task, give it a schedule, and every instant it was due is accounted for:
 * it ran, or the record says why not.
 *
 * @module
 */
// First: on a Node.js that is too old nothing else is to be loaded.
import "./base/node-version.ts";

export type { Duration } from "./base/duration.ts";
export { BelfryError, type ErrorCode, errorTable, isBelfryError } from "./base/errors.ts";
export { type Agnost, agnost } from "./engine/agnost.ts";
export { type Belfry, createBelfry } from "./engine/belfry.ts";
export type { BelfryEvents } from "./engine/events.ts";
export type { EndedRun, RunArguments, RunOptions, TaskHandle } from "./engine/handle.ts";
export type { Logger } from "./engine/logger.ts";
export type { BelfryOptions } from "./engine/options.ts";
export type { ListOptions, LogItem, Page, Runs } from "./engine/runs.ts";
export type { FiringItem, Schedules } from "./engine/schedules.ts";
export type { Failure, RunError } from "./run/failure.ts";
export type { Attempt, AttemptOutcome, RunRecord, RunTrigger, StatusRecord, TriggerRecord } from "./run/record.ts";
export type { RunStatus } from "./run/states.ts";
export type { CatchUp } from "./schedule/catchup.ts";
export { nextFirings } from "./schedule/firings.ts";
export type { Overlap } from "./schedule/overlap.ts";
export type { ScheduleTime } from "./schedule/spec.ts";
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
