import type { Duration } from "../base/duration.ts";
import type { RunRecord } from "../run/record.ts";
import type { CatchUpOption } from "../schedule/catchup.ts";
import type { Overlap } from "../schedule/overlap.ts";
import type { CronText, ScheduleFields } from "../schedule/spec.ts";
import { parseTask, type TaskRules } from "./parse.ts";
import type { Run } from "./run.ts";
import type { SchemaInput, SchemaOutput, StandardSchema } from "./schema.ts";
import type { ScheduleTerms } from "./terms.ts";

/** One schedule with its key (default `default`), the payload of its runs, and what it says otherwise than its task. */
export type KeyedSchedule<Input, Cron extends string = string> = ScheduleFields<Cron> & {
  key?: string;
} & ScheduleTerms &
  (undefined extends Input ? { payload?: Input } : { payload: Input });

/** When a task is due. A task whose payload is required needs schedules that have one. */
export type ScheduleOption<Input, Cron extends string = string> = undefined extends Input
  ? CronText<Cron> | ScheduleFields<Cron> | KeyedSchedule<Input, Cron> | readonly KeyedSchedule<Input, Cron>[]
  : KeyedSchedule<Input, Cron> | readonly KeyedSchedule<Input, Cron>[];

/** How long to wait before a failed attempt is tried again. */
export type Backoff = Duration | { first?: Duration; factor?: number; max?: Duration };

/** What defines a task. */
export interface TaskOptions<
  Name extends string,
  Schema extends StandardSchema | undefined,
  Result,
  Cron extends string = string,
> {
  /** ASCII letters, digits, blank, `_`, `-`; at most 128; unique without regard to case. Throws E_OPTION. */
  name: Name;
  /** User code. What it returns is the run's result, kept as JSON up to 256 KiB; what it throws fails the attempt. */
  handler: (run: Run<SchemaOutput<Schema>>) => Result | Promise<Result>;
  /**
   * When it is due: a cron string (in UTC; a literal one is checked by the compiler), `{ cron, timezone, dst }`,
   * `{ every: "15m" }`, `{ at: date }`, with `start`, `end`, `exclude` and `spread` where it repeats; or a list of
   * these, each with a `key` and `payload` of its own, and where it says so with `overlap`, `catchUp` and `priority`
   * other than the task's. Default: never, only by hand. Throws E_SCHEDULE, E_TIMEZONE.
   */
  schedule?: ScheduleOption<SchemaInput<Schema>, Cron>;
  /** Any Standard Schema (Zod, Valibot, ArkType…): checked at the trigger, parsed again for each attempt. */
  payload?: Schema;
  /**
   * What happens to an instant that is due while an earlier run of the same schedule is unfinished, a waiting retry
   * included: it is skipped, waits (`bufferOne`, `bufferAll`), replaces the earlier one (`cancelOther`), or runs beside
   * it (`allow`). Runs by hand are never skipped. Default `skip`.
   */
  overlap?: Overlap;
  /**
   * What happens to instants that were missed, since a later one of the schedule is due too or since nothing ran for
   * 30 s: none of them, the latest, or all of them run, `{ policy, window, limit, spacing }`. Caught-up instants of
   * `all` run one after another, whatever `overlap` says. Default `latest`, of the last day.
   */
  catchUp?: CatchUpOption;
  /** How often a failed attempt is tried again, 0 to 1,000. Default 0. */
  retries?: number;
  /** The wait before the first retry and how it grows, each ±25 % at random. Default 1 s, doubling, at most 1 h. */
  backoff?: Backoff;
  /** Whether this error is worth another try. Default: every one is. One that throws counts as no. */
  retryOn?: (error: unknown, attempt: number) => boolean;
  /** How long an attempt may take; then its signal is aborted and it fails with E_TIMEOUT. Default: as long as it likes. */
  timeout?: Duration;
  /** How many runs of this task may run at once, over all nodes. Default: as many as the nodes allow. */
  concurrency?: number;
  /** -100 to 100; higher goes first. Default 0. */
  priority?: number;
  /** What becomes of a run whose process died: another attempt (at most three are lost), or an end. Default `retry`. */
  onLost?: "retry" | "fail";
  /**
   * Called once a run of this task has ended without success, on the node that decided it, after that is durable. At
   * most once: if that process dies in between, it is not called. What it throws is logged.
   */
  onFailure?: (run: RunRecord) => unknown;
  /** False: no schedule fires and triggers are refused (E_TASK_DISABLED). Default true. */
  enabled?: boolean;
  /** Whether what the handler prints with `console.*` goes to the run's log too. Default false. */
  captureConsole?: boolean;
}

/** A defined task: pass it to `createBelfry`. */
export interface Task<
  Name extends string = string,
  Schema extends StandardSchema | undefined = StandardSchema | undefined,
  Result = unknown,
> {
  readonly name: Name;
  /** The rules, checked and with their defaults. */
  readonly rules: TaskRules;
  /** Types only; never there at run time. */
  readonly types?: { readonly input: SchemaInput<Schema>; readonly result: Result };
}

/**
 * Defines a task. Checks everything that can be checked before it runs: throws E_OPTION, E_OPTION_UNKNOWN, E_DURATION,
 * E_SCHEDULE, E_TIMEZONE or E_PAYLOAD, naming field, value and what was expected.
 */
export function defineTask<
  const Name extends string,
  Schema extends StandardSchema | undefined = undefined,
  Result = void,
  const Cron extends string = string,
>(options: TaskOptions<Name, Schema, Result, Cron>): Task<Name, Schema, Result> {
  const rules = parseTask(options);
  return Object.defineProperty({ name: rules.name as Name, rules }, mark, { value: true });
}

/** Tells a task from what only looks like one, also where another installed copy of Belfry made it. */
const mark = Symbol.for("belfry.task");

/** Whether `defineTask` made it. */
export function isTask(value: unknown): value is Task {
  return typeof value === "object" && value !== null && mark in value;
}
