import { limits } from "../../base/limits.ts";
import type { ScheduleDefinition, ScheduleRules } from "../schedules.ts";
import type { Deploy, DeployRow, TaskDefinition } from "../tasks.ts";
import type { Connection } from "./connection.ts";
import type { Turn } from "./turn.ts";

/** A task of a set, without what only a draft has. */
type SetTask = Omit<TaskDefinition, "newId">;
type Row = Omit<DeployRow, "release"> & { readonly release: string | null };

/** `TaskStore.current`. */
export function currentDeploy(db: Connection, app: string): DeployRow | undefined {
  return listDeploys(db, { app, limit: 1 })[0];
}

/** `TaskStore.deploys`. */
export function listDeploys(db: Connection, { app, limit }: { app: string; limit: number }): DeployRow[] {
  const sql =
    "SELECT number, app, digest, release, applied_at AS appliedAt FROM deploys WHERE app = ? ORDER BY number DESC LIMIT ?";
  return db
    .all<Row>(sql, app, limit)
    .map(({ release, ...deploy }) => (release === null ? deploy : { ...deploy, release }));
}

/** `TaskStore.definitions`. */
export function definitionsOf(
  db: Connection,
  { app, number }: { app: string; number: number },
): readonly SetTask[] | undefined {
  const text = db.value<string>("SELECT definitions FROM deploys WHERE app = ? AND number = ?", app, number);
  return text === undefined ? undefined : (JSON.parse(text) as SetTask[]);
}

/** The app's current set, where it came after this one: this release had it once. */
export function supersedingOf({ db }: Turn, { app, digest, release }: Deploy): DeployRow | undefined {
  if (release === undefined) return undefined;
  const current = currentDeploy(db, app);
  if (!current || (current.digest === digest && current.release === release)) return undefined;
  const sql = "SELECT 1 FROM deploys WHERE app = ? AND digest = ? AND release = ? LIMIT 1";
  return db.value<number>(sql, app, digest, release) === undefined ? undefined : current;
}

/** Keeps the set as the app's newest, unless it is that already; and forgets those that are too old. */
export function keepSet({ db, now }: Turn, { app, digest, release, tasks }: Deploy): void {
  const current = currentDeploy(db, app);
  if (current?.digest === digest && current.release === release) return;
  const number = (current?.number ?? 0) + 1;
  const sql = "INSERT INTO deploys (app, number, digest, release, applied_at, definitions) VALUES (?, ?, ?, ?, ?, ?)";
  db.run(sql, app, number, digest, release, now, JSON.stringify(tasks.map(toSetTask)));
  db.run("DELETE FROM deploys WHERE app = ? AND number <= ?", app, number - limits.deploysKept);
}

function toSetTask({ newId: _, schedules, ...task }: TaskDefinition): SetTask {
  return { ...task, schedules: schedules.map(toRules) };
}

function toRules({
  key,
  spec,
  payload,
  priority,
  overlap,
  catchUp,
  pauseOnFailure,
}: ScheduleDefinition): ScheduleRules {
  return { key, spec, payload, priority, overlap, catchUp, pauseOnFailure };
}
