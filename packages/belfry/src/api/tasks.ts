import type { StatusRecord } from "../run/record.ts";
import type { Page } from "./page.ts";
import type { ScheduleInfo } from "./schedules.ts";

/** How a task does. `failing`: its last ended run failed. `late`: an instant is due for longer than 30 s and undecided. */
export type TaskHealth = "ok" | "failing" | "late" | "disabled";

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
  schedules: ScheduleInfo[];
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
