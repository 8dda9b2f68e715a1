import type { PutItem, PutItemResult } from "../api/schedules.ts";
import { isBelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { checkOptions, checkText } from "../base/options.ts";
import { counted, printable } from "../base/text.ts";
import type { BulkItem } from "./bulk-items.ts";
import { Interrupted, refuseUsage } from "./exit.ts";
import type { Work } from "./remote.ts";
import { toInput } from "./schedule-input.ts";

/** What became of many schedules. */
interface Counts {
  created: number;
  changed: number;
  unchanged: number;
  failed: number;
}

/** Why a schedule of a file was not put. */
interface Failure {
  readonly place: string;
  readonly task?: string;
  readonly key?: string;
  readonly error: { readonly code: string; readonly message: string };
}

/** How many go in one call, and how large their JSON may be together: well within what a server takes. */
const batchMax = { items: limits.schedulesPerCommitMax, bytes: limits.bulkRequestBytesMax / 2 };
const messageCharactersMax = 2_000;

/** Puts the schedules of a file, a batch at a time, and answers what became of them as it goes. */
export class BulkPut {
  readonly #work: Work;
  readonly #author: string | undefined;
  readonly #counts: Counts = { created: 0, changed: 0, unchanged: 0, failed: 0 };
  #batch: { readonly place: string; readonly item: PutItem }[] = [];
  #bytes = 0;

  constructor(work: Work, author: string | undefined) {
    this.#work = work;
    this.#author = author;
  }

  /**
   * Tells of each that failed (with `--json` a document a line), and in the end of all, also where it rejects: what was
   * put stays. Answers how many failed. Rejects `Interrupted`, and what keeps the rest from being put.
   */
  async run(items: AsyncIterable<BulkItem>): Promise<number> {
    const { output } = this.#work;
    try {
      for await (const item of items) await this.#take(item);
      await this.#put();
    } finally {
      output.live("");
      output.answer(this.#counts, () => output.line(this.#summary()));
    }
    return this.#counts.failed;
  }

  async #take(read: BulkItem): Promise<void> {
    const item = this.#readItem(read);
    if (item === undefined) return;
    if (this.#bytes + read.bytes > batchMax.bytes) await this.#put();
    this.#batch.push({ place: read.place, item });
    this.#bytes += read.bytes;
    if (this.#batch.length === batchMax.items) await this.#put();
  }

  #readItem({ place, value, problem }: BulkItem): PutItem | undefined {
    try {
      return problem === undefined ? toItem(value) : refuseUsage(problem);
    } catch (error) {
      if (!isBelfryError(error)) throw error;
      this.#fail({ place, ...namesOf(value), error: { code: error.code, message: error.message } });
      return undefined;
    }
  }

  async #put(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#bytes = 0;
    if (batch.length === 0) return;
    const { api, output, signal } = this.#work;
    const items = batch.map(({ item }) => item);
    const answer = await api.schedules.putMany(items, { author: this.#author });
    for (const [index, { place }] of batch.entries()) this.#answer(place, answer.items[index]);
    output.live(this.#summary());
    if (signal.aborted) throw new Interrupted("what was put until now stays");
  }

  #answer(place: string, result: PutItemResult | undefined): void {
    if (result && "outcome" in result) this.#counts[result.outcome]++;
    else if (result) this.#fail({ place, ...result });
  }

  #fail(failure: Failure): void {
    this.#counts.failed++;
    const { output } = this.#work;
    const { place, task, key, error } = failure;
    const name = task === undefined ? "" : ` ${task}${key === undefined ? "" : `/${key}`}`;
    output.live("");
    output.line(
      output.isJson ? JSON.stringify(failure) : printable(`${place}${name}: ${error.message}`, messageCharactersMax),
    );
  }

  #summary(): string {
    const { created, changed, unchanged, failed } = this.#counts;
    return `${counted(created, "schedule")} created, ${changed} changed, ${unchanged} unchanged, ${failed} failed`;
  }
}

function toItem(value: unknown): PutItem {
  const { task, key, schedule } = checkOptions(value, "a schedule", ["task", "key", "schedule"]);
  const name = checkText(task, "task", limits.taskNameCharactersMax) ?? refuseUsage("it names no task");
  const given = checkText(key, "key", limits.scheduleKeyCharactersMax);
  return { task: name, key: given, schedule: toInput(schedule) };
}

function namesOf(value: unknown): Pick<Failure, "task" | "key"> {
  if (typeof value !== "object" || value === null) return {};
  const { task, key } = value as Record<string, unknown>;
  return { ...(typeof task === "string" ? { task } : {}), ...(typeof key === "string" ? { key } : {}) };
}
