import { hasEnded, type RunState, statusOf } from "../../run/states.ts";
import { Groups, Ordered } from "./ordered.ts";
import type { MemoryRun } from "./rows.ts";

const bySeq = (a: MemoryRun, b: MemoryRun) => a.seq - b.seq;
const byEnd = (a: MemoryRun, b: MemoryRun) => (a.completedAt ?? 0) - (b.completedAt ?? 0) || bySeq(a, b);

/** The runs by their ids, with the indexes that keep every verb from looking at all of them. */
export class RunTable extends Map<string, MemoryRun> {
  readonly all = new Ordered(bySeq);
  readonly held = new Ordered(bySeq);
  /** The soonest first. */
  readonly delayed = new Ordered<MemoryRun>((a, b) => a.availableAt - b.availableAt || bySeq(a, b));
  /** As they are claimed. */
  readonly ready = new Ordered<MemoryRun>((a, b) => b.priority - a.priority || bySeq(a, b));
  readonly running = new Ordered(bySeq);
  /** Those that ended first, first. */
  readonly ended = new Ordered(byEnd);
  /** By the task's name, and by status. */
  readonly byTask = new Groups<string, MemoryRun>(bySeq);
  readonly byStatus = new Groups<string, MemoryRun>(bySeq);
  /** What a schedule fired, in the order of the instants. */
  readonly fired = new Groups<number, MemoryRun>((a, b) => (a.scheduledFor ?? 0) - (b.scheduledFor ?? 0));
  /** What a schedule fired and has not ended. */
  readonly unfinished = new Groups<number, MemoryRun>(bySeq);
  readonly byBackfill = new Groups<string, MemoryRun>(bySeq);
  /** What points to an instant of a schedule, whatever asked for it. */
  readonly byInstant = new Groups<string, MemoryRun>(bySeq);
  readonly #places: Record<RunState, Ordered<MemoryRun>> = {
    ...{ held: this.held, delayed: this.delayed, ready: this.ready, running: this.running },
    ...{ completed: this.ended, failed: this.ended },
  };

  override set(id: string, run: MemoryRun): this {
    this.delete(id);
    super.set(id, run);
    this.all.add(run);
    this.byTask.add(run.task, run);
    if (run.scheduleId !== undefined) this.byInstant.add(instantKey(run.scheduleId, run.scheduledFor), run);
    if (run.backfillId !== undefined) this.byBackfill.add(run.backfillId, run);
    if (isFired(run)) this.fired.add(run.scheduleId, run);
    this.#enter(run);
    return this;
  }

  override delete(id: string): boolean {
    const run = this.get(id);
    if (!run) return false;
    this.#leave(run);
    this.all.delete(run);
    this.byTask.delete(run.task, run);
    if (run.scheduleId !== undefined) this.byInstant.delete(instantKey(run.scheduleId, run.scheduledFor), run);
    if (run.backfillId !== undefined) this.byBackfill.delete(run.backfillId, run);
    if (isFired(run)) this.fired.delete(run.scheduleId, run);
    return super.delete(id);
  }

  /** Changes what an index looks at. */
  update(run: MemoryRun, changes: Partial<MemoryRun>): void {
    this.#leave(run);
    Object.assign(run, changes);
    this.#enter(run);
  }

  #enter(run: MemoryRun): void {
    this.#places[run.state].add(run);
    this.byStatus.add(statusOf(run.state, run.startedAt !== undefined), run);
    if (isFired(run) && !hasEnded(run.state)) this.unfinished.add(run.scheduleId, run);
  }

  #leave(run: MemoryRun): void {
    this.#places[run.state].delete(run);
    this.byStatus.delete(statusOf(run.state, run.startedAt !== undefined), run);
    if (isFired(run)) this.unfinished.delete(run.scheduleId, run);
  }
}

export function instantKey(scheduleId: number, instant: number | undefined): string {
  return `${scheduleId}/${instant}`;
}

/** Whether a firing made it: what the ledger and the overlap rules look at. */
function isFired(run: MemoryRun): run is MemoryRun & { scheduleId: number } {
  return run.trigger === "schedule" && run.scheduleId !== undefined;
}
