import { parseDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { defaults, limits } from "../base/limits.ts";
import { checkBoolean, checkFunction, checkInteger, checkOneOf, checkOptions } from "../base/options.ts";
import type { RunRecord } from "../run/record.ts";
import type { CatchUp } from "../schedule/catchup.ts";
import { compile } from "../schedule/compile.ts";
import type { Overlap } from "../schedule/overlap.ts";
import { parseScheduleTime, type ScheduleSpec } from "../schedule/spec.ts";
import { checkKey, checkTaskName } from "./name.ts";
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
  readonly onFailure?: (run: RunRecord) => void | Promise<void>;
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
  const at = (field: string) => `${field} of task ${JSON.stringify(name)}`;
  const handler = checkFunction<TaskRules["handler"]>(options.handler, at("handler"));
  if (!handler) throw new BelfryError("E_OPTION", { field: at("handler"), value: options.handler, expected: "a function" });
  return {
    name,
    handler,
    schedules: parseSchedules(options.schedule, name),
    schema: parseSchema(options.payload, at("payload")),
    overlap: checkOneOf(options.overlap, at("overlap"), ["skip", "allow"]) ?? "skip",
    catchUp: checkOneOf(options.catchUp, at("catchUp"), ["skip", "latest"]) ?? "latest",
    retries: checkInteger(options.retries, at("retries"), 0, limits.retriesMax) ?? defaults.retries,
    backoff: parseBackoff(options.backoff, at("backoff")),
    retryOn: checkFunction(options.retryOn, at("retryOn")),
    timeoutMs: options.timeout === undefined ? undefined : parseDuration(options.timeout, at("timeout"), { min: 1 }),
    concurrency: checkInteger(options.concurrency, at("concurrency"), 1, limits.concurrencyMax),
    priority: checkInteger(options.priority, at("priority"), limits.priorityMin, limits.priorityMax) ?? defaults.priority,
    onLost: checkOneOf(options.onLost, at("onLost"), ["retry", "fail"]) ?? "retry",
    onFailure: checkFunction(options.onFailure, at("onFailure")),
    enabled: checkBoolean(options.enabled, at("enabled")) ?? true,
    captureConsole: checkBoolean(options.captureConsole, at("captureConsole")) ?? false,
  };
}

function parseSchema(value: unknown, field: string): StandardSchema | undefined {
  if (value === undefined) return undefined;
  const carrier = typeof value === "object" || typeof value === "function" ? (value as Partial<StandardSchema> | null) : null;
  if (typeof carrier?.["~standard"]?.validate === "function") return carrier as StandardSchema;
  throw new BelfryError("E_OPTION", { field, value, expected: "a Standard Schema, such as z.object({ … })" });
}

function parseBackoff(value: unknown, field: string): BackoffRule {
  const rule: { -readonly [K in keyof BackoffRule]: number } = { firstMs: defaults.backoffMs, factor: 2, maxMs: defaults.backoffMsMax };
  if (value === undefined) return rule;
  if (typeof value === "string") return { ...rule, firstMs: parseDuration(value, field) };
  const { first, factor, max } = checkOptions(value, field, ["first", "factor", "max"]);
  if (first !== undefined) rule.firstMs = parseDuration(first, `first in ${field}`);
  if (max !== undefined) rule.maxMs = parseDuration(max, `max in ${field}`);
  if (factor !== undefined) {
    const fits = typeof factor === "number" && factor >= 1 && factor <= 100;
    if (!fits) throw new BelfryError("E_OPTION", { field: `factor in ${field}`, value: factor, expected: "a number from 1 to 100" });
    rule.factor = factor;
  }
  return rule;
}

function parseSchedules(value: unknown, task: string): ScheduleRule[] {
  if (value === undefined) return [];
  const field = `schedule of task ${JSON.stringify(task)}`;
  if (!Array.isArray(value)) return [parseSchedule(value, task, field)];
  if (value.length > limits.schedulesPerTaskMax) {
    throw new BelfryError("E_OPTION", { field, value, expected: `at most ${limits.schedulesPerTaskMax} schedules` });
  }
  const rules = value.map((item, index) => parseSchedule(item, task, `schedule[${index}] of task ${JSON.stringify(task)}`));
  for (const [index, { key }] of rules.entries()) {
    const twice = rules.findIndex((other) => other.key.toLowerCase() === key.toLowerCase()) !== index;
    if (twice) throw new BelfryError("E_OPTION", { field: `key in ${field}`, value: key, expected: "a key of its own for each schedule" });
  }
  return rules;
}

function parseSchedule(value: unknown, task: string, field: string): ScheduleRule {
  if (typeof value !== "object" || value === null) return { key: "default", spec: parseTime(value, field) };
  const { key, payload, ...time } = value as Record<string, unknown>;
  return {
    key: key === undefined ? "default" : checkKey(key, `key in ${field}`),
    spec: parseTime(time, field),
    payload: payloadText(task, payload),
  };
}

function parseTime(value: unknown, field: string): ScheduleSpec {
  const spec = parseScheduleTime(value, field);
  compile(spec);
  return spec;
}
