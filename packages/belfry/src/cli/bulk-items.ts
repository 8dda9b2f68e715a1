import type { Readable } from "node:stream";
import { limits } from "../base/limits.ts";
import { textOf } from "../base/text.ts";
import { refuseUsage } from "./exit.ts";
import { refuseUnread } from "./payload.ts";

/** One of many values of a file: where it stands, and what it is or why it cannot be read. */
export interface BulkItem {
  /** Such as `line 3`, or `item 3` of a JSON array. */
  readonly place: string;
  readonly bytes: number;
  readonly value?: unknown;
  readonly problem?: string;
}

/** Longer than any schedule's JSON can be: its payload and its calendars have bounds. */
const lineBytesMax = 2 * 1024 * 1024;
const documentBytesMax = limits.bulkRequestBytesMax;
const newline = 0x0a;
const bracket = 0x5b;

/**
 * The values of a file with one JSON document a line (empty lines are none), or of one JSON array. Lines are read as
 * they come, and hold no more memory than the longest of them; one that cannot be read is told with its place, and the
 * others go on. An array is read as a whole, up to 16 MiB. Throws E_USAGE.
 */
export async function* bulkItems(stream: Readable, name: string): AsyncGenerator<BulkItem> {
  const chunks = chunksOf(stream, name);
  const head: Buffer[] = [];
  let [first, bytes]: [number | undefined, number] = [undefined, 0];
  while (first === undefined && bytes <= documentBytesMax) {
    const next = await chunks.next();
    if (next.done) break;
    head.push(next.value);
    first = firstOf(next.value);
    bytes += next.value.length;
  }
  const all = prepended(head, chunks);
  yield* first === bracket ? arrayItems(all, name) : lineItems(all);
}

async function* chunksOf(stream: Readable, name: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream as AsyncIterable<Buffer | string>) yield Buffer.from(chunk as string);
  } catch (error) {
    refuseUnread(name, error);
  }
}

async function* prepended(head: readonly Buffer[], rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  yield* rest;
}

/** The first byte that is no blank. */
function firstOf(bytes: Buffer): number | undefined {
  return bytes.find((byte) => byte > 0x20);
}

async function* arrayItems(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<BulkItem> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes > documentBytesMax) {
      refuseUsage(`${name} is an array of more than ${documentBytesMax} bytes; write one schedule a line instead`);
    }
  }
  const read = parse(Buffer.concat(parts));
  if (read.problem !== undefined) refuseUsage(`${name} ${read.problem}`);
  for (const [index, item] of (read.value as unknown[]).entries()) {
    yield { place: `item ${index + 1}`, bytes: Buffer.byteLength(JSON.stringify(item)), value: item };
  }
}

async function* lineItems(chunks: AsyncIterable<Buffer>): AsyncGenerator<BulkItem> {
  let number = 0;
  for await (const line of linesOf(chunks)) {
    const place = `line ${++number}`;
    if (line === undefined) yield { place, bytes: 0, problem: `is longer than ${lineBytesMax} bytes` };
    else if (firstOf(line) !== undefined) yield { place, bytes: line.length, ...parse(line) };
  }
}

/** The lines; undefined for one that is too long to be kept. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | undefined> {
  let parts: Buffer[] = [];
  let bytes = 0;
  const take = (part: Buffer) => {
    bytes += part.length;
    if (bytes <= lineBytesMax) parts.push(part);
    else parts = [];
  };
  const end = () => {
    const line = bytes <= lineBytesMax ? Buffer.concat(parts) : undefined;
    parts = [];
    bytes = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      take(chunk.subarray(from, at));
      yield end();
      from = at + 1;
    }
    take(chunk.subarray(from));
  }
  if (bytes > 0) yield end();
}

function parse(
  bytes: Buffer,
): { readonly value: unknown; readonly problem?: undefined } | { readonly problem: string } {
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: `is not JSON: ${error.message}` };
    return { problem: `is not UTF-8 (${textOf(error instanceof Error ? error.message : error)})` };
  }
}
