import { parseDuration } from "../base/duration.ts";
import { defaults, limits } from "../base/limits.ts";
import {
  checkBoolean,
  checkFunction,
  checkInteger,
  checkOneOf,
  checkOptions,
  guarded,
  isList,
  readArray,
  readObject,
  refuseOption,
} from "../base/options.ts";
import type { RunRecord } from "../run/record.ts";
import { checkTaskName } from "./name.ts";
import type { Run } from "./run.ts";
import type { StandardSchema } from "./schema.ts";
import { type ParsedSchedule, parseScheduleInput, parseTerms, type TaskTerms } from "./terms.ts";

/** How the wait before a retry grows, in milliseconds. */
export interface BackoffRule {
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

/** One schedule of a task, checked. */
export interface KeyedRule extends ParsedSchedule {
  readonly key: string;
}

/** What a definition says, checked, with its defaults; durations in milliseconds. */
export interface TaskRules extends TaskTerms {
  readonly name: string;
  readonly handler: (run: Run<never>) => unknown;
  readonly schedules: readonly KeyedRule[];
  readonly schema?: StandardSchema;
  readonly retries: number;
  readonly backoff: BackoffRule;
  readonly retryOn?: (error: unknown, attempt: number) => boolean;
  readonly timeoutMs?: number;
  readonly concurrency?: number;
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
  const terms = parseTerms(options, at);
  return {
    name,
    handler:
      checkFunction<TaskRules["handler"]>(options.handler, at("handler")) ??
      refuseOption(at("handler"), options.handler, "a function"),
    schedules: parseSchedules(options.schedule, at("schedule"), { task: name, terms }),
    schema: parseSchema(options.payload, at("payload")),
    ...terms,
    retries: checkInteger(options.retries, at("retries"), 0, limits.retriesMax) ?? defaults.retries,
    backoff: parseBackoff(options.backoff, at("backoff")),
    retryOn: checkFunction(options.retryOn, at("retryOn")),
    timeoutMs: options.timeout === undefined ? undefined : parseDuration(options.timeout, at("timeout"), { min: 1 }),
    concurrency: checkInteger(options.concurrency, at("concurrency"), 1, limits.concurrencyMax),
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

interface Owner {
  readonly task: string;
  readonly terms: TaskTerms;
}

function parseSchedules(value: unknown, field: string, owner: Owner): KeyedRule[] {
  if (value === undefined) return [];
  if (!isList(value, field, "a schedule")) return [parseKeyed(value, field, owner)];
  const list = readArray(value, field, `at most ${limits.schedulesPerTaskMax} schedules`, limits.schedulesPerTaskMax);
  const rules = list.map((item, index) => parseKeyed(item, `${field}[${index}]`, owner));
  const seen = new Set<string>();
  for (const [index, { key }] of rules.entries()) {
    const folded = key.toLowerCase();
    if (seen.has(folded)) refuseOption(`${field}[${index}].key`, key, "a key of its own for each schedule");
    seen.add(folded);
  }
  return rules;
}

function parseKeyed(value: unknown, field: string, { task, terms }: Owner): KeyedRule {
  const { key: given, ...rest } =
    typeof value === "object" && value !== null ? readObject(value, field, "a schedule") : {};
  const key = given === undefined ? "default" : checkTaskName(given, `${field}.key`);
  const input = typeof value === "object" && value !== null ? rest : value;
  return { key, ...parseScheduleInput(input, field, { ...terms, owner: { task, schedule: key } }) };
}
