import { BelfryError } from "../base/errors.ts";
import { encodeJson } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import type { StandardSchema } from "./schema.ts";

/**
 * A payload as the JSON text to keep: exactly as given, once the task's schema accepts it. Undefined stays undefined.
 * Throws E_PAYLOAD, naming path and problem.
 */
export async function encodePayload(task: string, schema: StandardSchema | undefined, value: unknown): Promise<string | undefined> {
  const text = payloadText(task, value);
  if (schema) await validate(task, schema, text === undefined ? undefined : JSON.parse(text));
  return text;
}

/** The same for what needs no schema's word: a payload of a schedule, or of a task whose code is elsewhere. Throws E_PAYLOAD. */
export function payloadText(task: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const encoded = encodeJson(value, limits.payloadBytesMax);
  if ("problem" in encoded) throw new BelfryError("E_PAYLOAD", { task, ...encoded });
  return encoded.text;
}

/** What the handler gets: the kept text, parsed by the schema anew. Throws E_PAYLOAD. */
export async function decodePayload(task: string, schema: StandardSchema | undefined, text: string | undefined): Promise<unknown> {
  const value: unknown = text === undefined ? undefined : JSON.parse(text);
  return schema ? validate(task, schema, value) : value;
}

async function validate(task: string, schema: StandardSchema, value: unknown): Promise<unknown> {
  const answer = await schema["~standard"].validate(value);
  if (!answer.issues) return answer.value;
  const [first] = answer.issues;
  const path = (first?.path ?? []).map((part) => `.${String(typeof part === "object" ? part.key : part)}`).join("");
  throw new BelfryError("E_PAYLOAD", { task, path, problem: `was refused by its schema: ${first?.message ?? "no reason given"}` });
}
