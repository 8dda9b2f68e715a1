import type { Page } from "../api/page.ts";
import type { ListOptions, LogPage, RetryOptions, Runs } from "../api/runs.ts";
import { limits } from "../base/limits.ts";
import { checkOptions, checkText, refuseOption } from "../base/options.ts";
import { checkTrackingId } from "../run/id.ts";
import type { RunRecord, TriggerRecord } from "../run/record.ts";
import type { Connection } from "./connection.ts";
import { isoOf } from "./json.ts";
import { fitsHeader, newKey } from "./key.ts";
import { orNull } from "./null.ts";
import { queryOf } from "./path.ts";

/** All runs of a server's store: `client.runs`. */
export class RemoteRuns implements Runs {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async get(trackingId: string): Promise<RunRecord | null> {
    const path = `/v1/runs/${checkTrackingId(trackingId)}`;
    return orNull(this.#connection.ask<RunRecord>({ method: "GET", path, field: "trackingId" }), "E_RUN_UNKNOWN");
  }

  async list(options: ListOptions = {}): Promise<Page<RunRecord>> {
    const known = checkOptions(options, "runs.list", ["task", "status", "trigger", "from", "to", "limit", "cursor"]);
    const range = { from: isoOf(known.from, "from"), to: isoOf(known.to, "to") };
    const path = `/v1/runs${queryOf({ ...known, ...range })}`;
    return this.#connection.ask<Page<RunRecord>>({ method: "GET", path, field: "items" });
  }

  async cancel(trackingId: string, options: { reason?: string } = {}): Promise<"ended" | "requested"> {
    const id = checkTrackingId(trackingId);
    const { reason } = checkOptions(options, "runs.cancel", ["reason"]);
    const body = JSON.stringify({ reason: checkText(reason, "reason", limits.reasonCharactersMax) });
    const what = `the cancelling of run ${id}`;
    const write = {
      idempotencyKey: newKey(this.#connection.clock),
      what,
      advice: "cancel it again: what has ended stays as it is",
    };
    const request = { method: "POST", path: `/v1/runs/${id}/cancel`, field: "outcome", body, write } as const;
    return (await this.#connection.ask<{ outcome: "ended" | "requested" }>(request)).outcome;
  }

  async retry(trackingId: string, options: RetryOptions = {}): Promise<TriggerRecord> {
    const id = checkTrackingId(trackingId);
    const known = checkOptions(options, "runs.retry", ["reason", "idempotencyKey"]);
    const body = JSON.stringify({ reason: checkText(known.reason, "reason", limits.reasonCharactersMax) });
    const key =
      checkText(known.idempotencyKey, "idempotencyKey", limits.idempotencyKeyCharactersMax) ??
      newKey(this.#connection.clock);
    if (!fitsHeader(key)) refuseOption("idempotencyKey", key, "visible ASCII characters: over HTTP it is a header");
    const advice = `retry it again with idempotencyKey ${JSON.stringify(key)}, which starts nothing twice`;
    const write = { idempotencyKey: key, what: `the retry of run ${id}`, advice };
    const request = { method: "POST", path: `/v1/runs/${id}/retry`, field: "trackingId", body, write } as const;
    return this.#connection.ask<TriggerRecord>(request);
  }

  async logs(trackingId: string, options: { after?: string; limit?: number } = {}): Promise<LogPage> {
    const id = checkTrackingId(trackingId);
    const known = checkOptions(options, "runs.logs", ["after", "limit"]);
    const path = `/v1/runs/${id}/logs${queryOf(known)}`;
    return this.#connection.ask<LogPage>({ method: "GET", path, field: "items" });
  }
}
