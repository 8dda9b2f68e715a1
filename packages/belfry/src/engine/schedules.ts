import { BelfryError, show } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { checkDate, checkInteger, checkOptions, refuseOption } from "../base/options.ts";
import { toIso } from "../run/record.ts";
import type { LedgerItem, SkipReason } from "../store/ledger.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import type { Engine } from "./engine.ts";
import type { Page } from "./runs.ts";

/** What was decided about one instant, or about all instants from after the item before up to `upTo`. */
export interface FiringItem {
  /** The instant that fired; of a span, the moment after which it begins. */
  instant: string;
  /** The end of a span of instants that did not fire. */
  upTo?: string;
  /** `fired`, or why not. */
  decision: "fired" | SkipReason;
  trackingId?: string;
  /** Start of the first attempt minus the instant, in milliseconds, once it started. */
  latenessMs?: number;
}

/** The schedules of the store, and their ledgers: `belfry.schedules`. */
export class Schedules {
  readonly #engine: (call: string) => Engine;

  constructor(engine: (call: string) => Engine) {
    this.#engine = engine;
  }

  /**
   * What was decided about a schedule's instants after `from` up to `to`, oldest first. Rejects E_OPTION for a schedule
   * that does not exist, E_OPTION_UNKNOWN, E_CURSOR.
   */
  async firings(
    task: string,
    key = "default",
    options: { from?: Date; to?: Date; limit?: number; cursor?: string } = {},
  ): Promise<Page<FiringItem>> {
    const { store } = this.#engine("schedules.firings()");
    const known = checkOptions(options, "schedules.firings", ["from", "to", "limit", "cursor"]);
    const limit = checkInteger(known.limit, "limit", 1, limits.pageItemsMax) ?? limits.pageItemsDefault;
    const from =
      known.cursor === undefined ? (checkDate(known.from, "from") ?? limits.instantMin - 1) : cursorOf(known.cursor);
    const to = checkDate(known.to, "to") ?? limits.instantMax;
    const schedule = find(await store.schedules.list(), task, key);
    const items = await store.ledger.list(schedule.id, { from, to, limit });
    const last = items.at(-1);
    return { items: items.map(toItem), ...(items.length === limit && last ? { cursor: String(last.upTo) } : {}) };
  }
}

function find(rows: readonly ScheduleRow[], task: string, key: string): ScheduleRow {
  const found = rows.find((row) => row.task === task && row.key === key);
  if (found) return found;
  const ofTask = rows.filter((row) => row.task === task).map((row) => row.key);
  if (ofTask.length > 0) return refuseOption("key", key, `one of task ${show(task)}'s: ${ofTask.join(", ")}`);
  return refuseOption("task", task, "the name of a task that has schedules");
}

function toItem({ after, upTo, decision, trackingId, latenessMs }: LedgerItem): FiringItem {
  if (decision !== "fired") return { instant: toIso(after), upTo: toIso(upTo), decision };
  const lateness = latenessMs === undefined ? {} : { latenessMs };
  return { instant: toIso(upTo), decision, trackingId, ...lateness };
}

function cursorOf(value: unknown): number {
  if (typeof value === "string" && /^\d{1,16}$/.test(value)) return Number(value);
  throw new BelfryError("E_CURSOR", { value });
}
