import { parseDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { checkInstant, checkInteger, checkOptions, checkText, refuseOption } from "../base/options.ts";
import type { NewRun } from "../store/runs.ts";
import { encodePayload } from "../task/payload.ts";
import type { StandardSchema } from "../task/schema.ts";

const knownOptions = ["payload", "idempotencyKey", "delay", "at", "priority", "reason", "tx"];

/** What a trigger is checked against. */
interface Target {
  readonly taskId: string;
  readonly task: string;
  readonly schema?: StandardSchema;
  readonly priority: number;
}

/** The run that `run(options)` asks for. Throws E_OPTION, E_OPTION_UNKNOWN, E_DURATION, E_PAYLOAD, E_TX_UNSUPPORTED. */
export async function toNewRun(id: string, target: Target, input: unknown): Promise<NewRun> {
  const { taskId, task, schema } = target;
  const trigger = "manual";
  // Most triggers say nothing: they are made of as little as can be.
  if (input === undefined && !schema) return { id, taskId, trigger, priority: target.priority };
  const options = input === undefined ? {} : checkOptions(input, "run", knownOptions);
  if (options.tx !== undefined) throw new BelfryError("E_TX_UNSUPPORTED", {});
  const key = checkText(options.idempotencyKey, "idempotencyKey", limits.idempotencyKeyCharactersMax);
  const own = checkInteger(options.priority, "priority", limits.priorityMin, limits.priorityMax);
  const reason = checkText(options.reason, "reason", limits.reasonCharactersMax);
  const delayMs = options.delay === undefined ? undefined : parseDuration(options.delay, "delay");
  const at = parseAt(options.at, delayMs);
  const payload = await encodePayload({ task }, schema, options.payload);
  const run: NewRun = { id, taskId, trigger, priority: own ?? target.priority, payload, reason, delayMs, at };
  if (key === undefined) return run;
  return { ...run, idempotency: { key, request: JSON.stringify([payload, delayMs, at, own, reason]) } };
}

function parseAt(value: unknown, delayMs: number | undefined): number | undefined {
  if (value !== undefined && delayMs !== undefined) refuseOption("at", value, "either `at` or `delay`, not both");
  return checkInstant(value, "at");
}
