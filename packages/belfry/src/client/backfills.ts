import type { Backfill, Backfills } from "../api/backfills.ts";
import type { Page } from "../api/page.ts";
import { BelfryError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { Connection } from "./connection.ts";
import { newKey } from "./key.ts";
import { queryOf, segmentOf } from "./path.ts";

/** The backfills of a server's store: `client.backfills`. */
export class RemoteBackfills implements Backfills {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async get(id: string): Promise<Backfill> {
    return this.#connection.ask<Backfill>({ method: "GET", path: pathOf(id), field: "id" });
  }

  async list(options: { task?: string; limit?: number; cursor?: string } = {}): Promise<Page<Backfill>> {
    const path = `/v1/backfills${queryOf(checkOptions(options, "backfills.list", ["task", "limit", "cursor"]))}`;
    return this.#connection.ask<Page<Backfill>>({ method: "GET", path, field: "items" });
  }

  pause(id: string): Promise<Backfill> {
    return this.#set(id, "pause");
  }

  resume(id: string): Promise<Backfill> {
    return this.#set(id, "resume");
  }

  cancel(id: string): Promise<Backfill> {
    return this.#set(id, "cancel");
  }

  async #set(id: string, verb: string): Promise<Backfill> {
    const what = `the ${verb} of backfill ${id}`;
    const write = { idempotencyKey: newKey(this.#connection.clock), what, advice: `${verb} it again` };
    return this.#connection.ask<Backfill>({ method: "POST", path: `${pathOf(id)}/${verb}`, field: "id", write });
  }
}

function pathOf(id: unknown): string {
  const segment = segmentOf(id);
  if (segment === undefined) throw new BelfryError("E_BACKFILL_UNKNOWN", { value: id });
  return `/v1/backfills/${segment}`;
}
