import type { CatchUp } from "../schedule/catchup.ts";
import type { Overlap } from "../schedule/overlap.ts";

/** A schedule as the store keeps it. */
export interface ScheduleRow {
  readonly id: number;
  readonly taskId: string;
  readonly task: string;
  readonly app: string;
  readonly key: string;
  /** A `ScheduleSpec` as canonical JSON. */
  readonly spec: string;
  readonly payload?: string;
  readonly priority: number;
  readonly overlap: Overlap;
  readonly catchUp: CatchUp;
  /** Grows with every change of the definition. */
  readonly version: number;
  /** The newest decided instant; every later one is still to be decided. */
  readonly cursor: number;
  /** The first instant after the cursor; absent when there is none. */
  readonly nextAt?: number;
}

export interface ScheduleStore {
  /** The schedules whose next instant is at or before `upTo`, soonest first (by id among equals), at most `limit`. Costs what it answers. */
  due(upTo: number, limit: number): Promise<ScheduleRow[]>;
  /** The next instant of all that lies after `after`, or undefined. */
  nextAfter(after: number): Promise<number | undefined>;
  /** All schedules of an app, or of all apps, by task name and key. */
  list(app?: string): Promise<ScheduleRow[]>;
}
