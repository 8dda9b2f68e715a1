import type { Backfill, BackfillEstimate, BackfillOptions, Backfills } from "../api/backfills.ts";
import type { Page } from "../api/page.ts";
import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { checkInteger, checkOptions, checkText } from "../base/options.ts";
import { isId } from "../run/id.ts";
import { toIso } from "../run/record.ts";
import type { BackfillRow, BackfillState } from "../store/backfills.ts";
import { type CheckedBackfill, checkBackfill, estimate } from "./backfill-options.ts";
import { findTask } from "./directory.ts";
import type { Engine } from "./engine.ts";
import { findSchedule } from "./find-schedule.ts";

/** The backfills of the store: `belfry.backfills`, and what `schedules.backfill` makes. */
export class StoredBackfills implements Backfills {
  readonly #engine: (call: string) => Engine;
  readonly #makeId: () => string;
  readonly #retentionMs: number;

  constructor(engine: (call: string) => Engine, retentionMs: number, makeId: () => string) {
    this.#engine = engine;
    this.#retentionMs = retentionMs;
    this.#makeId = makeId;
  }

  /** `schedules.backfill`. With `id` given, one that exists is answered: a repeated request makes no second backfill. */
  async make(task: string, key: string, options: BackfillOptions, id?: string): Promise<Backfill | BackfillEstimate> {
    const engine = this.#engine("schedules.backfill()");
    const schedule = await findSchedule(engine.store, task, key);
    const wanted: CheckedBackfill = checkBackfill(options, schedule, engine.store.now(), this.#retentionMs);
    if (wanted.dryRun) return estimate(engine.store, schedule, wanted);
    const { from, to, order, concurrency, reprocess, reason, author } = wanted;
    const made = { from, to, order, concurrency, reprocess, reason, author, scheduleId: schedule.id };
    const [row] = await engine.store.backfills.create([{ ...made, id: id ?? this.#makeId() }]);
    if (!row) throw new BelfryError("E_SCHEDULE_UNKNOWN", { value: key, task, nearest: "" });
    engine.backfiller.wake();
    return toBackfill(row);
  }

  async get(id: string): Promise<Backfill> {
    const [row] = await this.#engine("backfills.get()").store.backfills.get([checkId(id)]);
    return toBackfill(known(row, id));
  }

  async list(options: { task?: string; limit?: number; cursor?: string } = {}): Promise<Page<Backfill>> {
    const given = checkOptions(options, "backfills.list", ["task", "limit", "cursor"]);
    const { store } = this.#engine("backfills.list()");
    const limit = checkInteger(given.limit, "limit", 1, limits.pageItemsMax) ?? limits.pageItemsDefault;
    const name = checkText(given.task, "task", limits.taskNameCharactersMax);
    const task = name === undefined ? undefined : findTask(await store.tasks.list(), name);
    const before = given.cursor === undefined ? undefined : cursorOf(given.cursor);
    const rows = await store.backfills.list({ taskId: task?.id, before, limit });
    const last = rows.at(-1);
    return { items: rows.map(toBackfill), ...(rows.length === limit && last ? { cursor: last.id } : {}) };
  }

  pause(id: string): Promise<Backfill> {
    return this.#set("backfills.pause()", id, "paused");
  }

  resume(id: string): Promise<Backfill> {
    return this.#set("backfills.resume()", id, "running");
  }

  cancel(id: string): Promise<Backfill> {
    return this.#set("backfills.cancel()", id, "cancelled");
  }

  async #set(call: string, id: string, state: Exclude<BackfillState, "done">): Promise<Backfill> {
    const engine = this.#engine(call);
    const [row] = await engine.store.backfills.set([{ id: checkId(id), state }]);
    engine.backfiller.wake();
    return toBackfill(known(row, id));
  }
}

function checkId(id: unknown): string {
  if (isId(id)) return id;
  throw new BelfryError("E_BACKFILL_UNKNOWN", { value: id });
}

function cursorOf(cursor: unknown): string {
  if (isId(cursor)) return cursor;
  throw new BelfryError("E_CURSOR", { value: cursor });
}

function known(row: BackfillRow | undefined, id: string): BackfillRow {
  if (row) return row;
  throw new BelfryError("E_BACKFILL_UNKNOWN", { value: id });
}

function toBackfill(row: BackfillRow): Backfill {
  const { id, task, key, order, concurrency, reprocess, state, made, unfinished, passed } = row;
  return {
    ...{ id, task, key, from: toIso(row.from), to: toIso(row.to), order, concurrency, reprocess },
    ...(row.reason === undefined ? {} : { reason: row.reason }),
    ...(row.author === undefined ? {} : { author: row.author }),
    state,
    ...(row.position === undefined ? {} : { position: toIso(row.position) }),
    ...{ made, unfinished, passed, createdAt: toIso(row.createdAt) },
    ...(row.endedAt === undefined ? {} : { endedAt: toIso(row.endedAt) }),
  };
}
