import { limits } from "../../base/limits.ts";
import { type ScheduleDefinition, standsAs } from "../schedules.ts";
import type { Deploy, DeployAnswer, DeployRow, TaskDefinition, TaskRow } from "../tasks.ts";
import { define, isLate, isSettled, remove, rulesOf, settle } from "./definitions.ts";
import type { MemorySchedule, MemoryTask } from "./rows.ts";
import type { MemoryState } from "./state.ts";

/** `TaskStore.apply`. */
export function apply(state: MemoryState, deploy: Deploy): DeployAnswer {
  const now = state.now();
  const superseding = supersedingOf(state, deploy);
  if (superseding) return { outcome: "superseded", current: superseding };
  const other = deploy.tasks.map((task) => otherOf(state, deploy.app, task)).find((task) => task !== undefined);
  if (other) return { outcome: "duplicate", name: other.name, app: other.app };
  const replaced = deploy.tasks.flatMap((task) => replacedBy(state, task));
  const gone = goneWith(state, deploy);
  const settled = new Map(deploy.settle.map((item) => [item.scheduleId, item]));
  const isMoved = [...replaced, ...gone].some((schedule) => !isSettled(state, schedule, settled.get(schedule.id)));
  const added = deploy.tasks.flatMap((task) =>
    task.schedules.filter((definition) => !stands(state, state.tasks.find(task.name), definition)),
  );
  if (deploy.draftedAt > now || isMoved || added.some((definition) => isLate(definition, now)))
    return { outcome: "stale", now };

  for (const schedule of replaced) settle(state, schedule, settled.get(schedule.id) ?? {});
  for (const schedule of gone) remove(state, schedule);
  const names = new Set(deploy.tasks.map(({ name }) => name));
  for (const task of state.tasks.ofApp(deploy.app)) if (!names.has(task.name)) task.defined = false;
  for (const definition of deploy.tasks) putTask(state, deploy, definition);
  keepSet(state, deploy);
  state.changes += 1;
  const own = state.tasks.ofApp(deploy.app).filter((task) => task.defined);
  return { outcome: "applied", tasks: own.map((task) => ({ ...task })) };
}

/** The app's current set, where it came after this one: this release had it once. */
function supersedingOf(state: MemoryState, deploy: Deploy): DeployRow | undefined {
  const sets = (state.deploys.get(deploy.app) ?? []).map(({ row }) => row);
  const current = sets.at(-1);
  if (deploy.release === undefined || !current || isSet(current, deploy)) return undefined;
  return sets.some((row) => isSet(row, deploy)) ? current : undefined;
}

function isSet(row: DeployRow, { digest, release }: Deploy): boolean {
  return row.digest === digest && row.release === release;
}

/** The task of another app, or of another spelling, that has this name without regard to case. */
function otherOf(state: MemoryState, app: string, { name }: TaskDefinition): MemoryTask | undefined {
  return state.tasks.named(name).find((task) => task.defined && (task.app !== app || task.name !== name));
}

/** The schedules whose definition the task changes, also one that was made at run time. */
function replacedBy(state: MemoryState, { name, schedules }: TaskDefinition): MemorySchedule[] {
  const id = state.tasks.find(name)?.id ?? "";
  return schedules.flatMap((definition) => {
    const known = state.schedules.current(id, definition.key);
    return known && !standsAs(known, definition) ? [known] : [];
  });
}

/** The schedules of the app's code that the set does not have. */
function goneWith(state: MemoryState, { app, tasks }: Deploy): MemorySchedule[] {
  const kept = new Map(tasks.map(({ name, schedules }) => [name, new Set(schedules.map(({ key }) => key))]));
  return state.tasks.ofApp(app).flatMap(({ name }) => {
    const schedules = [...state.schedules.of(name)];
    return schedules.filter(({ key, origin, removed }) => origin === "code" && !removed && !kept.get(name)?.has(key));
  });
}

/** Whether the task has a schedule of just this definition. */
function stands(state: MemoryState, task: TaskRow | undefined, definition: ScheduleDefinition): boolean {
  const known = task && state.schedules.find(task.id, definition.key);
  return known !== undefined && !known.removed && standsAs(known, definition);
}

function putTask(state: MemoryState, { app, release }: Deploy, { newId, schedules, ...rules }: TaskDefinition): void {
  const known = state.tasks.find(rules.name);
  const task = { concurrency: undefined, ...rules, id: known?.id ?? newId, app, defined: true };
  state.tasks.set(task.id, task);
  if (known && known.app !== app) for (const schedule of state.schedules.of(task.name)) schedule.app = app;
  const by = { origin: "code", author: undefined, release } as const;
  for (const definition of schedules) {
    const schedule = state.schedules.find(task.id, definition.key);
    if (!schedule || !stands(state, task, definition)) define(state, task, definition, by);
    else if (schedule.origin === "runtime") Object.assign(schedule, { ...by, changedAt: state.now() });
  }
}

/** Keeps the set as the app's newest, unless it is that already. */
function keepSet(state: MemoryState, deploy: Deploy): void {
  const { app, digest, release } = deploy;
  const sets = state.deploys.get(app) ?? [];
  const newest = sets.at(-1)?.row;
  if (newest && isSet(newest, deploy)) return;
  const row = { number: (newest?.number ?? 0) + 1, app, digest, appliedAt: state.now() };
  const definitions = deploy.tasks.map(({ newId: _, ...task }) => ({
    ...task,
    schedules: task.schedules.map(rulesOf),
  }));
  const kept = { row: release === undefined ? row : { ...row, release }, definitions };
  state.deploys.set(app, [...sets, kept].slice(-limits.deploysKept));
}
