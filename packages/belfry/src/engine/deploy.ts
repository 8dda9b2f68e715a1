import { createHash } from "node:crypto";
import { BelfryError } from "../base/errors.ts";
import { type Clock, sleep } from "../clock/clock.ts";
import { writeCatchUp } from "../schedule/catchup.ts";
import type { ScheduleRules } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";
import type { DeployAnswer, DeployRow, TaskRow } from "../store/tasks.ts";
import type { TaskRules } from "../task/parse.ts";
import { decodePayload } from "../task/payload.ts";
import type { ParsedSchedule } from "../task/terms.ts";
import {
  checkRemoved,
  type DefinitionSet,
  draft,
  isWhole,
  readStanding,
  type SetTask,
  type Standing,
} from "./draft.ts";
import type { Logger } from "./logger.ts";

const triesMax = 50;
const retryMs = 20;

/** Whose set it is, and how much of what stood before it may take away. */
interface DeployOptions {
  readonly app: string;
  readonly release?: string;
  readonly removedShareMax?: number;
}

/**
 * Makes this set of definitions the app's current one, and says so; nothing is done where it is already, and where the
 * release was superseded by another. Answers the app's tasks of these names. Throws E_TASK_DUPLICATE for a name that
 * another app has, E_PAYLOAD for a schedule whose payload its task refuses, E_DEPLOY_REMOVES.
 */
export async function deployTasks(
  store: Store,
  clock: Clock,
  logger: Logger,
  { app, release, removedShareMax }: DeployOptions,
  rules: readonly TaskRules[],
): Promise<TaskRow[]> {
  await checkPayloads(rules);
  const set = setOf(rules, { app, release });
  const current = await store.tasks.current(app);
  const isCurrent = current?.digest === set.digest && (release === undefined || current.release === release);
  if (!isCurrent || !(await isWhole(store, set))) {
    const { answer, standing } = await applySet(store, clock, set, removedShareMax);
    if (answer.outcome === "applied") sayApplied(logger, set, current, standing);
    else if (answer.current.digest !== set.digest) saySuperseded(logger, set, answer.current);
  }
  const names = new Set(rules.map(({ name }) => name));
  // Also those that another deploy has just taken out: their runs may need this node.
  return (await store.tasks.list()).filter((task) => task.app === app && names.has(task.name));
}

/** Throws E_PAYLOAD for a schedule whose payload its task refuses. */
export async function checkPayloads(rules: readonly TaskRules[]): Promise<void> {
  for (const { name, schema, schedules } of rules) {
    for (const { key, payload } of schedules) await decodePayload({ task: name, schedule: key }, schema, payload);
  }
}

/** The set of this code, and what tells it apart from others: all that the store keeps of it. */
export function setOf(
  rules: readonly TaskRules[],
  { app, release }: Pick<DeployOptions, "app" | "release">,
): DefinitionSet {
  const tasks = rules.map((task): SetTask => {
    const { name, enabled, concurrency, onLost, priority, overlap } = task;
    const schedules = task.schedules.map((schedule) => rulesOf(schedule.key, schedule));
    return { name, enabled, concurrency, onLost, priority, overlap, catchUp: writeCatchUp(task.catchUp), schedules };
  });
  const digest = createHash("sha256").update(JSON.stringify(tasks)).digest("hex");
  return { app, digest, ...(release === undefined ? {} : { release }), tasks };
}

/** A schedule as stores keep it. */
export function rulesOf(key: string, schedule: ParsedSchedule): ScheduleRules {
  const { spec, payload, priority, overlap, catchUp, pauseOnFailure } = schedule;
  return {
    key,
    spec: JSON.stringify(spec),
    ...(payload === undefined ? {} : { payload }),
    priority,
    overlap,
    catchUp: writeCatchUp(catchUp),
    ...(pauseOnFailure === undefined ? {} : { pauseOnFailure }),
  };
}

type Settled = Extract<DeployAnswer, { outcome: "applied" | "superseded" }>;

/** Applies a set, computed again as long as what it touches moves. Throws E_TASK_DUPLICATE, E_DEPLOY_REMOVES. */
export async function applySet(
  store: Store,
  clock: Clock,
  set: DefinitionSet,
  removedShareMax?: number,
): Promise<{ answer: Settled; standing: Standing }> {
  let now = store.now();
  for (let tries = 0; tries < triesMax; tries++) {
    const standing = await readStanding(store, set);
    if (removedShareMax !== undefined) checkRemoved(set, standing, removedShareMax);
    const answer = await store.tasks.apply(draft(clock, set, standing, now));
    if (answer.outcome === "duplicate") throw new BelfryError("E_TASK_DUPLICATE", { value: answer.name });
    if (answer.outcome !== "stale") return { answer, standing };
    now = answer.now;
    await sleep(clock, retryMs);
  }
  throw new BelfryError("E_STORE_UNAVAILABLE", {
    detail: "the definitions could not be applied, since schedules kept moving",
  });
}

function sayApplied(
  logger: Logger,
  { app, digest, release }: DefinitionSet,
  before: DeployRow | undefined,
  { taken }: Standing,
) {
  for (const { task, key } of taken) {
    logger.info(
      `belfry: schedule ${key} of task ${task} was made at run time; from now on the code of app ${app} defines it`,
    );
  }
  if (!before) return logger.info(`belfry: app ${app} has its first definitions`);
  if (before.digest === digest && before.release === release)
    return logger.info(`belfry: schedules of app ${app} that could not be read are due again`);
  if (before.digest === digest) return logger.info(`belfry: release ${release} of app ${app} changes no definition`);
  const old = `belfry: the definitions of app ${app} were replaced: ${nameOf(before)}`;
  if (release !== undefined) return logger.info(`${old} by release ${release}`);
  logger.warn(
    `${old} by those of a start without a release; set BELFRY_RELEASE, so that a process of an older release does not bring its own back`,
  );
}

function saySuperseded(logger: Logger, { app, release }: DefinitionSet, current: DeployRow): void {
  logger.warn(
    `belfry: release ${release} of app ${app} was replaced by ${nameOf(current)}, and is not applied again; this process runs its tasks under the definitions that stand`,
  );
}

function nameOf({ number, release }: DeployRow): string {
  return release === undefined ? `deploy ${number}` : `deploy ${number} (release ${release})`;
}
