import type { Deploy, DeployAnswer, ScheduleDefinition, Settlement, TaskDefinition, TaskRow } from "../tasks.ts";
import type { Connection } from "./connection.ts";
import { fireOne, isHeldBack, type Stand, standColumns } from "./fire.ts";
import { addSpan } from "./spans.ts";
import type { TaskInfo, Turn } from "./turn.ts";

/** A schedule as the file has it, with its definition. */
interface Known extends Stand {
  readonly removed: number;
  readonly spec: string;
  readonly catch_up: string;
  readonly taskName: string;
}

/** `TaskStore.digest`. */
export function digestOf(db: Connection, app: string): string | undefined {
  return db.value<string>("SELECT digest FROM apps WHERE name = ?", app);
}

/** A page of `TaskStore.list`: tasks by name, after this one. */
export function listTasks(db: Connection, { after, limit }: { after: string; limit: number }): TaskRow[] {
  return db.all<TaskInfo>("SELECT * FROM tasks WHERE name > ? ORDER BY name LIMIT ?", after, limit).map(toTask);
}

function toTask({ id, name, app, enabled, defined, concurrency, on_lost }: TaskInfo): TaskRow {
  return {
    id,
    name,
    app,
    enabled: enabled === 1,
    concurrency: concurrency ?? undefined,
    onLost: on_lost,
    defined: defined === 1,
  };
}

/** `TaskStore.apply`. */
export function apply(turn: Turn, deploy: Deploy): DeployAnswer {
  const { db, now } = turn;
  const duplicate = duplicateOf(db, deploy);
  if (duplicate) return duplicate;
  if (deploy.draftedAt > now) return { outcome: "stale", now };
  const known = knownSchedules(db, deploy);
  const definitions = new Map(
    deploy.tasks.map((task) => [task.name, new Map(task.schedules.map((one) => [one.key, one]))]),
  );
  const definitionOf = (schedule: Known) => definitions.get(schedule.taskName)?.get(schedule.key);
  const affected = [...known.values()].filter(
    (schedule) => !schedule.removed && !isSame(schedule, definitionOf(schedule)),
  );
  const settled = new Map(deploy.settle.map((item) => [item.scheduleId, item]));
  if (affected.some((schedule) => !stands(schedule, settled.get(schedule.schedule)))) return { outcome: "stale", now };
  const isNew = (task: string, definition: ScheduleDefinition) => {
    const schedule = known.get(nameOf(task, definition.key));
    return !schedule || schedule.removed === 1 || !isSame(schedule, definition);
  };
  const added = deploy.tasks.map((task) => ({
    ...task,
    schedules: task.schedules.filter((one) => isNew(task.name, one)),
  }));
  const isPast = ({ nextAt }: ScheduleDefinition) => nextAt !== undefined && nextAt <= now;
  if (added.some(({ schedules }) => schedules.some(isPast))) return { outcome: "stale", now };

  for (const schedule of affected) {
    const settlement = settled.get(schedule.schedule) as Settlement;
    settle(turn, schedule, settlement, definitionOf(schedule) === undefined);
  }
  db.run("UPDATE tasks SET defined = 0 WHERE app = ? AND defined = 1", deploy.app);
  for (const task of added) putTask(turn, deploy.app, task);
  db.run("INSERT OR REPLACE INTO apps (name, digest) VALUES (?, ?)", deploy.app, deploy.digest);
  turn.forgetTasks();
  const tasks = db.all<TaskInfo>("SELECT * FROM tasks WHERE app = ? AND defined = 1 ORDER BY task", deploy.app);
  return { outcome: "applied", tasks: tasks.map(toTask) };
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

/** The schedules of the app's tasks and of those that this deploy names, by task name and key. */
function knownSchedules(db: Connection, deploy: Deploy): Map<string, Known> {
  const sql = `SELECT ${standColumns}, s.removed, s.spec, s.catch_up, t.name AS taskName FROM schedules s JOIN tasks t ON t.task = s.task
    WHERE t.app = ? OR t.name IN (SELECT value FROM json_each(?)) ORDER BY s.schedule`;
  const names = JSON.stringify(deploy.tasks.map(({ name }) => name));
  return new Map(
    db.all<Known>(sql, deploy.app, names).map((schedule) => [nameOf(schedule.taskName, schedule.key), schedule]),
  );
}

function nameOf(task: string, key: string): string {
  return JSON.stringify([task, key]);
}

function isSame(schedule: Known, definition: ScheduleDefinition | undefined): boolean {
  if (!definition) return false;
  const { spec, payload, priority, overlap, catchUp } = definition;
  const isSameRule = schedule.spec === spec && schedule.overlap === overlap && schedule.catch_up === catchUp;
  return isSameRule && schedule.priority === priority && (schedule.payload ?? undefined) === payload;
}

/** Whether the settlement was computed from what is so now. */
function stands({ version, cursor }: Known, settlement: Settlement | undefined): boolean {
  return settlement?.version === version && settlement.cursor === cursor;
}

/** The old definition's last word: its due instants fire, are missed, or were removed with it. */
function settle(turn: Turn, schedule: Known, { decision, runId }: Settlement, removed: boolean): void {
  const { schedule: id, cursor } = schedule;
  const enabled = turn.task(schedule.task)?.enabled === 1;
  // After a step back of the clock the chain's end lies ahead, and stays.
  let end = cursor;
  if (!removed && decision && enabled) {
    const { missed, fire } = decision;
    if (missed) addSpan(turn, id, missed.after, missed.upTo, "missed");
    if (fire !== undefined) {
      if (isHeldBack(schedule)) addSpan(turn, id, missed?.upTo ?? cursor, fire, "overlap");
      else fireOne(turn, schedule, fire, runId);
    }
    end = decision.cursor;
  }
  addSpan(turn, id, end, turn.now, removed || enabled ? "removed" : "disabled");
  const sql = "UPDATE schedules SET cursor = ?, removed = ?, version = version + 1, next_at = NULL WHERE schedule = ?";
  turn.db.run(sql, Math.max(turn.now, end), removed ? 1 : 0, id);
}

function putTask(
  turn: Turn,
  app: string,
  { name, enabled, concurrency, onLost, newId, schedules }: TaskDefinition,
): void {
  const sql = `INSERT INTO tasks (id, name, app, enabled, defined, concurrency, on_lost) VALUES (?, ?, ?, ?, 1, ?, ?)
    ON CONFLICT (name) DO UPDATE SET app = excluded.app, enabled = excluded.enabled, defined = 1,
      concurrency = excluded.concurrency, on_lost = excluded.on_lost`;
  turn.db.run(sql, newId, name, app, enabled ? 1 : 0, concurrency, onLost);
  const task = turn.db.value<number>("SELECT task FROM tasks WHERE name = ?", name) as number;
  for (const schedule of schedules) putSchedule(turn, task, schedule);
}

function putSchedule(
  turn: Turn,
  task: number,
  { key, spec, payload, priority, overlap, catchUp, nextAt }: ScheduleDefinition,
): void {
  const { db, now } = turn;
  const find = "SELECT schedule, cursor, removed FROM schedules WHERE task = ? AND key = ?";
  const known = db.get<{ schedule: number; cursor: number; removed: number }>(find, task, key);
  if (known?.removed) addSpan(turn, known.schedule, known.cursor, now, "removed");
  const sql = `INSERT INTO schedules (task, key, spec, payload, priority, overlap, catch_up, cursor, next_at, version, removed)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 0)
    ON CONFLICT (task, key) DO UPDATE SET spec = excluded.spec, payload = excluded.payload, priority = excluded.priority,
      overlap = excluded.overlap, catch_up = excluded.catch_up, cursor = max(cursor, excluded.cursor),
      next_at = excluded.next_at, version = version + 1, removed = 0`;
  db.run(sql, task, key, spec, payload, priority, overlap, catchUp, now, nextAt);
}
