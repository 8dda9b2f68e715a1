import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import type { Clock } from "../clock/clock.ts";
import { makeId } from "../run/id.ts";
import { compile } from "../schedule/compile.ts";
import { upcoming } from "../schedule/decide.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import { type ScheduleRow, type ScheduleRules, standsAs, type Upcoming } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";
import type { Deploy, TaskDefinition, TaskRow } from "../store/tasks.ts";
import { settlementOf } from "./decision.ts";
import { schedulePages } from "./schedule-pages.ts";

/** A task of a set, as it is kept with the set. */
export type SetTask = Omit<TaskDefinition, "newId">;

/** A set of definitions, before it is known what it changes. */
export interface DefinitionSet {
  readonly app: string;
  readonly digest: string;
  readonly release?: string;
  readonly tasks: readonly SetTask[];
}

/** What the store has of an app, and of what a set of it would touch. */
export interface Standing {
  /** The app's tasks that are defined. */
  readonly tasks: readonly TaskRow[];
  /** The schedules that its code defines. */
  readonly schedules: readonly ScheduleRow[];
  /** Schedules that were made at run time, and that the set has, too. */
  readonly taken: readonly ScheduleRow[];
}

/** Reads what a set would touch, and no more: not the schedules that were made at run time. */
export async function readStanding(store: Store, { app, tasks: set }: DefinitionSet): Promise<Standing> {
  const rows = await store.tasks.list();
  const schedules: ScheduleRow[] = [];
  for await (const page of schedulePages(store, { app, origin: "code" })) schedules.push(...page.rows);
  const known = new Set(schedules.map(({ taskId, key }) => placeOf(taskId, key)));
  const ids = new Map(rows.map(({ name, id }) => [name, id]));
  const added = set.flatMap(({ name, schedules: own }) => {
    const taskId = ids.get(name);
    return taskId === undefined ? [] : own.map(({ key }) => ({ taskId, key }));
  });
  const asked = added.filter(({ taskId, key }) => !known.has(placeOf(taskId, key)));
  const taken: ScheduleRow[] = [];
  for (let at = 0; at < asked.length; at += limits.schedulesPerCommitMax) {
    const found = await store.schedules.get(asked.slice(at, at + limits.schedulesPerCommitMax));
    taken.push(...found.flatMap((row) => row ?? []));
  }
  return { tasks: rows.filter((row) => row.app === app && row.defined), schedules, taken };
}

/** The set as of `now`, for the store: the next instant of each schedule, and how the old definitions are settled. */
export function draft(clock: Clock, set: DefinitionSet, standing: Standing, now: number): Deploy {
  const newId = () => makeId(now, clock.randomHex(16));
  const tasks = set.tasks.map((task): TaskDefinition => {
    const schedules = task.schedules.map((rules) => ({ ...rules, ...upcomingOf(task.name, rules, now) }));
    return { ...task, newId: newId(), schedules };
  });
  const wanted = new Map(tasks.map((task) => [task.name, new Map(task.schedules.map((one) => [one.key, one]))]));
  const changed = [...standing.schedules, ...standing.taken].filter((row) => {
    const definition = wanted.get(row.task)?.get(row.key);
    return !definition || row.origin === "runtime" || !standsAs(row, definition);
  });
  const { app, digest, release } = set;
  const settle = changed.map((row) => settlementOf(row, now, newId));
  return { app, digest, ...(release === undefined ? {} : { release }), draftedAt: now, tasks, settle };
}

/** Whether the code's schedules of an app's current set stand as it defines them: none of them could not be read once. */
export async function isWhole(store: Store, set: DefinitionSet): Promise<boolean> {
  const wanted = new Map(
    set.tasks.flatMap(({ name, schedules }) => schedules.map((one) => [`${name}/${one.key}`, one])),
  );
  for await (const { rows } of schedulePages(store, { app: set.app, origin: "code" })) {
    for (const row of rows) {
      const rules = row.dueAt === undefined ? wanted.get(`${row.task}/${row.key}`) : undefined;
      const next = rules && upcomingOf(row.task, rules, Math.max(store.now(), row.cursor));
      if (rules && !standsAs(row, { ...rules, ...next })) return false;
    }
  }
  return true;
}

/** A definition's first instant after `now`. Throws E_SCHEDULE or E_TIMEZONE where it cannot be read. */
export function upcomingOf(task: string, { key, spec }: ScheduleRules, now: number): Partial<Upcoming> {
  return upcoming(compile(JSON.parse(spec) as ScheduleSpec, `${task}/${key}`), now) ?? {};
}

/** Throws E_DEPLOY_REMOVES where the set removes more than this share of what the app's code defines, and at least two. */
export function checkRemoved(set: DefinitionSet, standing: Standing, shareMax: number): void {
  const wanted = new Map(set.tasks.map((task) => [task.name, new Set(task.schedules.map(({ key }) => key))]));
  const tasks = standing.tasks.filter(({ name }) => !wanted.has(name));
  const schedules = standing.schedules.filter(({ task, key }) => !wanted.get(task)?.has(key));
  const count = tasks.length + schedules.length;
  const total = standing.tasks.length + standing.schedules.length;
  if (count < 2 || count <= shareMax * total) return;
  throw new BelfryError("E_DEPLOY_REMOVES", { app: set.app, count, total });
}

function placeOf(taskId: string, key: string): string {
  return `${taskId}/${key}`;
}
