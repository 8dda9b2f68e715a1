import type { Page } from "../api/page.ts";
import type { FiringItem, FiringsOptions, ScheduleInfo, Schedules } from "../api/schedules.ts";
import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { checkOptions, checkText } from "../base/options.ts";
import type { Connection } from "./connection.ts";
import { orNull } from "./null.ts";
import { queryOf, segmentOf, taskPath } from "./path.ts";
import { isoOf } from "./runs.ts";

/** The schedules of a server's store, and their ledgers: `client.schedules`. */
export class RemoteSchedules implements Schedules {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async get(task: string, key = "default"): Promise<ScheduleInfo | null> {
    const path = schedulePath(task, key);
    return orNull(this.#connection.ask<ScheduleInfo>({ method: "GET", path, field: "key" }), "E_SCHEDULE_UNKNOWN");
  }

  async list(options: { task?: string; limit?: number; cursor?: string } = {}): Promise<Page<ScheduleInfo>> {
    const { task, ...page } = checkOptions(options, "schedules.list", ["task", "limit", "cursor"]);
    const path = `${task === undefined ? "/v1" : taskPath(task)}/schedules${queryOf(page)}`;
    return this.#connection.ask<Page<ScheduleInfo>>({ method: "GET", path, field: "items" });
  }

  async firings(task: string, key = "default", options: FiringsOptions = {}): Promise<Page<FiringItem>> {
    const known = checkOptions(options, "schedules.firings", ["from", "to", "limit", "cursor"]);
    const range = { from: isoOf(known.from, "from"), to: isoOf(known.to, "to") };
    checkText(key, "key", limits.scheduleKeyCharactersMax);
    const path = `${schedulePath(task, key)}/firings${queryOf({ ...known, ...range })}`;
    return this.#connection.ask<Page<FiringItem>>({ method: "GET", path, field: "items" });
  }
}

/** The path of a schedule; encoded. Throws E_SCHEDULE_UNKNOWN for a key that no schedule can have and no path can say. */
function schedulePath(task: string, key: string): string {
  const path = taskPath(task);
  const segment = segmentOf(key);
  if (segment === undefined) throw new BelfryError("E_SCHEDULE_UNKNOWN", { task, value: key, nearest: "" });
  return `${path}/schedules/${segment}`;
}
