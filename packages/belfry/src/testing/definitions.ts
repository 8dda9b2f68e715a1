import { BelfryError } from "../base/errors.ts";
import { didYouMean } from "../base/nearest.ts";
import { findTask } from "../engine/directory.ts";
import { writeCatchUp } from "../schedule/catchup.ts";
import { type ScheduleOrigin, type ScheduleRules, sameRules } from "../store/schedules.ts";
import { checkTaskName } from "../task/name.ts";
import type { TaskRules } from "../task/parse.ts";
import { decodePayload } from "../task/payload.ts";
import { type ParsedSchedule, parseScheduleInput } from "../task/terms.ts";
import type { Book } from "./book.ts";
import type { Firings } from "./firings.ts";
import { TestSchedule } from "./schedule.ts";
import { TestTask } from "./task.ts";
import type { VirtualTime } from "./time.ts";

interface DefinitionsDeps {
  readonly time: VirtualTime;
  readonly firings: Firings;
  readonly book: Book;
  readonly newId: () => string;
  readonly app: string;
  readonly keep: number;
}

/** The tasks and schedules that are defined now, by code or at run time; deploys and puts follow the engine's rules. */
export class Definitions {
  readonly #deps: DefinitionsDeps;
  readonly #tasks = new Map<string, TestTask>();
  #schedules = 0;

  constructor(deps: DefinitionsDeps) {
    this.#deps = deps;
  }

  /** Every task that there ever was. */
  all(): TestTask[] {
    return [...this.#tasks.values()];
  }

  /** The task of exactly this name. Throws E_TASK_UNKNOWN, offering the nearest. */
  find(name: string): TestTask {
    const found = this.#tasks.get(name);
    if (found?.row.defined) return found;
    const rows = this.all().flatMap(({ row }) => (row.defined ? [row] : []));
    return this.#tasks.get(findTask(rows, name).name) as TestTask;
  }

  /** A task's schedules of this key; all where none is given. Throws E_TASK_UNKNOWN and E_SCHEDULE_UNKNOWN. */
  schedules(name: string, key: string | undefined): TestSchedule[] {
    const task = this.find(name);
    if (key === undefined) return [...task.schedules.values()];
    const found = task.schedules.get(key);
    if (found) return [found];
    const nearest = didYouMean(key, [...task.schedules.keys()]);
    throw new BelfryError("E_SCHEDULE_UNKNOWN", { value: key, task: name, nearest });
  }

  /** Makes these tasks the code's set. */
  deploy(all: readonly TaskRules[]): void {
    const names = new Set(all.map(({ name }) => name));
    for (const task of this.#tasks.values()) if (!names.has(task.row.name)) this.#undefine(task);
    for (const rules of all) this.#define(rules);
  }

  /** Makes or changes a schedule at run time. */
  async put(name: string, key: string, schedule: unknown): Promise<void> {
    const task = this.find(name);
    const { rules } = task;
    checkTaskName(key, "key");
    if (task.schedules.get(key)?.origin === "code")
      throw new BelfryError("E_SCHEDULE_CODE", { value: key, task: name });
    if (!rules) throw new Error(`task ${name} is defined and has no code`);
    const { overlap, catchUp, priority } = rules;
    const owner = { task: name, schedule: key };
    const parsed = parseScheduleInput(schedule, "schedule", { overlap, catchUp, priority, owner });
    await decodePayload(owner, rules.schema, parsed.payload);
    this.#put(task, toRules(key, parsed), "runtime");
  }

  /** Removes a schedule that was put. */
  delete(name: string, key: string): void {
    const [schedule] = this.schedules(name, key);
    if (schedule?.origin === "code") throw new BelfryError("E_SCHEDULE_CODE", { value: key, task: name });
    if (schedule) this.#remove(schedule);
  }

  #define(rules: TaskRules): void {
    const task = this.#tasks.get(rules.name) ?? this.#make(rules);
    const { enabled, concurrency, onLost, priority, overlap, name } = rules;
    const catchUp = writeCatchUp(rules.catchUp);
    const { id, app } = task.row;
    const wanted = new Map(rules.schedules.map((schedule) => [schedule.key, toRules(schedule.key, schedule)]));
    // What was due under the old definition is settled by it, before the task changes.
    for (const schedule of task.schedules.values()) {
      if (schedule.origin === "code" && !wanted.has(schedule.key)) this.#remove(schedule);
    }
    for (const schedule of wanted.values()) this.#put(task, schedule, "code");
    task.row = { id, app, name, enabled, concurrency, onLost, priority, overlap, catchUp, defined: true };
    task.rules = rules;
  }

  #make({ name, enabled, onLost, priority, overlap, catchUp }: TaskRules): TestTask {
    const { newId, app, keep } = this.#deps;
    const row = { enabled, onLost, priority, overlap, catchUp: writeCatchUp(catchUp), defined: true };
    const task = new TestTask({ id: newId(), name, app, ...row }, keep);
    this.#tasks.set(name, task);
    return task;
  }

  #undefine(task: TestTask): void {
    for (const schedule of task.schedules.values()) if (schedule.origin === "code") this.#remove(schedule);
    task.row = { ...task.row, defined: false };
    task.rules = undefined;
    for (const run of task.unfinished) this.#deps.book.expireWithoutCode(run);
  }

  #put(task: TestTask, rules: ScheduleRules, origin: ScheduleOrigin): void {
    const { time, firings } = this.#deps;
    const known = task.schedules.get(rules.key);
    if (known && sameRules(known.rules, rules)) {
      known.origin = origin;
      return;
    }
    const past = task.past.get(rules.key);
    if (known) {
      firings.settle(known);
      known.close(time.wallMs, task.refusal ?? "removed");
    }
    past?.close(time.wallMs, "removed");
    task.past.delete(rules.key);
    const schedule = known ?? past ?? this.#schedule(task, rules.key);
    schedule.origin = origin;
    schedule.define(rules, time.wallMs);
    task.schedules.set(rules.key, schedule);
    firings.arm(schedule);
  }

  #schedule(task: TestTask, key: string): TestSchedule {
    const { firings, keep } = this.#deps;
    this.#schedules += 1;
    return new TestSchedule(task, key, { order: this.#schedules, keep, onDue: (due) => firings.due(due) });
  }

  /** Its due but undecided instants are recorded `removed`; its runs stay. */
  #remove(schedule: TestSchedule): void {
    const { time, firings } = this.#deps;
    schedule.close(time.wallMs, "removed");
    schedule.pause = undefined;
    schedule.skipUntil = undefined;
    schedule.failures = 0;
    schedule.task.schedules.delete(schedule.key);
    schedule.task.past.set(schedule.key, schedule);
    firings.drop(schedule);
  }
}

/** Throws E_PAYLOAD for a schedule whose payload its task refuses, as `start()` does. */
export async function checkPayloads(tasks: readonly TaskRules[]): Promise<void> {
  for (const { name, schema, schedules } of tasks) {
    for (const { key, payload } of schedules) await decodePayload({ task: name, schedule: key }, schema, payload);
  }
}

/** A schedule as a store keeps its definition. */
function toRules(key: string, schedule: ParsedSchedule): ScheduleRules {
  const { spec, payload, priority, overlap, catchUp, pauseOnFailure } = schedule;
  const rules = { key, spec: JSON.stringify(spec), payload, priority, overlap, catchUp: writeCatchUp(catchUp) };
  return pauseOnFailure === undefined ? rules : { ...rules, pauseOnFailure };
}
