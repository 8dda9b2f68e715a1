import type { ScheduleDefinition, Settlement } from "../schedules.ts";
import type { Deploy, DeployAnswer, TaskDefinition, TaskRow } from "../tasks.ts";
import type { Connection } from "./connection.ts";
import {
  type By,
  findKnown,
  insertSchedule,
  isLate,
  isSame,
  isSettled,
  type Known,
  knownColumns,
  redefine,
  removeKnown,
  settle,
} from "./definitions.ts";
import { keepSet, supersedingOf } from "./deploys.ts";
import { originNames } from "./states.ts";
import type { TaskInfo, Turn } from "./turn.ts";

/** A page of `TaskStore.list`: tasks by name, after this one. */
export function listTasks(db: Connection, { after, limit }: { after: string; limit: number }): TaskRow[] {
  return db.all<TaskInfo>("SELECT * FROM tasks WHERE name > ? ORDER BY name LIMIT ?", after, limit).map(toTask);
}

function toTask({ id, name, app, enabled, defined, concurrency, on_lost, priority, overlap, catch_up }: TaskInfo) {
  return {
    ...{ id, name, app, enabled: enabled === 1, concurrency: concurrency ?? undefined, onLost: on_lost },
    ...{ priority, overlap, catchUp: catch_up, defined: defined === 1 },
  } satisfies TaskRow;
}

/** A schedule of the set, with what stands in its place. */
interface Drafted {
  readonly task: TaskDefinition;
  readonly definition: ScheduleDefinition;
  readonly known: Known | undefined;
}

/** `TaskStore.apply`. */
export function apply(turn: Turn, deploy: Deploy): DeployAnswer {
  const { db, now } = turn;
  const current = supersedingOf(turn, deploy);
  if (current) return { outcome: "superseded", current };
  const duplicate = duplicateOf(db, deploy);
  if (duplicate) return duplicate;
  if (deploy.draftedAt > now) return { outcome: "stale", now };
  const drafts = deploy.tasks.flatMap((task) => draftsOf(turn, task));
  const wanted = new Set(drafts.flatMap(({ known }) => known?.schedule ?? []));
  const gone = codeSchedules(db, deploy.app).filter(({ schedule }) => !wanted.has(schedule));
  const changed = drafts.filter((draft) => !stands(draft));
  const replaced = changed.flatMap(({ known }) => (known?.removed === 0 ? [known] : []));
  const settled = new Map(deploy.settle.map((item) => [item.scheduleId, item]));
  const isMoved = [...gone, ...replaced].some((known) => !isSettled(turn, known, settled.get(known.schedule)));
  if (isMoved || changed.some(({ definition }) => isLate(turn, definition))) return { outcome: "stale", now };

  for (const known of replaced) settle(turn, known, settled.get(known.schedule) as Settlement);
  for (const known of gone) removeKnown(turn, known);
  db.run("UPDATE tasks SET defined = 0 WHERE app = ? AND defined = 1", deploy.app);
  for (const task of deploy.tasks) putTask(turn, deploy.app, task);
  const by: By = { origin: "code", release: deploy.release };
  for (const draft of drafts) if (stands(draft)) adopt(turn, draft.known, by);
  for (const draft of changed) define(turn, draft, by);
  keepSet(turn, deploy);
  turn.forgetTasks();
  const tasks = db.all<TaskInfo>("SELECT * FROM tasks WHERE app = ? AND defined = 1 ORDER BY task", deploy.app);
  return { outcome: "applied", tasks: tasks.map(toTask) };
}

const code = originNames.indexOf("code");

/** Whether the schedule is there and has just this definition. */
function stands(draft: Drafted): draft is Drafted & { readonly known: Known } {
  const { known, definition } = draft;
  return known?.removed === 0 && isSame(known, definition);
}

/** A name that is taken, without regard to case: by another app, or by a task that is spelled otherwise. */
function duplicateOf(db: Connection, deploy: Deploy): DeployAnswer | undefined {
  const sql = "SELECT name, app FROM tasks WHERE lower(name) = lower(?) AND defined = 1";
  for (const { name } of deploy.tasks) {
    const other = db.get<{ name: string; app: string }>(sql, name);
    if (other && (other.app !== deploy.app || other.name !== name)) return { outcome: "duplicate", ...other };
  }
  return undefined;
}

function draftsOf(turn: Turn, task: TaskDefinition): Drafted[] {
  const id = taskNamed(turn, task.name);
  return task.schedules.map((definition) => {
    return { task, definition, known: id === undefined ? undefined : findKnown(turn, id, definition.key) };
  });
}

function taskNamed({ db }: Turn, name: string): number | undefined {
  return db.value<number>("SELECT task FROM tasks WHERE name = ?", name);
}

/** The schedules that the app's code defines. Those that were made at run time, which may be many, are not read. */
function codeSchedules(db: Connection, app: string): Known[] {
  const sql = `SELECT ${knownColumns} FROM tasks t CROSS JOIN schedules s INDEXED BY schedules_code ON s.task = t.task
    WHERE t.app = ? AND s.origin = 0 AND s.removed = 0 ORDER BY s.schedule`;
  return db.all<Known>(sql, app);
}

function putTask(turn: Turn, app: string, task: TaskDefinition): void {
  const { name, enabled, concurrency, onLost, priority, overlap, catchUp, newId } = task;
  const sql = `INSERT INTO tasks (id, name, app, enabled, defined, concurrency, on_lost, priority, overlap, catch_up)
    VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET app = excluded.app, enabled = excluded.enabled, defined = 1,
      concurrency = excluded.concurrency, on_lost = excluded.on_lost, priority = excluded.priority,
      overlap = excluded.overlap, catch_up = excluded.catch_up`;
  turn.db.run(sql, newId, name, app, enabled ? 1 : 0, concurrency, onLost, priority, overlap, catchUp);
}

function define(turn: Turn, { task, definition, known }: Drafted, by: By): void {
  if (known) return redefine(turn, known, definition, by);
  insertSchedule(turn, taskNamed(turn, task.name) as number, definition, by);
}

/** The code defines from now on what may have been defined at run time. */
function adopt({ db, now }: Turn, { schedule, origin }: Known, { release }: By): void {
  if (origin === code) return;
  const sql =
    "UPDATE schedules SET origin = ?, author = NULL, release = ?, changed_at = nullif(?, since) WHERE schedule = ?";
  db.run(sql, code, release, now, schedule);
}
