import type { CatchUp, Decision } from "../schedule/catchup.ts";
import type { Overlap } from "../schedule/overlap.ts";

/** A task as the store knows it. */
export interface TaskRow {
  /** The `cronJobId`: 24 lower-case hex characters, made when the store first sees the name. */
  readonly id: string;
  readonly name: string;
  readonly app: string;
  readonly enabled: boolean;
  /** How many of its runs may run at once over all nodes. */
  readonly concurrency?: number;
  /** What becomes of a run whose node died. */
  readonly onLost: "retry" | "fail";
  /** False once a deploy of its app no longer has it; its runs stay. */
  readonly defined: boolean;
}

/** A task of a deploy, with its schedules. */
export interface TaskDefinition extends Pick<TaskRow, "name" | "enabled" | "concurrency" | "onLost"> {
  /** The id to take if the store sees the name for the first time. */
  readonly newId: string;
  readonly schedules: readonly ScheduleDefinition[];
}

/** A schedule of a deploy. Two are the same definition when all but `nextAt` are equal. */
export interface ScheduleDefinition {
  readonly key: string;
  /** A `ScheduleSpec` as canonical JSON. */
  readonly spec: string;
  readonly payload?: string;
  readonly priority: number;
  readonly overlap: Overlap;
  readonly catchUp: CatchUp;
  /** Its first instant after the deploy's `draftedAt`. */
  readonly nextAt?: number;
}

/** How the due but undecided instants of a schedule that a deploy changes or removes are settled. */
export interface Settlement {
  readonly scheduleId: number;
  readonly version: number;
  readonly cursor: number;
  /** What the old definition says of them; absent: nothing is due, or (schedule removed) recorded `removed`. */
  readonly decision?: Decision;
  /** The id of the run, where the decision fires. */
  readonly runId: string;
}

/** A whole set of definitions, applied as one. */
export interface Deploy {
  readonly app: string;
  /** A digest of the set: what tells whether it is the current one. */
  readonly digest: string;
  /** What time it was taken to be when this was computed. */
  readonly draftedAt: number;
  readonly tasks: readonly TaskDefinition[];
  /** One for every schedule of the app whose definition this changes or removes. */
  readonly settle: readonly Settlement[];
}

/**
 * `stale`: compute again, as of `now`. Something moved since it was computed (a cursor, a version, a next instant that
 * has passed), or it was computed for a time that has not come: instants before it would belong to nobody.
 */
export type DeployAnswer =
  | { readonly outcome: "applied"; readonly tasks: readonly TaskRow[] }
  | { readonly outcome: "stale"; readonly now: number }
  | { readonly outcome: "duplicate"; readonly name: string; readonly app: string };

export interface TaskStore {
  /** The digest of the app's current set, or undefined before its first deploy. */
  digest(app: string): Promise<string | undefined>;
  /**
   * Makes `deploy` the app's current set, in one transaction: adds and changes tasks and schedules, removes those it
   * does not have, settles their due instants first. A new or changed schedule starts at the store's now: it has no
   * instants before. An unchanged one keeps its cursor. Touches no other app's; a name that another app has (without
   * regard to case) is `duplicate`, and nothing is applied.
   */
  apply(deploy: Deploy): Promise<DeployAnswer>;
  /** Every task of every app, those no longer defined included, by name. */
  list(): Promise<TaskRow[]>;
}
