import type {
  Deploy,
  DeployAnswer,
  ScheduleDefinition,
  Settlement,
  TaskDefinition,
  TaskRow,
  TaskStore,
} from "../tasks.ts";
import { fireOne, hasUnfinished } from "./ledger.ts";
import type { MemorySchedule, MemoryState } from "./state.ts";

export function memoryTasks(state: MemoryState): TaskStore {
  return {
    digest: async (app) => state.digests.get(app),
    apply: async (deploy) => apply(state, deploy),
    list: async () => [...state.tasks.values()].map((task) => ({ ...task })).sort(byName),
  };
}

function byName(a: TaskRow, b: TaskRow): number {
  return a.name < b.name ? -1 : 1;
}

function apply(state: MemoryState, deploy: Deploy): DeployAnswer {
  const now = state.now();
  for (const { name } of deploy.tasks) {
    const sameName = [...state.tasks.values()].filter((task) => task.name.toLowerCase() === name.toLowerCase());
    const other = sameName.find((task) => task.defined && (task.app !== deploy.app || task.name !== name));
    if (other) return { outcome: "duplicate", name: other.name, app: other.app };
  }
  if (deploy.draftedAt > now) return { outcome: "stale", now };
  const affected = changedSchedules(state, deploy);
  const settled = new Map(deploy.settle.map((item) => [item.scheduleId, item]));
  if (affected.some((schedule) => !state.stands(schedule, settled.get(schedule.id) ?? { version: -1, cursor: -1 })))
    return { outcome: "stale", now };
  const added = deploy.tasks.flatMap((task) => task.schedules.filter((schedule) => isNew(state, task, schedule)));
  if (added.some(({ nextAt }) => nextAt !== undefined && nextAt <= now)) return { outcome: "stale", now };

  for (const schedule of affected)
    settle(state, schedule, settled.get(schedule.id) as Settlement, isRemoved(state, schedule, deploy));
  const names = new Set(deploy.tasks.map(({ name }) => name));
  for (const task of state.tasks.values()) if (task.app === deploy.app && !names.has(task.name)) task.defined = false;
  for (const task of deploy.tasks) putTask(state, deploy.app, task);
  state.digests.set(deploy.app, deploy.digest);
  state.changes += 1;
  return {
    outcome: "applied",
    tasks: [...state.tasks.values()]
      .filter((task) => task.app === deploy.app && task.defined)
      .map((task) => ({ ...task })),
  };
}

function definitionIn(state: MemoryState, schedule: MemorySchedule, deploy: Deploy): ScheduleDefinition | undefined {
  const name = state.tasks.get(schedule.taskId)?.name;
  return deploy.tasks.find((task) => task.name === name)?.schedules.find(({ key }) => key === schedule.key);
}

function isRemoved(state: MemoryState, schedule: MemorySchedule, deploy: Deploy): boolean {
  return definitionIn(state, schedule, deploy) === undefined;
}

function sameDefinition(schedule: MemorySchedule, definition: ScheduleDefinition): boolean {
  return (["spec", "payload", "priority", "overlap", "catchUp"] as const).every(
    (field) => schedule[field] === definition[field],
  );
}

function changedSchedules(state: MemoryState, deploy: Deploy): MemorySchedule[] {
  return [...state.schedules.values()].filter((schedule) => {
    if (schedule.removed || state.tasks.get(schedule.taskId)?.app !== deploy.app) return false;
    const definition = definitionIn(state, schedule, deploy);
    return !definition || !sameDefinition(schedule, definition);
  });
}

function isNew(state: MemoryState, task: TaskDefinition, definition: ScheduleDefinition): boolean {
  const known = [...state.schedules.values()].find(
    (schedule) => schedule.task === task.name && schedule.key === definition.key,
  );
  return !known || known.removed || !sameDefinition(known, definition);
}

/** The old definition's last word: its due instants fire, are missed, or were removed with it. */
function settle(state: MemoryState, schedule: MemorySchedule, { decision, runId }: Settlement, removed: boolean): void {
  const now = state.now();
  const enabled = state.tasks.get(schedule.taskId)?.enabled;
  // After a step back of the clock the chain's end lies ahead, and stays.
  let end = schedule.cursor;
  if (!removed && decision && enabled) {
    if (decision.missed) state.spans.add(schedule.id, decision.missed.after, decision.missed.upTo, "missed");
    if (decision.fire !== undefined) {
      if (schedule.overlap === "skip" && hasUnfinished(state, schedule.id)) {
        state.spans.add(schedule.id, decision.missed?.upTo ?? schedule.cursor, decision.fire, "overlap");
      } else fireOne(state, schedule, decision.fire, runId);
    }
    end = decision.cursor;
  }
  state.spans.add(schedule.id, end, now, removed || enabled ? "removed" : "disabled");
  schedule.cursor = Math.max(now, end);
  schedule.removed = removed;
  schedule.version += 1;
  schedule.nextAt = undefined;
}

function putTask(state: MemoryState, app: string, definition: TaskDefinition): void {
  const { name, enabled, concurrency, onLost, newId, schedules } = definition;
  const known = [...state.tasks.values()].find((task) => task.name === name);
  const id = known?.id ?? newId;
  state.tasks.set(id, { id, name, app, enabled, concurrency, onLost, defined: true });
  for (const schedule of schedules) if (isNew(state, definition, schedule)) putSchedule(state, id, name, app, schedule);
}

function putSchedule(
  state: MemoryState,
  taskId: string,
  task: string,
  app: string,
  definition: ScheduleDefinition,
): void {
  const now = state.now();
  const known = [...state.schedules.values()].find(
    (schedule) => schedule.task === task && schedule.key === definition.key,
  );
  if (known?.removed) state.spans.add(known.id, known.cursor, now, "removed");
  const id = known?.id ?? state.nextNumber();
  const version = (known?.version ?? 0) + 1;
  state.schedules.set(id, {
    id,
    taskId,
    task,
    app,
    ...definition,
    version,
    cursor: Math.max(now, known?.cursor ?? now),
    removed: false,
  });
}
