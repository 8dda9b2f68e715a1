import type { RunOptions } from "../api/handle.ts";
import { parseDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { encodeJson } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { checkInstant, checkInteger, checkOptions, checkText, refuseOption } from "../base/options.ts";
import { checkSignal } from "./options.ts";

/** What a trigger over HTTP may say: what an engine's may, and what ends the call. */
export interface ClientRunOptions<Input = unknown> extends RunOptions<Input> {
  /** Aborted, it ends the call, which rejects with its reason. A run that was asked for goes on. */
  signal?: AbortSignal;
}

/** A trigger, checked. */
export interface Trigger {
  /** Its fields as JSON text, without the braces; empty where it says nothing. */
  readonly body: string;
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal | undefined;
}

const knownOptions = ["payload", "idempotencyKey", "delay", "at", "priority", "reason", "tx", "signal"];

/**
 * Checks what JSON would lose or change in silence, so that it is refused as an engine of this process does. Throws
 * E_OPTION, E_OPTION_UNKNOWN, E_DURATION, E_PAYLOAD, E_TX_UNSUPPORTED.
 */
export function parseTrigger(task: string, input: unknown): Trigger {
  const options = input === undefined ? {} : checkOptions(input, "run", knownOptions);
  if (options.tx !== undefined) throw new BelfryError("E_TX_UNSUPPORTED", {});
  const { delay, payload } = options;
  const idempotencyKey = checkText(options.idempotencyKey, "idempotencyKey", limits.idempotencyKeyCharactersMax);
  const priority = checkInteger(options.priority, "priority", limits.priorityMin, limits.priorityMax);
  const reason = checkText(options.reason, "reason", limits.reasonCharactersMax);
  if (delay !== undefined) parseDuration(delay, "delay");
  if (options.at !== undefined && delay !== undefined) {
    refuseOption("at", options.at, "either `at` or `delay`, not both");
  }
  const at = checkInstant(options.at, "at");
  const rest = JSON.stringify({
    delay,
    at: at === undefined ? undefined : new Date(at).toISOString(),
    priority,
    reason,
  }).slice(1, -1);
  const body = [payloadField(task, payload), rest].filter((part) => part !== "").join(",");
  return { body, idempotencyKey, signal: checkSignal(options.signal) };
}

/** A payload as a field of JSON text; empty where there is none. Throws E_PAYLOAD. */
export function payloadField(task: string, payload: unknown): string {
  if (payload === undefined) return "";
  const encoded = encodeJson(payload, limits.payloadBytesMax);
  if ("text" in encoded) return `"payload":${encoded.text}`;
  throw new BelfryError("E_PAYLOAD", { task, path: encoded.path, problem: encoded.problem });
}
