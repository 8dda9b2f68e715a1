import { limits } from "../base/limits.ts";
import { checkText } from "../base/options.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";
import type { TaskRow } from "../store/tasks.ts";
import { findTask } from "./directory.ts";
import { schedulePages } from "./schedule-pages.ts";
import { unknownSchedule } from "./schedule-reads.ts";

/** A name, or a pattern in which each `*` stands for any characters, none included. */
export class NamePattern {
  readonly text: string;
  readonly #parts: readonly string[];

  constructor(value: unknown, field: string) {
    this.text = checkText(value, field, limits.taskNameCharactersMax) ?? "*";
    this.#parts = this.text.split("*");
  }

  get isName(): boolean {
    return this.#parts.length === 1;
  }

  /** In one pass, whatever the pattern: what stands between two stars is taken where it comes first. */
  matches(name: string): boolean {
    if (this.isName) return name === this.text;
    const [first = "", ...rest] = this.#parts;
    const last = rest.pop() ?? "";
    if (!name.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return name.length - last.length >= at && name.endsWith(last);
  }
}

/**
 * The schedules that two patterns name, in batches of at most 1,000, each with its task. Throws E_TASK_UNKNOWN and
 * E_SCHEDULE_UNKNOWN for a name without a match; a pattern may match nothing.
 */
export async function* matching(
  store: Store,
  task: NamePattern,
  key: NamePattern,
): AsyncGenerator<readonly ScheduleRow[]> {
  const all = await store.tasks.list();
  const tasks = task.isName ? [findTask(all, task.text)] : all.filter(({ name }) => task.matches(name));
  let found = false;
  let batch: ScheduleRow[] = [];
  const pages = key.isName ? named(store, tasks, key.text) : pagesOf(store, tasks, key);
  for await (const rows of pages) {
    found ||= rows.length > 0;
    batch.push(...rows);
    while (batch.length >= limits.schedulesPerCommitMax) {
      yield batch.slice(0, limits.schedulesPerCommitMax);
      batch = batch.slice(limits.schedulesPerCommitMax);
    }
  }
  if (batch.length > 0) yield batch;
  const [only] = tasks;
  if (key.isName && !found && task.isName && only) throw await unknownSchedule(store, only, key.text);
}

/** The schedules of one key. */
async function* named(store: Store, tasks: readonly TaskRow[], key: string): AsyncGenerator<ScheduleRow[]> {
  for (let at = 0; at < tasks.length; at += limits.schedulesPerCommitMax) {
    const some = tasks.slice(at, at + limits.schedulesPerCommitMax);
    const rows = await store.schedules.get(some.map(({ id: taskId }) => ({ taskId, key })));
    yield rows.flatMap((row) => row ?? []);
  }
}

async function* pagesOf(store: Store, tasks: readonly TaskRow[], key: NamePattern): AsyncGenerator<ScheduleRow[]> {
  for (const { id: taskId } of tasks) {
    for await (const { rows } of schedulePages(store, { taskId })) yield rows.filter((row) => key.matches(row.key));
  }
}
