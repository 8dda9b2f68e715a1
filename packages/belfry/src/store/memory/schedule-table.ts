import { Ordered } from "./ordered.ts";
import type { MemorySchedule } from "./rows.ts";

/** A task's and a schedule's name: pages go on behind one. */
export interface Place {
  readonly task: string;
  readonly key: string;
}

/** By task name and key, as their characters' codes go. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.task !== b.task) return a.task < b.task ? -1 : 1;
  return a.key === b.key ? 0 : a.key < b.key ? -1 : 1;
}

/** The schedules by their ids, removed ones included. */
export class ScheduleTable extends Map<number, MemorySchedule> {
  readonly byName = new Ordered<MemorySchedule>(comparePlaces);
  /** Those that are due again, the soonest first. */
  readonly byDue = new Ordered<MemorySchedule>((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0) || a.id - b.id);
  /** The highest cursor there ever was. */
  newest: number | undefined;
  readonly #keys = new Map<string, MemorySchedule>();

  override set(id: number, schedule: MemorySchedule): this {
    super.set(id, schedule);
    this.#keys.set(`${schedule.taskId}/${schedule.key}`, schedule);
    this.byName.add(schedule);
    if (schedule.dueAt !== undefined) this.byDue.add(schedule);
    return this;
  }

  /** The task's schedule of this key, also a removed one. */
  find(taskId: string, key: string | undefined): MemorySchedule | undefined {
    return this.#keys.get(`${taskId}/${key}`);
  }

  /** The task's schedule of this key, unless it was removed. */
  current(taskId: string, key: string | undefined): MemorySchedule | undefined {
    const schedule = this.find(taskId, key);
    return schedule?.removed ? undefined : schedule;
  }

  /** The task's schedules, by key. */
  *of(task: string): Iterable<MemorySchedule> {
    for (const schedule of this.byName.from((row) => row.task >= task)) {
      if (schedule.task !== task) return;
      yield schedule;
    }
  }

  /** The instants of some schedule are decided up to here. */
  noteDecided(cursor: number): void {
    if (this.newest === undefined || cursor > this.newest) this.newest = cursor;
  }

  /** Changes what an index looks at. */
  update(schedule: MemorySchedule, changes: Partial<MemorySchedule>): void {
    this.byDue.delete(schedule);
    Object.assign(schedule, changes);
    if (schedule.dueAt !== undefined) this.byDue.add(schedule);
  }
}
