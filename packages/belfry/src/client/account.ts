import type { Audit, AuditOptions, Explanation, Forecast } from "../api/account.ts";
import { checkOptions, refuseOption } from "../base/options.ts";
import type { Connection } from "./connection.ts";
import { readFields } from "./json.ts";
import { queryOf, taskSegment } from "./path.ts";

/** What a server's ledger and schedules tell when they are read together. */
export class RemoteAccount {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async explain(task: string, options: { at: Date; schedule?: string }): Promise<Explanation> {
    const known = readFields(options, "explain", ["at", "schedule"]);
    if (known.at === undefined) refuseOption("at", undefined, "a Date");
    const path = `/v1/explain?task=${taskSegment(task)}&${queryOf(known).slice(1)}`;
    return this.#connection.ask<Explanation>({ method: "GET", path, field: "schedules" });
  }

  async audit(options: AuditOptions = {}): Promise<Audit> {
    const path = `/v1/audit${queryOf(readFields(options, "audit", ["task", "schedule", "from", "to"]))}`;
    return this.#connection.ask<Audit>({ method: "GET", path, field: "findings" });
  }

  async forecast(options: { hours?: number } = {}): Promise<Forecast> {
    const path = `/v1/forecast${queryOf(checkOptions(options, "forecast", ["hours"]))}`;
    return this.#connection.ask<Forecast>({ method: "GET", path, field: "perMinute" });
  }
}
