import type { Overlap } from "../schedule/overlap.ts";
import type { ScheduleDefinition, Settlement } from "./schedules.ts";

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
  /** What its schedules and triggers have where they say nothing else. `catchUp` as `writeCatchUp` writes it. */
  readonly priority: number;
  readonly overlap: Overlap;
  readonly catchUp: string;
  /** False once a deploy of its app no longer has it; its runs stay, and so do schedules that were made at run time. */
  readonly defined: boolean;
}

/** A task of a deploy, with the schedules that its code defines. */
export interface TaskDefinition extends Omit<TaskRow, "id" | "app" | "defined"> {
  /** The id to take if the store sees the name for the first time. */
  readonly newId: string;
  readonly schedules: readonly ScheduleDefinition[];
}

/** A whole set of definitions, applied as one. */
export interface Deploy {
  readonly app: string;
  /** A digest of the set: what tells whether it is the current one. */
  readonly digest: string;
  /** The release whose set this is. A set is applied once per release. */
  readonly release?: string;
  /** What time it was taken to be when this was computed. */
  readonly draftedAt: number;
  readonly tasks: readonly TaskDefinition[];
  /** One for every schedule of the app's code whose definition this changes or removes. */
  readonly settle: readonly Settlement[];
}

/** The set that an app has, or had. */
export interface DeployRow {
  /** 1 for the app's first; grows. */
  readonly number: number;
  readonly app: string;
  readonly digest: string;
  readonly release?: string;
  readonly appliedAt: number;
}

/**
 * `stale`: compute again, as of `now`. Something moved since it was computed (a cursor, a version, a next instant that
 * has passed), or it was computed for a time that has not come: instants before it would belong to nobody.
 * `superseded`: this release had this set once, and another one has been applied since; nothing was changed.
 */
export type DeployAnswer =
  | { readonly outcome: "applied"; readonly tasks: readonly TaskRow[] }
  | { readonly outcome: "superseded"; readonly current: DeployRow }
  | { readonly outcome: "stale"; readonly now: number }
  | { readonly outcome: "duplicate"; readonly name: string; readonly app: string };

export interface TaskStore {
  /** The app's current set, or undefined before its first deploy. */
  current(app: string): Promise<DeployRow | undefined>;
  /**
   * Makes `deploy` the app's current set, in one transaction: adds and changes tasks and schedules, removes those that
   * its code had and it does not have, settles their due instants first. A new or changed schedule starts at the
   * store's now: it has no instants before. An unchanged one keeps its cursor; pauses stay. A schedule that was made at
   * run time stays, unless the deploy has its key: then the code's definition takes its place. Touches no other app's; a
   * name that another app has (without regard to case) is `duplicate`, and nothing is applied. Keeps the set, with its
   * number and release; the newest 100 of an app stay.
   */
  apply(deploy: Deploy): Promise<DeployAnswer>;
  /** Every task of every app, those no longer defined included, by name. */
  list(): Promise<TaskRow[]>;
  /** The sets that an app had, newest first. */
  deploys(app: string, limit: number): Promise<DeployRow[]>;
  /** The definitions of a set (without `newId` and next instants, which only a draft has), or undefined where it is not kept. */
  definitions(app: string, number: number): Promise<readonly Omit<TaskDefinition, "newId">[] | undefined>;
}
