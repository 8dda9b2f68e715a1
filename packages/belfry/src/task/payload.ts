import { BelfryError } from "../base/errors.ts";
import { encodeJson } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { textOf } from "../base/text.ts";
import type { StandardSchema } from "./schema.ts";

/** Whose payload it is, for messages: a task's, or that of one of its schedules. */
export interface PayloadOwner {
  readonly task: string;
  readonly schedule?: string;
}

/**
 * A payload as the JSON text to keep: exactly as given, once the task's schema accepts it. Undefined stays undefined.
 * Throws E_PAYLOAD, naming path and problem.
 */
export async function encodePayload(
  owner: PayloadOwner,
  schema: StandardSchema | undefined,
  value: unknown,
): Promise<string | undefined> {
  const text = payloadText(owner, value);
  if (schema) await decodePayload(owner, schema, text);
  return text;
}

/** The same for what needs no schema's word: a payload of a schedule, or of a task whose code is elsewhere. Throws E_PAYLOAD. */
export function payloadText(owner: PayloadOwner, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const encoded = encodeJson(value, limits.payloadBytesMax);
  return "text" in encoded ? encoded.text : refuse(owner, encoded);
}

/** What the handler gets: the kept text, parsed by the schema anew. Throws E_PAYLOAD. */
export async function decodePayload(
  owner: PayloadOwner,
  schema: StandardSchema | undefined,
  text: string | undefined,
): Promise<unknown> {
  const value: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!schema) return value;
  const verdict = await judge(schema, value);
  return "problem" in verdict ? refuse(owner, verdict) : verdict.value;
}

interface Refusal {
  readonly path: string;
  readonly problem: string;
  readonly cause?: unknown;
}

async function judge(schema: StandardSchema, value: unknown): Promise<{ readonly value: unknown } | Refusal> {
  try {
    const answer = await schema["~standard"].validate(value);
    if (!answer.issues) return { value: answer.value };
    const [first] = answer.issues;
    const path = (first?.path ?? []).map((part) => segmentOf(typeof part === "object" ? part.key : part)).join("");
    return { path, problem: `was refused by its schema: ${first?.message ?? "no reason given"}` };
  } catch (cause) {
    return { path: "", problem: `could not be checked, since its schema threw ${textOf(cause)}`, cause };
  }
}

function segmentOf(key: PropertyKey): string {
  return typeof key === "number" ? `[${key}]` : `.${String(key)}`;
}

function refuse({ task, schedule }: PayloadOwner, { path, problem, cause }: Refusal): never {
  const at = schedule === undefined ? path : `${path} in schedule ${JSON.stringify(schedule)}`;
  throw new BelfryError("E_PAYLOAD", { task, path: at, problem }, { cause });
}
