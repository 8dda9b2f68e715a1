import type { Overlap } from "../schedule/overlap.ts";
import type { Decided } from "./ledger.ts";

/** Who defines a schedule: a deploy of its app's code, or somebody at run time. */
export type ScheduleOrigin = "code" | "runtime";

/** That no instant of a schedule fires, and why. */
export interface Pause {
  /** Since when. */
  readonly at: number;
  readonly reason?: string;
  readonly author?: string;
  /** The first instant that may fire again; absent: until somebody resumes it. */
  readonly until?: number;
}

/** What a schedule's definition says. Two are the same definition when all of this is equal. */
export interface ScheduleRules {
  readonly key: string;
  /** A `ScheduleSpec` as canonical JSON. */
  readonly spec: string;
  readonly payload?: string;
  readonly priority: number;
  readonly overlap: Overlap;
  /** A `CatchUpRule` as `writeCatchUp` writes it. */
  readonly catchUp: string;
  /** After how many failed runs in a row the store pauses it; absent: never. */
  readonly pauseOnFailure?: number;
}

/** Whether two say the same. */
export function sameRules(one: ScheduleRules, other: ScheduleRules): boolean {
  return ruleFields.every((field) => one[field] === other[field]);
}

/**
 * Whether a schedule stands as this defines it: it says the same, and is due again where that is. One whose row could
 * not be read is not: its instants ended, and a definition, though it is the same, brings them back.
 */
export function standsAs(row: ScheduleRules & Partial<Upcoming>, definition: ScheduleDefinition): boolean {
  return sameRules(row, definition) && (row.dueAt !== undefined || definition.dueAt === undefined);
}

const ruleFields = ["key", "spec", "payload", "priority", "overlap", "catchUp", "pauseOnFailure"] as const;

/** The next instant of a schedule, and when its run is due: later than it where the schedule spreads. */
export interface Upcoming {
  readonly nextAt: number;
  readonly dueAt: number;
}

/** A definition with its first instant after the time it was drafted for; absent when it has none. */
export interface ScheduleDefinition extends ScheduleRules, Partial<Upcoming> {}

/** A schedule as the store keeps it. */
export interface ScheduleRow extends ScheduleRules, Partial<Upcoming> {
  readonly id: number;
  readonly taskId: string;
  readonly task: string;
  readonly app: string;
  readonly origin: ScheduleOrigin;
  /** Grows with every change of the definition, every pause, resuming and skip. */
  readonly version: number;
  /** The newest decided instant; every later one is still to be decided. */
  readonly cursor: number;
  /** The definition has no instants up to here. */
  readonly since: number;
  readonly pause?: Pause;
  /** Instants before this one are skipped. */
  readonly skipUntil?: number;
  /** How many of its runs have failed in a row. Counted where `pauseOnFailure` is set. */
  readonly failures: number;
  /** Who defined it, where that was said, and when. */
  readonly author?: string;
  readonly changedAt: number;
  /** It is no longer defined: it has no instants after `cursor`. Its ledger stays for as long as it is kept. */
  readonly removed?: true;
}

/** A definition that held once: for the instants in (since, upTo]. */
export interface PastSchedule extends ScheduleRules {
  readonly since: number;
  readonly upTo: number;
  readonly author?: string;
  readonly release?: string;
}

/** How the due but undecided instants of a schedule are settled when its definition changes. */
export interface Settlement extends Partial<Decided> {
  readonly scheduleId: number;
  readonly version: number;
  readonly cursor: number;
}

/** A schedule to be defined at run time. */
export interface SchedulePut {
  readonly taskId: string;
  readonly definition: ScheduleDefinition;
  /** What time it was taken to be when this was computed. */
  readonly draftedAt: number;
  /** What the definition that stands says of its due instants; needed where there is one and this changes it. */
  readonly settle?: Settlement;
  readonly author?: string;
}

/**
 * `created`, `changed`, `unchanged`: it stands now; `runs` are the unfinished runs that it had made before, at most
 * 100. `stale`: compute again, as of `now` (see `DeployAnswer`). `code`: the app's code defines it.
 */
export type PutAnswer =
  | {
      readonly outcome: "created" | "changed" | "unchanged";
      readonly row: ScheduleRow;
      readonly runs: readonly string[];
    }
  | { readonly outcome: "stale"; readonly now: number }
  | { readonly outcome: "unknownTask" | "code" };

/** `removed`: it is gone, its due but undecided instants recorded `removed`; `runs` as in `PutAnswer`. */
export type RemoveAnswer =
  | { readonly outcome: "removed"; readonly runs: readonly string[] }
  | { readonly outcome: "unknown" | "code" };

/** A change of a schedule that leaves its definition as it is. `version` is what it was computed for. */
export type Amendment = { readonly scheduleId: number; readonly version: number } & (
  | { readonly kind: "pause"; readonly pause: Omit<Pause, "at"> }
  | ({ readonly kind: "resume"; readonly draftedAt: number } & Partial<Upcoming>)
  | { readonly kind: "skip"; readonly until: number }
  | ({ readonly kind: "rewind"; readonly draftedAt: number } & Partial<Upcoming>)
);

/** `unchanged`: a resuming of what is not paused, a rewinding of what is not ahead. `runs` as in `PutAnswer`. */
export type AmendAnswer =
  | { readonly outcome: "amended" | "unchanged"; readonly row: ScheduleRow; readonly runs: readonly string[] }
  | { readonly outcome: "stale"; readonly now: number }
  | { readonly outcome: "unknown" };

/** Which schedules to list: a page of them, by task name and key. */
export interface ScheduleQuery {
  readonly app?: string;
  readonly taskId?: string;
  readonly origin?: ScheduleOrigin;
  /** Also those that were removed. */
  readonly removed?: boolean;
  /** After this task name and key. */
  readonly after?: { readonly task: string; readonly key: string };
  readonly limit: number;
}

/** What a task's schedules come to. */
export interface ScheduleSummary {
  readonly count: number;
  /** How many of them are paused now. */
  readonly paused: number;
  /** The soonest `nextAt` of those that are not paused, and the soonest `dueAt` of all. */
  readonly nextAt?: number;
  readonly dueAt?: number;
}

export interface ScheduleStore {
  /** The schedules whose `dueAt` is at or before `upTo`, soonest first (by id among equals), at most `limit`. Costs what it answers. */
  due(upTo: number, limit: number): Promise<ScheduleRow[]>;
  /**
   * The newest instant that was ever decided: the highest cursor there was, undefined where there never was a schedule.
   * Once a rewinding has left no cursor ahead of the store's now, it is that now. Costs one row.
   */
  newest(): Promise<number | undefined>;
  /** The next `dueAt` of all that lies after `after`, or undefined. */
  nextAfter(after: number): Promise<number | undefined>;
  /** A page of schedules, by task name and key. Costs what it answers. */
  list(query: ScheduleQuery): Promise<ScheduleRow[]>;
  /** Each schedule, or undefined where there is none (or only a removed one, and `removed` is not asked for). */
  get(
    items: readonly { readonly taskId: string; readonly key: string }[],
    options?: { readonly removed?: boolean },
  ): Promise<(ScheduleRow | undefined)[]>;
  /** What the schedules of each task come to. Costs what it counts: one walk over them. */
  summaries(taskIds: readonly string[]): Promise<ScheduleSummary[]>;
  /**
   * Defines schedules at run time, in one transaction (at most 1,000), each on its own: a new or changed one starts at
   * the store's now (it has no instants before), what was due under the old definition is settled first, and the old
   * definition is kept as a `PastSchedule`. An equal definition changes nothing where the schedule stands as it says. A pause, a skip and the count of
   * failures stay.
   */
  put(items: readonly SchedulePut[]): Promise<PutAnswer[]>;
  /** Removes schedules that were defined at run time. Their ledger and runs stay. */
  remove(items: readonly { readonly taskId: string; readonly key: string }[]): Promise<RemoveAnswer[]>;
  /**
   * Pauses, resumes, skips. Each grows the version, so that a firing decided before it is `stale`: nothing fires after
   * the answer. A resuming records what was due until now as `paused`, starts the count of failures anew and goes on
   * with the instants after now.
   *
   * A rewinding is for a cursor that lies ahead of the store's now, also of a removed schedule: the clock was ahead.
   * What was decided about instants after now is no longer decided: spans end at now, and so do past definitions,
   * `since` and `changedAt`; the cursor is now. Where a run was the first link beyond, the span up to now is `skipped`.
   * Runs stay: an instant that has one is decided `fired` again with that run, whatever is decided about it.
   */
  amend(items: readonly Amendment[]): Promise<AmendAnswer[]>;
  /** The definitions that a schedule had before, of which any instant lies in (from, to], oldest first, at most `limit`. */
  past(scheduleId: number, range: { from: number; to: number; limit: number }): Promise<PastSchedule[]>;
}
