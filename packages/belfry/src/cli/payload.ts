import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { limits } from "../base/limits.ts";
import { textOf } from "../base/text.ts";
import type { CliContext } from "./context.ts";
import { refuseUsage } from "./exit.ts";

/** How a payload is given: as JSON text, in a file, or either as `-` on stdin. */
export interface PayloadFlags {
  readonly payload?: string;
  readonly payloadFile?: string;
}

/** Blanks between the values may make a text longer than what is kept of it; by far, that is a mistake. */
const textBytesMax = 16 * limits.payloadBytesMax;

/** The payload that the flags give, or undefined where they give none. Throws E_USAGE. */
export async function readPayload(flags: PayloadFlags, context: CliContext): Promise<unknown> {
  const { payload, payloadFile } = flags;
  if (payload !== undefined && payloadFile !== undefined) {
    refuseUsage("--payload and --payload-file exclude each other; give one");
  }
  if (payload === "-") return readJson("-", context);
  if (payload !== undefined) return parse(payload, "--payload");
  return payloadFile === undefined ? undefined : readJson(payloadFile, context);
}

/** The JSON of a file, or of stdin where that is named `-`. Throws E_USAGE. */
export async function readJson(file: string, context: CliContext): Promise<unknown> {
  const name = nameOf(file);
  return parse(await readText(openFile(file, context), name), name);
}

/** The bytes of a file, or of stdin where that is named `-`. */
export function openFile(file: string, { stdin, cwd }: CliContext): Readable {
  return file === "-" ? stdin : createReadStream(resolve(cwd, file));
}

/** How messages name a file. */
export function nameOf(file: string): string {
  return file === "-" ? "stdin" : file;
}

async function readText(stream: Readable, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer | string>) {
      chunks.push(Buffer.from(chunk));
      bytes += chunk.length;
      if (bytes > textBytesMax) break;
    }
  } catch (error) {
    refuseUnread(name, error);
  }
  if (bytes > textBytesMax) {
    refuseUsage(`${name} is larger than ${textBytesMax} bytes; a payload has at most ${limits.payloadBytesMax}`);
  }
  return decode(Buffer.concat(chunks), name);
}

/** Throws E_USAGE for a file that cannot be read. */
export function refuseUnread(name: string, error: unknown): never {
  refuseUsage(`${name} cannot be read: ${textOf(error instanceof Error ? error.message : error)}`);
}

function decode(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuseUsage(`${name} is not UTF-8`);
  }
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : textOf(error);
    return refuseUsage(`${name} is not JSON: ${why}; text stands in quotes, as in '"text"' or '{"month":"2026-11"}'`);
  }
}
