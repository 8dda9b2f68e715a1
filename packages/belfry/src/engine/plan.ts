import { PileUps } from "../account/pile-ups.ts";
import { type Change, changesOf, type PlanInput, taskChanges, toScheduleChange } from "../account/plan.ts";
import { toPlanSurprise } from "../account/surprise-text.ts";
import type { Plan, ScheduleChange } from "../api/account.ts";
import { limits } from "../base/limits.ts";
import { toIso } from "../run/record.ts";
import { readCatchUp, toCatchUpOption } from "../schedule/catchup.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import { surprisesOf } from "../schedule/surprises.ts";
import type { ScheduleRules } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";
import type { DeployRow } from "../store/tasks.ts";
import { type DefinitionSet, readStanding } from "./draft.ts";
import { readable } from "./forecaster.ts";
import type { Pace } from "./pace.ts";
import { ReadRows } from "./readable.ts";
import { ruleIn } from "./schedule-info.ts";
import { schedulePages } from "./schedule-pages.ts";

const yearMs = 366 * 24 * 3_600_000;

/** What a start of this set would change. */
export async function planSet(store: Store, pace: Pace, set: DefinitionSet): Promise<Plan> {
  const { app, release } = set;
  const [current, deploys] = await Promise.all([
    store.tasks.current(app),
    store.tasks.deploys(app, limits.deploysKept),
  ]);
  const standing = await readStanding(store, set);
  const now = store.now();
  const rows = [...standing.schedules, ...standing.taken];
  const input: PlanInput = { now, tasks: standing.tasks, schedules: rows, set: set.tasks, show };
  const { changes, unchanged } = changesOf(input);
  const tasks = taskChanges(input);
  return {
    app,
    changes: tasks.length + changes.length > 0,
    ...(release === undefined ? {} : { release }),
    ...(current ? { current: toCurrent(current) } : {}),
    superseded: isSuperseded(set, current, deploys),
    tasks,
    schedules: await scheduleChanges(changes, input, pace),
    unchanged,
    surprises: await surprisesIn(set, now, pace),
    pileUps: await pileUps(store, pace, set, changes, now),
  };
}

/** The release had this set before, and has another one now: its start would not bring this one back. */
function isSuperseded(
  { digest, release }: DefinitionSet,
  current: DeployRow | undefined,
  deploys: readonly DeployRow[],
) {
  if (release === undefined || !current || (current.digest === digest && current.release === release)) return false;
  return deploys.some((row) => row.digest === digest && row.release === release);
}

function toCurrent({ number, release, appliedAt }: DeployRow): NonNullable<Plan["current"]> {
  return { number, ...(release === undefined ? {} : { release }), appliedAt: toIso(appliedAt) };
}

/** A definition as people read it: its time and its terms. */
function show({ spec, payload, priority, overlap, catchUp, pauseOnFailure }: ScheduleRules): object {
  return {
    schedule: ruleIn(spec),
    ...(payload === undefined ? {} : { payload: JSON.parse(payload) as unknown }),
    ...{ priority, overlap, catchUp: toCatchUpOption(readCatchUp(catchUp)) },
    ...(pauseOnFailure === undefined ? {} : { pauseOnFailure }),
  };
}

async function scheduleChanges(changes: readonly Change[], input: PlanInput, pace: Pace): Promise<ScheduleChange[]> {
  const shown: ScheduleChange[] = [];
  for (const change of changes) {
    shown.push(toScheduleChange(change, input));
    await pace.rest();
  }
  return shown;
}

async function surprisesIn(set: DefinitionSet, now: number, pace: Pace): Promise<Plan["surprises"]> {
  const found: Plan["surprises"] = [];
  for (const { name, schedules } of set.tasks) {
    for (const { key, spec } of schedules) {
      const surprises = surprisesOf(JSON.parse(spec) as ScheduleSpec, now, now + yearMs);
      found.push(...surprises.map((surprise) => toPlanSurprise(name, key, surprise)));
      if (found.length >= limits.surprisesMax) return found.slice(0, limits.surprisesMax);
      await pace.rest();
    }
  }
  return found;
}

/** Counts all schedules of the store, of every app; those that change count before only, and what they become after. */
async function pileUps(
  store: Store,
  pace: Pace,
  set: DefinitionSet,
  changes: readonly Change[],
  now: number,
): Promise<Plan["pileUps"]> {
  const found = new PileUps(now);
  const reader = new ReadRows();
  const tasks = new Map((await store.tasks.list()).map((task) => [task.id, task]));
  const own = new Map(set.tasks.map((task) => [task.name, task]));
  const changed = new Set(changes.flatMap(({ row }) => (row ? [row.id] : [])));
  for await (const { rows } of schedulePages(store, {})) {
    for (const row of rows) {
      const task = tasks.get(row.taskId);
      const before = task?.enabled === true && task.defined;
      const isOn = row.app === set.app ? own.get(row.task)?.enabled === true : before;
      const after = isOn && !changed.has(row.id);
      const coming = before || after ? readable(reader, row) : undefined;
      if (coming) await pace.drive(found.add(coming, row, { before, after }));
      await pace.rest();
    }
  }
  for (const { task, row, rules } of changes) {
    if (!rules || !own.get(task)?.enabled) continue;
    const coming = readable(reader, { task, ...rules });
    if (coming) await pace.drive(found.add(coming, { ...row, cursor: now }, { before: false, after: true }));
    await pace.rest();
  }
  return found.worst();
}
