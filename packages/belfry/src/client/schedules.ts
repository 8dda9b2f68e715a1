import type { Backfill, BackfillEstimate, BackfillOptions } from "../api/backfills.ts";
import type { Page } from "../api/page.ts";
import type {
  AmendOptions,
  AmendResult,
  FiringItem,
  FiringsOptions,
  PutItem,
  PutItemResult,
  PutResult,
  ScheduleInfo,
  ScheduleInput,
  Schedules,
} from "../api/schedules.ts";
import { limits } from "../base/limits.ts";
import { checkOptions, checkText, readArray, refuseOption } from "../base/options.ts";
import type { Fields, Outcome } from "./answer.ts";
import { type Batch, batchesOf } from "./batches.ts";
import type { Connection, Request } from "./connection.ts";
import { readFields, textOfFields } from "./json.ts";
import { newKey } from "./key.ts";
import { orNull } from "./null.ts";
import { queryOf, schedulePath, segmentOf, taskPath } from "./path.ts";
import { scheduleText } from "./schedule-text.ts";

const again = "ask the same again: that changes nothing more";
const backfillOptions = ["from", "to", "order", "concurrency", "reprocess", "reason", "author", "force", "dryRun"];

/** The schedules of a server's store, and their ledgers: `client.schedules`. */
export class RemoteSchedules implements Schedules {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async get(task: string, key = "default"): Promise<ScheduleInfo | null> {
    const path = schedulePath(task, key);
    return orNull(this.#connection.ask<ScheduleInfo>({ method: "GET", path, field: "key" }), "E_SCHEDULE_UNKNOWN");
  }

  async list(options: { task?: string; limit?: number; cursor?: string } = {}): Promise<Page<ScheduleInfo>> {
    const { task, ...page } = checkOptions(options, "schedules.list", ["task", "limit", "cursor"]);
    const path = `${task === undefined ? "/v1" : taskPath(task)}/schedules${queryOf(page)}`;
    return this.#connection.ask<Page<ScheduleInfo>>({ method: "GET", path, field: "items" });
  }

  async firings(task: string, key = "default", options: FiringsOptions = {}): Promise<Page<FiringItem>> {
    const known = readFields(options, "schedules.firings", ["from", "to", "limit", "cursor"]);
    checkText(key, "key", limits.scheduleKeyCharactersMax);
    const path = `${schedulePath(task, key)}/firings${queryOf(known)}`;
    return this.#connection.ask<Page<FiringItem>>({ method: "GET", path, field: "items" });
  }

  async put(task: string, key: string, schedule: ScheduleInput, options: { author?: string } = {}): Promise<PutResult> {
    const beside = readFields(options, "schedules.put", ["author"]);
    const path = taskPath(task);
    const segment = segmentOf(key) ?? refuseOption("key", key, `1 to ${limits.scheduleKeyCharactersMax} characters`);
    const body = scheduleText(task, schedule, beside);
    const write = this.#write(`schedule ${nameOf(task, key)}`);
    const request = { method: "PUT", path: `${path}/schedules/${segment}`, field: "outcome", body, write } as const;
    return this.#connection.ask<PutResult>(request);
  }

  /** In requests of 1,000 schedules and 16 MiB at most, one after the other: those before one that fails are kept. */
  async putMany(items: readonly PutItem[], options: { author?: string } = {}): Promise<{ items: PutItemResult[] }> {
    const known = readFields(options, "schedules.putMany", ["author"]);
    const max = limits.schedulesPerCallMax;
    const results: PutItemResult[] = [];
    for (const batch of batchesOf(readArray(items, "items", `an array of at most ${max} schedules`, max))) {
      results.push(...(await this.#putBatch(batch, known)));
    }
    return { items: results };
  }

  /** Where an answer was lost and the schedule is gone when it is asked for again, `runs` is empty. */
  async delete(task: string, key = "default"): Promise<{ runs: string[] }> {
    const done = { code: "E_SCHEDULE_UNKNOWN", answer: { runs: [] } } as const;
    const write = { ...this.#write(`the end of schedule ${nameOf(task, key)}`), done };
    return this.#connection.ask({ method: "DELETE", path: schedulePath(task, key), field: "runs", write });
  }

  pause(task: string, key = "*", options: AmendOptions & { until?: Date } = {}): Promise<AmendResult> {
    return this.#amend("pause", [task, key], options, ["until"]);
  }

  resume(task: string, key = "*", options: AmendOptions = {}): Promise<AmendResult> {
    return this.#amend("resume", [task, key], options, []);
  }

  skip(task: string, key = "*", options: AmendOptions & { count?: number; until?: Date } = {}): Promise<AmendResult> {
    return this.#amend("skip", [task, key], options, ["count", "until"]);
  }

  backfill(task: string, key: string, options: BackfillOptions & { dryRun: true }): Promise<BackfillEstimate>;
  backfill(task: string, key: string, options: BackfillOptions & { dryRun?: false }): Promise<Backfill>;
  backfill(task: string, key: string, options: BackfillOptions): Promise<Backfill | BackfillEstimate>;
  async backfill(task: string, key: string, options: BackfillOptions): Promise<Backfill | BackfillEstimate> {
    const known = readFields(options, "schedules.backfill", backfillOptions);
    const path = `${schedulePath(task, key)}/backfill`;
    const request = { method: "POST", path, body: textOfFields(known) } as const;
    if (known.dryRun === true) return this.#connection.ask<BackfillEstimate>({ ...request, field: "instants" });
    const advice = "look for it with backfills.list() before you ask again";
    const write = { ...this.#write(`the backfill of schedule ${nameOf(task, key)}`), advice };
    return this.#connection.ask<Backfill>({ ...request, field: "id", write });
  }

  async #amend(verb: string, [task, key]: [string, string], options: object, more: string[]): Promise<AmendResult> {
    const path = `${schedulePath(task, key)}/${verb}`;
    const known = readFields(options, `schedules.${verb}`, ["reason", "author", ...more]);
    const usual = this.#write(`the ${verb} of schedule ${nameOf(task, key)}`);
    // So many instants are counted from where the schedule is by then: asked again, it may skip one more.
    const isCounted = verb === "skip" && known.until === undefined;
    const once = { advice: "look at `skippedUntil` before you ask again", isOnce: true } as const;
    const write = isCounted ? { ...usual, ...once } : usual;
    const request = { method: "POST", path, field: "count", body: textOfFields(known), write } as const;
    return this.#connection.ask<AmendResult>(request);
  }

  async #putBatch(batch: Batch, options: Readonly<Record<string, unknown>>): Promise<PutItemResult[]> {
    const texts = batch.filter((entry) => typeof entry === "string");
    const rest = textOfFields(options).slice(1, -1);
    const body = `{"schedules":[${texts.join(",")}]${rest === "" ? "" : `,${rest}`}}`;
    const read = (answer: Fields) => forEach(answer, texts.length);
    const write = this.#write(`each of ${texts.length} schedules`);
    const request = { method: "PUT", path: "/v1/schedules", field: "items", body, read, write } as const;
    const answers = texts.length === 0 ? [] : (await this.#connection.ask<{ items: PutItemResult[] }>(request)).items;
    const next = answers.values();
    return batch.map((entry) => (typeof entry === "string" ? (next.next().value as PutItemResult) : entry));
  }

  #write(what: string): NonNullable<Request["write"]> {
    return { idempotencyKey: newKey(this.#connection.clock), what, advice: again };
  }
}

function nameOf(task: string, key: string): string {
  return `${JSON.stringify(key)} of task ${JSON.stringify(task)}`;
}

/** An answer to a list must have something to say to each of it. */
function forEach(answer: Fields, count: number): Outcome {
  const isWhole = Array.isArray(answer.items) && answer.items.length === count;
  if (isWhole) return { kind: "answer", value: answer };
  return { kind: "alien", status: 200, detail: `its answer does not have ${count} items`, retryAfter: "" };
}
