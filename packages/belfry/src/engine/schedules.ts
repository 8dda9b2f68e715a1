import type { Page } from "../api/page.ts";
import type { FiringItem, FiringsOptions, ScheduleInfo, ScheduleRule, Schedules } from "../api/schedules.ts";
import { formatDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { didYouMean } from "../base/nearest.ts";
import { checkDate, checkInteger, checkOptions, checkText } from "../base/options.ts";
import { toIso } from "../run/record.ts";
import { compile } from "../schedule/compile.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import type { LedgerItem } from "../store/ledger.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import type { TaskRow } from "../store/tasks.ts";
import { findTask } from "./directory.ts";
import type { Engine } from "./engine.ts";

const nextShown = 5;

/** Where a schedule stands in their order. */
type Place = Pick<ScheduleRow, "task" | "key">;

/** The schedules of the store, and their ledgers: `belfry.schedules`. */
export class StoredSchedules implements Schedules {
  readonly #engine: (call: string) => Engine;

  constructor(engine: (call: string) => Engine) {
    this.#engine = engine;
  }

  async get(task: string, key = "default"): Promise<ScheduleInfo | null> {
    const { row, schedules } = await this.#ofTask("schedules.get()", task);
    const found = schedules.find((one) => one.key === key);
    return found ? toScheduleInfo(found, row.enabled, this.#engine("schedules.get()").store.now()) : null;
  }

  async list(options: { task?: string; limit?: number; cursor?: string } = {}): Promise<Page<ScheduleInfo>> {
    const known = checkOptions(options, "schedules.list", ["task", "limit", "cursor"]);
    const { store } = this.#engine("schedules.list()");
    const limit = checkInteger(known.limit, "limit", 1, limits.pageItemsMax) ?? limits.pageItemsDefault;
    const after = known.cursor === undefined ? undefined : placeOf(known.cursor);
    const tasks = (await store.tasks.list()).filter(({ defined }) => defined);
    const task = known.task === undefined ? undefined : findTask(tasks, known.task);
    const enabled = new Map(tasks.map((row) => [row.id, row.enabled]));
    const all = (await store.schedules.list(task?.app)).filter((row) => !task || row.taskId === task.id);
    const rows = after ? all.filter((row) => isBehind(row, after)) : all;
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const items = page.map((row) => toScheduleInfo(row, enabled.get(row.taskId) ?? false, store.now()));
    return { items, ...(rows.length > limit && last ? { cursor: `${last.task}/${last.key}` } : {}) };
  }

  async firings(task: string, key = "default", options: FiringsOptions = {}): Promise<Page<FiringItem>> {
    const known = checkOptions(options, "schedules.firings", ["from", "to", "limit", "cursor"]);
    const limit = checkInteger(known.limit, "limit", 1, limits.pageItemsMax) ?? limits.pageItemsDefault;
    const asked = checkDate(known.from, "from") ?? limits.instantMin - 1;
    const from = known.cursor === undefined ? asked : numberOf(known.cursor);
    const to = checkDate(known.to, "to") ?? limits.instantMax;
    const { schedules } = await this.#ofTask("schedules.firings()", task);
    const schedule = schedules.find((one) => one.key === key);
    if (!schedule) {
      const near = didYouMean(
        checkText(key, "key", limits.scheduleKeyCharactersMax) ?? "",
        schedules.map((one) => one.key),
      );
      throw new BelfryError("E_SCHEDULE_UNKNOWN", { value: key, task, nearest: near });
    }
    const items = await this.#engine("schedules.firings()").store.ledger.list(schedule.id, { from, to, limit });
    const last = items.at(-1);
    return { items: items.map(toItem), ...(items.length === limit && last ? { cursor: String(last.upTo) } : {}) };
  }

  async #ofTask(call: string, task: string): Promise<{ row: TaskRow; schedules: ScheduleRow[] }> {
    const { store } = this.#engine(call);
    const row = findTask(
      (await store.tasks.list()).filter(({ defined }) => defined),
      task,
    );
    const schedules = (await store.schedules.list(row.app)).filter(({ taskId }) => taskId === row.id);
    return { row, schedules };
  }
}

/** A row as people read it; a disabled task's schedule has no next firings. */
export function toScheduleInfo(row: ScheduleRow, isEnabled: boolean, now: number): ScheduleInfo {
  const { task, key, priority, overlap, catchUp, cursor } = row;
  const spec = JSON.parse(row.spec) as ScheduleSpec;
  const payload = row.payload === undefined ? {} : { payload: JSON.parse(row.payload) as unknown };
  const rest = { priority, overlap, catchUp, decidedUpTo: toIso(cursor) };
  const nextFirings = isEnabled && row.nextAt !== undefined ? nextOf(spec, Math.max(now, cursor)) : [];
  return { task, key, schedule: toRule(spec), ...payload, ...rest, nextFirings };
}

function nextOf(spec: ScheduleSpec, from: number): string[] {
  const compiled = compile(spec);
  const instants: string[] = [];
  let at = compiled.next(from);
  while (at !== undefined && instants.length < nextShown) {
    instants.push(toIso(at));
    at = compiled.next(at);
  }
  return instants;
}

function toRule(spec: ScheduleSpec): ScheduleRule {
  if ("cron" in spec) return spec;
  if ("at" in spec) return { at: toIso(spec.at) };
  const every = formatDuration(spec.everyMs);
  return spec.anchor === 0 ? { every } : { every, anchor: toIso(spec.anchor) };
}

function toItem({ after, upTo, decision, trackingId, latenessMs }: LedgerItem): FiringItem {
  if (decision !== "fired") return { instant: toIso(after), upTo: toIso(upTo), decision };
  const lateness = latenessMs === undefined ? {} : { latenessMs };
  return { instant: toIso(upTo), decision, trackingId, ...lateness };
}

/** The last schedule of the page before: no task's name and no key has a slash. */
function placeOf(cursor: unknown): Place {
  const [, task, key] = (typeof cursor === "string" && /^([^/]+)\/([^/]+)$/.exec(cursor)) || [];
  if (task === undefined || key === undefined) throw new BelfryError("E_CURSOR", { value: cursor });
  return { task, key };
}

function isBehind({ task, key }: Place, after: Place): boolean {
  return task > after.task || (task === after.task && key > after.key);
}

function numberOf(cursor: unknown): number {
  if (typeof cursor === "string" && /^\d{1,16}$/.test(cursor)) return Number(cursor);
  throw new BelfryError("E_CURSOR", { value: cursor });
}
