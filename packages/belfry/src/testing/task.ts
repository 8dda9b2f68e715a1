import type { TaskRow } from "../store/tasks.ts";
import type { TaskRules } from "../task/parse.ts";
import { Kept } from "./kept.ts";
import { Members } from "./members.ts";
import type { TestRun } from "./run.ts";
import type { TestSchedule } from "./schedule.ts";

/** How many runs of a task have ended, and how. */
export interface Tally {
  completed: number;
  failed: number;
}

/** A task of the kit: the row that a store would keep, its code where there is some, and its runs. */
export class TestTask {
  row: TaskRow;
  rules: TaskRules | undefined;
  readonly schedules = new Map<string, TestSchedule>();
  /** Those that are no more; their ledgers stay. */
  readonly past = new Map<string, TestSchedule>();
  readonly unfinished = new Members<TestRun>();
  readonly ended: Kept<TestRun>;
  readonly tally: Tally = { completed: 0, failed: 0 };
  /** How many of its runs are running. */
  running = 0;

  constructor(row: TaskRow, keep: number) {
    this.row = row;
    this.ended = new Kept(keep);
  }

  /** Why none of its instants fires, where that is so. */
  get refusal(): "removed" | "disabled" | undefined {
    if (!this.row.defined) return "removed";
    return this.row.enabled ? undefined : "disabled";
  }

  /** Its runs that are kept, oldest first. */
  runs(): TestRun[] {
    return [...this.ended.all(), ...this.unfinished].sort((one, other) => one.seq - other.seq);
  }
}
