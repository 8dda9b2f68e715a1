import type { Audit, AuditOptions, Explanation, Forecast, Plan } from "../api/account.ts";
import { limits } from "../base/limits.ts";
import { checkInstant, checkInteger, checkOptions, checkText, refuseOption } from "../base/options.ts";
import { instantExpected } from "../schedule/spec.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";
import type { TaskRow } from "../store/tasks.ts";
import type { Registry } from "../task/registry.ts";
import { Auditor } from "./auditor.ts";
import { checkPayloads, setOf } from "./deploy.ts";
import { findTask } from "./directory.ts";
import type { Engine } from "./engine.ts";
import { Explainer } from "./explainer.ts";
import { forecastStore } from "./forecaster.ts";
import { Pace } from "./pace.ts";
import { planSet } from "./plan.ts";
import { schedulePages } from "./schedule-pages.ts";
import { unknownSchedule } from "./schedule-reads.ts";

const hoursDefault = 24;
/** What is about to be deleted may be gone before it is read. */
const keptMarginMs = 60_000;

/** What reads the ledger: why something did or did not run, whether all is accounted for, what is to come. */
export class StoredAccount {
  readonly #engine: (call: string) => Engine;
  readonly #registry: Registry;

  constructor(engine: (call: string) => Engine, registry: Registry) {
    this.#engine = engine;
    this.#registry = registry;
  }

  async explain(name: string, options: { at: Date; schedule?: string }): Promise<Explanation> {
    const engine = this.#engine("explain()");
    const given = checkOptions(options, "explain", ["at", "schedule"]);
    const at = checkInstant(given.at, "at") ?? refuseOption("at", given.at, instantExpected);
    const key = checkText(given.schedule, "schedule", limits.scheduleKeyCharactersMax);
    const { store } = engine;
    const task = findTask(await store.tasks.list(), name);
    const explainer = new Explainer(store, { task, at, now: store.now(), keptFrom: keptFrom(engine) });
    const pace = new Pace(engine.clock);
    for await (const { rows } of wanted(store, task, key)) {
      for (const row of rows) {
        await explainer.take(row);
        await pace.rest();
      }
    }
    return explainer.answer();
  }

  async audit(options: AuditOptions = {}): Promise<Audit> {
    const engine = this.#engine("audit()");
    const given = checkOptions(options, "audit", ["task", "schedule", "from", "to"]);
    const key = checkText(given.schedule, "schedule", limits.scheduleKeyCharactersMax);
    const { store, clock } = engine;
    const now = store.now();
    const [from, upTo = now] = [checkInstant(given.from, "from"), checkInstant(given.to, "to")];
    if (from !== undefined && given.to !== undefined && from > upTo)
      refuseOption("from", given.from, "a Date not after `to`");
    const to = Math.min(upTo, now);
    const asked = from ?? limits.instantMin;
    const task = given.task === undefined ? undefined : findTask(await store.tasks.list(), given.task);
    const reach = () => Math.max(asked, keptFrom(engine) + keptMarginMs);
    const auditor = new Auditor(store, new Pace(clock), { from: Math.min(reach(), to), to });
    for await (const page of wanted(store, task, key)) {
      // The ledger's beginning moves on while it is read.
      await auditor.take(page.rows, { from: reach(), to, now: page.now });
    }
    return auditor.answer();
  }

  async forecast(options: { hours?: number } = {}): Promise<Forecast> {
    const { store, clock } = this.#engine("forecast()");
    const given = checkOptions(options, "forecast", ["hours"]);
    const hours = checkInteger(given.hours, "hours", 1, limits.forecastHoursMax) ?? hoursDefault;
    return forecastStore(store, new Pace(clock), hours);
  }

  /** What a start of this process's code would change. Rejects E_PAYLOAD, as that start would. */
  async plan(): Promise<Plan> {
    const { store, clock, settings } = this.#engine("plan()");
    await checkPayloads(this.#registry.all());
    return planSet(store, new Pace(clock), setOf(this.#registry.all(), settings));
  }
}

/** Everything that ended later is kept, if the processes that delete keep it as long as this one says. */
function keptFrom({ store, settings }: Engine): number {
  return store.now() - settings.retentionMs;
}

/** The schedules that are asked for, removed ones too. Throws E_SCHEDULE_UNKNOWN for one that the task never had. */
async function* wanted(
  store: Store,
  task: TaskRow | undefined,
  key: string | undefined,
): AsyncGenerator<{ rows: ScheduleRow[]; now: number }> {
  if (!task || key === undefined) {
    for await (const { rows, now } of schedulePages(store, { removed: true, ...(task ? { taskId: task.id } : {}) })) {
      yield { rows: key === undefined ? rows : rows.filter((row) => row.key === key), now };
    }
    return;
  }
  const now = store.now();
  const [row] = await store.schedules.get([{ taskId: task.id, key }], { removed: true });
  if (!row) throw await unknownSchedule(store, task, key);
  yield { rows: [row], now };
}
