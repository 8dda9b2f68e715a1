import type { PutItem, PutItemResult, PutResult, ScheduleInput } from "../api/schedules.ts";
import { BelfryError, isBelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { checkOptions, checkText, readArray } from "../base/options.ts";
import type { TaskRow } from "../store/tasks.ts";
import { checkTaskName } from "../task/name.ts";
import { decodePayload } from "../task/payload.ts";
import type { Registry } from "../task/registry.ts";
import { parseScheduleInput, termsOf } from "../task/terms.ts";
import { rulesOf } from "./deploy.ts";
import { findTask } from "./directory.ts";
import type { Engine } from "./engine.ts";
import { toScheduleInfo } from "./schedule-info.ts";
import { type CheckedPut, putChecked } from "./schedule-put.ts";

const { schedulesPerCallMax: itemsMax } = limits;

/** Makes and changes schedules at run time: `schedules.put` and `schedules.putMany`. */
export class SchedulePuts {
  readonly #engine: Engine;
  readonly #registry: Registry;

  constructor(engine: Engine, registry: Registry) {
    this.#engine = engine;
    this.#registry = registry;
  }

  async one(name: string, key: string, schedule: ScheduleInput, options: { author?: string }): Promise<PutResult> {
    const { store } = this.#engine;
    const author = authorOf("schedules.put", options);
    const task = findTask(
      (await store.tasks.list()).filter(({ defined }) => defined),
      name,
    );
    const [put] = await putChecked(this.#engine, [await this.#check(task, key, schedule, "schedule")], author);
    if (!put || put instanceof BelfryError) throw put;
    this.#engine.changed();
    const { outcome, row, runs } = put;
    return { outcome, schedule: toScheduleInfo(row, task, store.now()), runs: [...runs] };
  }

  /** Chunk by chunk, so that no more than one is in memory beside what was given. */
  async many(given: readonly PutItem[], options: { author?: string }): Promise<{ items: PutItemResult[] }> {
    const author = authorOf("schedules.putMany", options);
    const items = readArray(given, "items", `an array of at most ${itemsMax} schedules`, itemsMax);
    const { store, clock } = this.#engine;
    const tasks = new Map((await store.tasks.list()).flatMap((row) => (row.defined ? [[row.name, row]] : [])));
    const results: PutItemResult[] = [];
    let failure: BelfryError | undefined;
    for (let at = 0; at < items.length; at += limits.schedulesPerCommitMax) {
      const chunk = items.slice(at, at + limits.schedulesPerCommitMax);
      try {
        results.push(...(await this.#chunk(chunk, at, tasks, { author, failure })));
      } catch (error) {
        // What was put before stays: the caller learns of it, and that nothing more was tried.
        if (at === 0 || !isBelfryError(error)) throw error;
        failure = error;
        results.push(...(await this.#chunk(chunk, at, tasks, { author, failure })));
      }
      this.#engine.changed();
      // A chunk is much to check: others get their turn before the next.
      await new Promise<void>((resolve) => clock.soon(resolve));
    }
    return { items: results };
  }

  /** Puts up to 1,000 items, the first of them number `first`. With `failure`, all that could be put have failed so. */
  async #chunk(
    items: readonly unknown[],
    first: number,
    tasks: ReadonlyMap<string, TaskRow>,
    { author, failure }: { author: string | undefined; failure: BelfryError | undefined },
  ): Promise<PutItemResult[]> {
    const checked: (CheckedPut | BelfryError)[] = [];
    for (const [index, item] of items.entries()) {
      checked.push(await this.#checkItem(item, `items[${first + index}]`, tasks).catch(refusalOf));
    }
    const good = checked.filter((one): one is CheckedPut => !(one instanceof BelfryError));
    const puts = failure ? [] : await putChecked(this.#engine, good, author);
    const answers = new Map(good.map((one, index) => [one, failure ?? puts[index]]));
    return checked.map((one, index): PutItemResult => {
      const answer = one instanceof BelfryError ? one : answers.get(one);
      const place = one instanceof BelfryError ? placeOf(items[index]) : { task: one.task.name, key: one.rules.key };
      if (!answer || answer instanceof BelfryError) return { ...place, error: textOf(answer) };
      return { ...place, outcome: answer.outcome };
    });
  }

  async #checkItem(item: unknown, field: string, tasks: ReadonlyMap<string, TaskRow>): Promise<CheckedPut> {
    const { task: name, key = "default", schedule } = checkOptions(item, field, ["task", "key", "schedule"]);
    const task = tasks.get(name as string);
    if (!task) throw new BelfryError("E_TASK_UNKNOWN", { value: name, nearest: "" });
    return this.#check(task, key, schedule, `${field}.schedule`);
  }

  /** Throws what `schedules.put` promises. The payload is checked by the task's schema where this process has it. */
  async #check(task: TaskRow, givenKey: unknown, schedule: unknown, field: string): Promise<CheckedPut> {
    const key = checkTaskName(givenKey, "key");
    const owner = { task: task.name, schedule: key };
    const parsed = parseScheduleInput(schedule, field, { ...termsOf(task), owner });
    await decodePayload(owner, this.#registry.get(task.name)?.schema, parsed.payload);
    return { task, rules: rulesOf(key, parsed) };
  }
}

function authorOf(call: string, options: object): string | undefined {
  return checkText(checkOptions(options, call, ["author"]).author, "author", limits.authorCharactersMax);
}

/** What a check threw; what is no refusal is a fault of ours. */
function refusalOf(error: unknown): BelfryError {
  if (isBelfryError(error)) return error;
  throw error;
}

function textOf(error: BelfryError | undefined): { code: string; message: string } {
  const { code, message } = error ?? new BelfryError("E_STORE_UNAVAILABLE", { detail: "it gave no answer" });
  return { code, message };
}

/** Whose result it is, of an item that cannot be read. */
function placeOf(item: unknown): { task: string; key: string } {
  try {
    const { task, key } = item as Record<string, unknown>;
    return { task: typeof task === "string" ? task : "", key: typeof key === "string" ? key : "default" };
  } catch {
    return { task: "", key: "default" };
  }
}
