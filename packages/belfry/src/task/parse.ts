import { parseDuration } from "../base/duration.ts";
import { defaults, limits } from "../base/limits.ts";
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkOneOf,
  checkOptions,
  guarded,
  readArray,
  readObject,
  refuseOption,
} from "../base/options.ts";
import type { RunRecord } from "../run/record.ts";
import type { CatchUp } from "../schedule/catchup.ts";
import { compile } from "../schedule/compile.ts";
import type { Overlap } from "../schedule/overlap.ts";
import { parseScheduleTime, type ScheduleSpec } from "../schedule/spec.ts";
import { checkTaskName } from "./name.ts";
import { payloadText } from "./payload.ts";
import type { Run } from "./run.ts";
import type { StandardSchema } from "./schema.ts";

/** How the wait before a retry grows, in milliseconds. */
export interface BackoffRule {
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

/** One schedule of a task, checked. */
export interface ScheduleRule {
  readonly key: string;
  readonly spec: ScheduleSpec;
  readonly payload?: string;
  /** Whether its definition says in which zone its pattern is meant. */
  readonly namesZone: boolean;
}

/** What a definition says, checked, with its defaults; durations in milliseconds. */
export interface TaskRules {
  readonly name: string;
  readonly handler: (run: Run<never>) => unknown;
  readonly schedules: readonly ScheduleRule[];
  readonly schema?: StandardSchema;
  readonly overlap: Overlap;
  readonly catchUp: CatchUp;
  readonly retries: number;
  readonly backoff: BackoffRule;
  readonly retryOn?: (error: unknown, attempt: number) => boolean;
  readonly timeoutMs?: number;
  readonly concurrency?: number;
  readonly priority: number;
  readonly onLost: "retry" | "fail";
  readonly onFailure?: (run: RunRecord) => unknown;
  readonly enabled: boolean;
  readonly captureConsole: boolean;
}

const knownOptions = [
  ...["name", "schedule", "payload", "handler", "overlap", "catchUp", "retries", "backoff", "retryOn", "timeout"],
  ...["concurrency", "priority", "onLost", "onFailure", "enabled", "captureConsole"],
];

/** The rules of a definition. Throws as `defineTask` promises. */
export function parseTask(input: unknown): TaskRules {
  const options = checkOptions(input, "defineTask", knownOptions);
  const name = checkTaskName(options.name, "name");
  const at = (field: string) => `task ${JSON.stringify(name)}: ${field}`;
  return {
    name,
    handler:
      checkFunction<TaskRules["handler"]>(options.handler, at("handler")) ??
      refuseOption(at("handler"), options.handler, "a function"),
    schedules: parseSchedules(options.schedule, name, at("schedule")),
    schema: parseSchema(options.payload, at("payload")),
    overlap: checkOneOf(options.overlap, at("overlap"), ["skip", "allow"]) ?? "skip",
    catchUp: checkOneOf(options.catchUp, at("catchUp"), ["skip", "latest"]) ?? "latest",
    retries: checkInteger(options.retries, at("retries"), 0, limits.retriesMax) ?? defaults.retries,
    backoff: parseBackoff(options.backoff, at("backoff")),
    retryOn: checkFunction(options.retryOn, at("retryOn")),
    timeoutMs: options.timeout === undefined ? undefined : parseDuration(options.timeout, at("timeout"), { min: 1 }),
    concurrency: checkInteger(options.concurrency, at("concurrency"), 1, limits.concurrencyMax),
    priority:
      checkInteger(options.priority, at("priority"), limits.priorityMin, limits.priorityMax) ?? defaults.priority,
    onLost: checkOneOf(options.onLost, at("onLost"), ["retry", "fail"]) ?? "retry",
    onFailure: checkFunction(options.onFailure, at("onFailure")),
    enabled: checkBoolean(options.enabled, at("enabled")) ?? true,
    captureConsole: checkBoolean(options.captureConsole, at("captureConsole")) ?? false,
  };
}

function parseSchema(value: unknown, field: string): StandardSchema | undefined {
  if (value === undefined) return undefined;
  return guarded(value, field, "a Standard Schema, such as z.object({ … })", () => {
    const carrier =
      typeof value === "object" || typeof value === "function" ? (value as Partial<StandardSchema>) : null;
    return typeof carrier?.["~standard"]?.validate === "function" ? (carrier as StandardSchema) : undefined;
  });
}

function parseBackoff(value: unknown, field: string): BackoffRule {
  const rule: { -readonly [K in keyof BackoffRule]: number } = {
    firstMs: defaults.backoffMs,
    factor: 2,
    maxMs: defaults.backoffMsMax,
  };
  if (value === undefined) return rule;
  if (typeof value === "string") return { ...rule, firstMs: parseDuration(value, field) };
  const { first, factor, max } = checkOptions(value, field, ["first", "factor", "max"]);
  if (first !== undefined) rule.firstMs = parseDuration(first, `${field}.first`);
  if (max !== undefined) rule.maxMs = parseDuration(max, `${field}.max`);
  if (factor !== undefined) {
    const fits = typeof factor === "number" && factor >= 1 && factor <= 100;
    rule.factor = fits ? factor : refuseOption(`${field}.factor`, factor, "a number from 1 to 100");
  }
  return rule;
}

function parseSchedules(value: unknown, task: string, field: string): ScheduleRule[] {
  if (value === undefined) return [];
  const isList = guarded(value, field, "a schedule", () => ({ answer: Array.isArray(value) })).answer;
  if (!isList) return [parseSchedule(value, task, field)];
  const list = readArray(value, field, `at most ${limits.schedulesPerTaskMax} schedules`, limits.schedulesPerTaskMax);
  const rules = list.map((item, index) => parseSchedule(item, task, `${field}[${index}]`));
  for (const [index, { key }] of rules.entries()) {
    const twice = rules.findIndex((other) => other.key.toLowerCase() === key.toLowerCase()) !== index;
    if (twice) refuseOption(`${field}[${index}].key`, key, "a key of its own for each schedule");
  }
  return rules;
}

function parseSchedule(value: unknown, task: string, field: string): ScheduleRule {
  if (typeof value !== "object" || value === null) {
    return { key: "default", spec: parseTime(value, field), namesZone: false };
  }
  const { key: given, payload, ...time } = readObject(value, field, "a schedule");
  const key = given === undefined ? "default" : checkTaskName(given, `${field}.key`);
  const namesZone = time.timezone !== undefined;
  return { key, spec: parseTime(time, field), payload: payloadText({ task, schedule: key }, payload), namesZone };
}

function parseTime(value: unknown, field: string): ScheduleSpec {
  const spec = parseScheduleTime(value, field);
  compile(spec);
  return spec;
}
