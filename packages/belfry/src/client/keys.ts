import type { KeyInfo, Keys } from "../api/keys.ts";
import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { checkOptions, checkText, refuseOption } from "../base/options.ts";
import type { Connection } from "./connection.ts";
import { newKey } from "./key.ts";
import { segmentOf } from "./path.ts";

/** The API keys of a server's store: `client.keys`. */
export class RemoteKeys implements Keys {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async create(options: Parameters<Keys["create"]>[0]): Promise<KeyInfo & { secret: string }> {
    const known = checkOptions(options, "keys.create", ["name", "scope"]);
    const name =
      checkText(known.name, "name", limits.keyNameCharactersMax) ?? refuseOption("name", undefined, "a name");
    const body = JSON.stringify({ name, scope: known.scope });
    const advice = "list the keys, and revoke the one whose secret nobody was told";
    const what = `key ${JSON.stringify(name)}`;
    const write = { idempotencyKey: newKey(this.#connection.clock), what, advice, isOnce: true } as const;
    const request = { method: "POST", path: "/v1/keys", field: "secret", body, write } as const;
    return this.#connection.ask<KeyInfo & { secret: string }>(request);
  }

  async list(): Promise<KeyInfo[]> {
    const page = await this.#connection.ask<{ items: KeyInfo[] }>({ method: "GET", path: "/v1/keys", field: "items" });
    return page.items;
  }

  async revoke(id: string): Promise<KeyInfo> {
    const segment = segmentOf(id);
    if (segment === undefined) throw new BelfryError("E_KEY_UNKNOWN", { value: id });
    const advice = "revoke it again: what is revoked stays so";
    const write = {
      idempotencyKey: newKey(this.#connection.clock),
      what: `the end of key ${JSON.stringify(id)}`,
      advice,
    };
    const request = { method: "POST", path: `/v1/keys/${segment}/revoke`, field: "id", write } as const;
    return this.#connection.ask<KeyInfo>(request);
  }
}
