import type { Backfill, BackfillEstimate, BackfillOptions } from "../api/backfills.ts";
import type { Page } from "../api/page.ts";
import type {
  AmendOptions,
  AmendResult,
  FiringItem,
  FiringsOptions,
  PutItem,
  PutItemResult,
  PutResult,
  ScheduleInfo,
  ScheduleInput,
  Schedules,
} from "../api/schedules.ts";
import { BelfryError } from "../base/errors.ts";
import { defaults, limits } from "../base/limits.ts";
import { checkText } from "../base/options.ts";
import type { Registry } from "../task/registry.ts";
import { untilAnswered } from "./again.ts";
import type { StoredBackfills } from "./backfills.ts";
import { clockLag } from "./clock-watch.ts";
import { findTask } from "./directory.ts";
import type { Engine } from "./engine.ts";
import { rewindSchedules } from "./rewind.ts";
import { amendAll, pausing, resuming, skipping } from "./schedule-amends.ts";
import { SchedulePuts } from "./schedule-puts.ts";
import { getSchedule, listFirings, listSchedules, unknownSchedule } from "./schedule-reads.ts";

/** The schedules of the store, and their ledgers: `belfry.schedules`. */
export class StoredSchedules implements Schedules {
  readonly #engine: (call: string) => Engine;
  readonly #registry: Registry;
  readonly #backfills: StoredBackfills;

  constructor(engine: (call: string) => Engine, registry: Registry, backfills: StoredBackfills) {
    this.#engine = engine;
    this.#registry = registry;
    this.#backfills = backfills;
  }

  async put(task: string, key: string, schedule: ScheduleInput, options: { author?: string } = {}): Promise<PutResult> {
    return new SchedulePuts(this.#engine("schedules.put()"), this.#registry).one(task, key, schedule, options);
  }

  async putMany(items: readonly PutItem[], options: { author?: string } = {}): Promise<{ items: PutItemResult[] }> {
    return new SchedulePuts(this.#engine("schedules.putMany()"), this.#registry).many(items, options);
  }

  async get(task: string, key = "default"): Promise<ScheduleInfo | null> {
    return getSchedule(this.#engine("schedules.get()").store, task, key);
  }

  async list(options: { task?: string; limit?: number; cursor?: string } = {}): Promise<Page<ScheduleInfo>> {
    return listSchedules(this.#engine("schedules.list()").store, options);
  }

  async delete(task: string, givenKey = "default"): Promise<{ runs: string[] }> {
    const engine = this.#engine("schedules.delete()");
    const { store, clock } = engine;
    const key = checkText(givenKey, "key", limits.scheduleKeyCharactersMax) ?? "default";
    const row = findTask(await store.tasks.list(), task);
    const remove = () => store.schedules.remove([{ taskId: row.id, key }]);
    const { answer, isRepeated } = await untilAnswered(clock, remove);
    engine.changed();
    const [removed] = answer;
    if (removed?.outcome === "removed") return { runs: [...removed.runs] };
    if (removed?.outcome === "code") throw new BelfryError("E_SCHEDULE_CODE", { task, value: key });
    // The call that was not answered may have removed it.
    if (isRepeated) return { runs: [] };
    throw await unknownSchedule(store, row, key);
  }

  async pause(task: string, key = "*", options: AmendOptions & { until?: Date } = {}): Promise<AmendResult> {
    const engine = this.#engine("schedules.pause()");
    return amendAll(engine, task, key, pausing(options, engine.store.now()));
  }

  async resume(task: string, key = "*", options: AmendOptions = {}): Promise<AmendResult> {
    return amendAll(this.#engine("schedules.resume()"), task, key, resuming(options));
  }

  async skip(
    task: string,
    key = "*",
    options: AmendOptions & { count?: number; until?: Date } = {},
  ): Promise<AmendResult> {
    const engine = this.#engine("schedules.skip()");
    return amendAll(engine, task, key, skipping(options, engine.store.now()));
  }

  backfill(task: string, key: string, options: BackfillOptions & { dryRun: true }): Promise<BackfillEstimate>;
  backfill(task: string, key: string, options: BackfillOptions & { dryRun?: false }): Promise<Backfill>;
  backfill(task: string, key: string, options: BackfillOptions): Promise<Backfill | BackfillEstimate>;
  backfill(task: string, key: string, options: BackfillOptions): Promise<Backfill | BackfillEstimate> {
    return this.#backfills.make(task, key, options);
  }

  /** How many have an instant that is due for longer than 30 s and undecided; at most 1,000. Costs what it answers. */
  async late(): Promise<number> {
    const { store } = this.#engine("schedules.late()");
    return (await store.schedules.due(store.now() - defaults.lateAfterMs, limits.pageItemsMax)).length;
  }

  /** Sets what was decided further than now back to now; answers how many schedules these were. For `belfry doctor`. */
  async rewind(): Promise<number> {
    return rewindSchedules(this.#engine("schedules.rewind()"));
  }

  /** How far the clock is behind the newest decided instant, where that is more than a minute. For `belfry doctor`. */
  async clockLag(): ReturnType<typeof clockLag> {
    return clockLag(this.#engine("schedules.clockLag()").store);
  }

  async firings(task: string, key = "default", options: FiringsOptions = {}): Promise<Page<FiringItem>> {
    return listFirings(this.#engine("schedules.firings()").store, task, key, options);
  }
}
