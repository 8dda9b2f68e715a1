import type { PutItemResult } from "../api/schedules.ts";
import { isBelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { readObject } from "../base/options.ts";
import { textOfFields } from "./json.ts";
import { scheduleText } from "./schedule-text.ts";

/** What one request carries: a text for each item, or what keeps it from being sent. */
export type Batch = readonly (string | PutItemResult)[];

/** Left for what stands around the items. */
const envelopeBytes = 4_096;
const bytesMax = limits.bulkRequestBytesMax - envelopeBytes;

/** Schedules to be put, in batches that one request can carry each. Made one by one, as they are asked for. */
export function* batchesOf(items: readonly unknown[]): Generator<Batch> {
  let batch: (string | PutItemResult)[] = [];
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    const entry = read(item, `items[${index}]`);
    const itemBytes = typeof entry === "string" ? new TextEncoder().encode(entry).length + 1 : 0;
    if (batch.length >= limits.schedulesPerCommitMax || bytes + itemBytes > bytesMax) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += itemBytes;
  }
  if (batch.length > 0) yield batch;
}

/** What is wrong with an item is its own answer, as the server would say it. */
function read(item: unknown, place: string): string | PutItemResult {
  let named: Record<string, unknown> = {};
  try {
    named = readObject(item, place, "a task's name, a key and a schedule");
    const { schedule, ...names } = named;
    const text = textOfFields(names).slice(1, -1);
    return `{"schedule":${scheduleText(nameOf(names.task, ""), schedule)}${text === "" ? "" : `,${text}`}}`;
  } catch (error) {
    if (!isBelfryError(error)) throw error;
    const { code, message } = error;
    return { task: nameOf(named.task, ""), key: nameOf(named.key, "default"), error: { code, message } };
  }
}

function nameOf(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
