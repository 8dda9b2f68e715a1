import type { DeployInfo } from "../api/account.ts";
import type { Deploys } from "../api/deploys.ts";
import type { Page } from "../api/page.ts";
import { checkInteger, checkOptions, refuseOption } from "../base/options.ts";
import type { Connection } from "./connection.ts";
import { newKey } from "./key.ts";
import { queryOf } from "./path.ts";

/** The sets of definitions that apps on a server had: `client.deploys`. */
export class RemoteDeploys implements Deploys {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async list(options: { app?: string } = {}): Promise<Page<DeployInfo>> {
    const path = `/v1/deploys${queryOf(checkOptions(options, "deploys.list", ["app"]))}`;
    return this.#connection.ask<Page<DeployInfo>>({ method: "GET", path, field: "items" });
  }

  async putBack(number: number, options: { app?: string } = {}): Promise<DeployInfo> {
    const known = checkInteger(number, "number", 1, Number.MAX_SAFE_INTEGER);
    const segment = known ?? refuseOption("number", number, "the number of a deploy");
    const path = `/v1/deploys/${segment}/put-back${queryOf(checkOptions(options, "deploys.putBack", ["app"]))}`;
    const advice = "look at deploys.list() before you ask again";
    const write = { idempotencyKey: newKey(this.#connection.clock), what: `deploy ${segment}`, advice };
    return this.#connection.ask<DeployInfo>({ method: "POST", path, field: "number", write });
  }
}
