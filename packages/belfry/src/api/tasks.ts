import type { StatusRecord } from "../run/record.ts";
import type { CatchUpOption } from "../schedule/catchup.ts";
import type { Overlap } from "../schedule/overlap.ts";
import type { Page } from "./page.ts";
import type { ScheduleInfo } from "./schedules.ts";

/**
 * How a task does. `invalid`: a schedule's row cannot be read. `late`: an instant is due for longer than 30 s and
 * undecided. `failing`: its last ended run failed. `paused`: all of its schedules are.
 */
export type TaskHealth = "ok" | "failing" | "late" | "invalid" | "paused" | "disabled";

/** A task as the store has it. */
export interface TaskInfo {
  name: string;
  /** The task's own id: made when the store first saw its name, never changed. */
  cronJobId: string;
  app: string;
  enabled: boolean;
  /** How many of its runs may run at once over all nodes; absent: no bound. */
  concurrency?: number;
  onLost: "retry" | "fail";
  /** Its schedules by key, at most the first 100. */
  schedules: ScheduleInfo[];
  /** How many it has. */
  scheduleCount: number;
  overlap: Overlap;
  catchUp: CatchUpOption;
  priority: number;
  /** The soonest instant of all its schedules. */
  nextFiring?: string;
  /** Its newest run. */
  lastRun?: StatusRecord;
  health: TaskHealth;
}

/** The tasks of the store that an app defines now. */
export interface Tasks {
  /** A task by its exact name. Rejects E_TASK_UNKNOWN, offering the nearest. */
  get(name: string): Promise<TaskInfo>;
  /** Tasks by name; `limit` 1 to 1,000, default 50. Rejects E_OPTION, E_OPTION_UNKNOWN, E_CURSOR. */
  list(options?: { limit?: number; cursor?: string }): Promise<Page<TaskInfo>>;
}
