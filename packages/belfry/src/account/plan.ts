import type { Plan, ScheduleChange } from "../api/account.ts";
import { toIso } from "../run/record.ts";
import { type CompiledSchedule, compile } from "../schedule/compile.ts";
import { notesOf } from "../schedule/notes.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import { type ScheduleRow, type ScheduleRules, sameRules } from "../store/schedules.ts";
import type { TaskDefinition, TaskRow } from "../store/tasks.ts";

const firingsShown = 10;

/** A task of a set that is to be applied. */
export type PlannedTask = Omit<TaskDefinition, "newId">;

/** What stands, what is to come, and how a definition is shown. */
export interface PlanInput {
  readonly now: number;
  /** The app's tasks that are defined. */
  readonly tasks: readonly TaskRow[];
  /** The schedules that its code defines, and those made at run time of which the set has the key. */
  readonly schedules: readonly ScheduleRow[];
  readonly set: readonly PlannedTask[];
  readonly show: (rules: ScheduleRules) => object;
}

/** What a deploy would change about one schedule: its row, and what it would say. */
export interface Change {
  readonly task: string;
  readonly row?: ScheduleRow;
  readonly rules?: ScheduleRules;
}

/** The schedules that the set adds, changes or removes, in its order and then the store's; and how many it leaves. */
export function changesOf({ set, schedules }: Pick<PlanInput, "set" | "schedules">): {
  changes: Change[];
  unchanged: number;
} {
  const standing = new Map(schedules.map((row) => [placeOf(row.task, row.key), row]));
  const changes: Change[] = [];
  let unchanged = 0;
  for (const { name: task, schedules: wanted } of set) {
    for (const rules of wanted) {
      const row = standing.get(placeOf(task, rules.key));
      standing.delete(placeOf(task, rules.key));
      if (row?.origin === "code" && sameRules(row, rules)) unchanged += 1;
      else changes.push({ task, rules, ...(row ? { row } : {}) });
    }
  }
  for (const row of standing.values()) if (row.origin === "code") changes.push({ task: row.task, row });
  return { changes, unchanged };
}

const taskFields = ["enabled", "concurrency", "onLost", "priority", "overlap", "catchUp"] as const;

/** The tasks that the set adds, changes or removes. */
export function taskChanges({ tasks, set }: Pick<PlanInput, "tasks" | "set">): Plan["tasks"] {
  const standing = new Map(tasks.map((row) => [row.name, row]));
  const changes: Plan["tasks"] = [];
  for (const task of set) {
    const row = standing.get(task.name);
    standing.delete(task.name);
    const fields = row ? taskFields.filter((field) => row[field] !== task[field]) : [];
    if (!row) changes.push({ task: task.name, change: "added" });
    else if (fields.length > 0) changes.push({ task: task.name, change: "changed", fields });
  }
  for (const task of standing.keys()) changes.push({ task, change: "removed" });
  return changes;
}

/** One schedule's change, with the next ten firings before and after. */
export function toScheduleChange({ task, row, rules }: Change, input: PlanInput): ScheduleChange {
  const isOn = input.tasks.find(({ name }) => name === task)?.enabled ?? false;
  const willBeOn = input.set.find(({ name }) => name === task)?.enabled ?? false;
  const standing = row && read(task, row);
  return {
    task,
    schedule: rules?.key ?? row?.key ?? "",
    change: row ? (rules ? "changed" : "removed") : "added",
    ...(row ? { before: input.show(row) } : {}),
    ...(rules ? { after: input.show(rules) } : {}),
    firingsBefore: row && isOn ? firingsOf(standing, Math.max(row.cursor, input.now)) : [],
    firingsAfter: rules && willBeOn ? firingsOf(read(task, rules), input.now) : [],
    notes: [
      ...(rules ? notesOf(JSON.parse(rules.spec) as ScheduleSpec) : []),
      ...(row ? standingNotes(row, rules, standing) : []),
    ],
  };
}

function standingNotes(
  row: ScheduleRow,
  rules: ScheduleRules | undefined,
  standing: CompiledSchedule | undefined,
): string[] {
  const notes: string[] = [];
  if (!rules) notes.push("its unfinished runs stay, and so does what was decided about its instants");
  if (row.origin === "runtime") notes.push("it was made at run time: from then on the code defines it");
  if (row.pause && rules) notes.push("it is paused, and stays so: nothing fires until somebody resumes it");
  if (!standing) notes.push("what it says now cannot be read: it is never due");
  return notes;
}

function firingsOf(schedule: CompiledSchedule | undefined, after: number): string[] {
  return (schedule?.between(after, Number.POSITIVE_INFINITY, firingsShown) ?? []).map(toIso);
}

function read(name: string, { key, spec }: ScheduleRules): CompiledSchedule | undefined {
  try {
    return compile(JSON.parse(spec) as ScheduleSpec, `${name}/${key}`);
  } catch {
    return undefined;
  }
}

function placeOf(name: string, key: string): string {
  return `${name}/${key}`;
}
