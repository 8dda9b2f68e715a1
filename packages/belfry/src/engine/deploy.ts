import { createHash } from "node:crypto";
import { BelfryError } from "../base/errors.ts";
import { defaults } from "../base/limits.ts";
import { type Clock, sleep } from "../clock/clock.ts";
import { makeId } from "../run/id.ts";
import { decideDue } from "../schedule/catchup.ts";
import { type CompiledSchedule, compile } from "../schedule/compile.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";
import type { Deploy, ScheduleDefinition, Settlement, TaskDefinition, TaskRow } from "../store/tasks.ts";
import type { ScheduleRule, TaskRules } from "../task/parse.ts";
import { decodePayload } from "../task/payload.ts";

const triesMax = 50;
const retryMs = 20;

/**
 * Makes this set of definitions the app's current one; nothing is done where it is already. Answers the app's tasks.
 * Throws E_TASK_DUPLICATE for a name that another app has, E_PAYLOAD for a schedule whose payload its task refuses.
 */
export async function deployTasks(
  store: Store,
  clock: Clock,
  app: string,
  rules: readonly TaskRules[],
): Promise<TaskRow[]> {
  for (const { name, schema, schedules } of rules) {
    for (const { key, payload } of schedules) await decodePayload({ task: name, schedule: key }, schema, payload);
  }
  const digest = digestOf(rules);
  if ((await store.tasks.digest(app)) === digest) return namedIn(rules, await store.tasks.list(), app);
  let now = store.now();
  for (let tries = 0; tries < triesMax; tries++) {
    const answer = await store.tasks.apply(await draft(store, clock, { app, digest, draftedAt: now }, rules));
    if (answer.outcome === "applied") return [...answer.tasks];
    if (answer.outcome === "duplicate") throw new BelfryError("E_TASK_DUPLICATE", { value: answer.name });
    now = answer.now;
    await sleep(clock, retryMs);
  }
  throw new BelfryError("E_STORE_UNAVAILABLE", {
    detail: "the definitions could not be applied, since schedules kept moving",
  });
}

/** The app's tasks of these names; also those that another deploy has just taken out: their runs may need this node. */
function namedIn(rules: readonly TaskRules[], tasks: readonly TaskRow[], app: string): TaskRow[] {
  const names = new Set(rules.map(({ name }) => name));
  return tasks.filter((task) => task.app === app && names.has(task.name));
}

/** What tells two sets apart: all that the store keeps of them. */
function digestOf(rules: readonly TaskRules[]): string {
  const parts = rules.map((task) => [
    ...[task.name, task.enabled, task.concurrency, task.onLost],
    ...task.schedules.map((schedule) => JSON.stringify(toDefinition(task, schedule))),
  ]);
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function toDefinition(task: TaskRules, schedule: ScheduleRule): ScheduleDefinition {
  const { overlap, catchUp, priority } = task;
  return {
    key: schedule.key,
    spec: JSON.stringify(schedule.spec),
    payload: schedule.payload,
    priority,
    overlap,
    catchUp,
  };
}

async function draft(
  store: Store,
  clock: Clock,
  deploy: Pick<Deploy, "app" | "digest" | "draftedAt">,
  rules: readonly TaskRules[],
): Promise<Deploy> {
  const rows = await store.schedules.list(deploy.app);
  const now = deploy.draftedAt;
  const id = () => makeId(now, clock.randomHex(16));
  const tasks = rules.map((task): TaskDefinition => {
    const schedules = task.schedules.map((schedule) => ({
      ...toDefinition(task, schedule),
      nextAt: compile(schedule.spec).next(now),
    }));
    const { name, enabled, concurrency, onLost } = task;
    return { name, enabled, concurrency, onLost, newId: id(), schedules };
  });
  return { ...deploy, tasks, settle: rows.map((row) => settle(row, now, id())) };
}

/** What the old definition says of its due instants, should the new set change it. One that cannot be read says nothing. */
function settle(row: ScheduleRow, now: number, runId: string): Settlement {
  const { id: scheduleId, version, cursor, catchUp } = row;
  const policy = { catchUp, catchUpWindowMs: defaults.catchUpWindowMs, lateAfterMs: defaults.lateAfterMs };
  const compiled = readable(row.spec);
  const decision = compiled && decideDue(compiled, { cursor, now, ...policy });
  return { scheduleId, version, cursor, decision, runId };
}

function readable(spec: string): CompiledSchedule | undefined {
  try {
    return compile(JSON.parse(spec) as ScheduleSpec);
  } catch {
    return undefined;
  }
}
