import type { DeployInfo } from "../api/account.ts";
import type { Deploys } from "../api/deploys.ts";
import type { Page } from "../api/page.ts";
import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { checkOptions } from "../base/options.ts";
import { toIso } from "../run/record.ts";
import type { DeployRow } from "../store/tasks.ts";
import { checkTaskName } from "../task/name.ts";
import { applySet } from "./deploy.ts";
import type { Engine } from "./engine.ts";

/** The sets of definitions that apps have had: `belfry.deploys`. */
export class StoredDeploys implements Deploys {
  readonly #engine: (call: string) => Engine;

  constructor(engine: (call: string) => Engine) {
    this.#engine = engine;
  }

  async list(options: { app?: string } = {}): Promise<Page<DeployInfo>> {
    const engine = this.#engine("deploys.list()");
    const app = appOf(engine, "deploys.list", options);
    const [rows, current] = await Promise.all([
      engine.store.tasks.deploys(app, limits.deploysKept),
      engine.store.tasks.current(app),
    ]);
    return { items: rows.map((row) => toInfo(row, row.number === current?.number)) };
  }

  async putBack(number: number, options: { app?: string } = {}): Promise<DeployInfo> {
    const engine = this.#engine("deploys.putBack()");
    const { store, clock } = engine;
    const app = appOf(engine, "deploys.putBack", options);
    const standing = await store.tasks.current(app);
    if (standing?.number === number) return toInfo(standing, true);
    const wanted = (await store.tasks.deploys(app, limits.deploysKept)).find((row) => row.number === number);
    const tasks = wanted && (await store.tasks.definitions(app, number));
    if (!wanted || !tasks) throw new BelfryError("E_DEPLOY_UNKNOWN", { app, value: number });
    // Without a release: under its own it would be one that was superseded.
    await applySet(store, clock, { app, digest: wanted.digest, tasks });
    engine.changed();
    const current = await store.tasks.current(app);
    if (!current) throw new BelfryError("E_DEPLOY_UNKNOWN", { app, value: number });
    return toInfo(current, true);
  }
}

function appOf(engine: Engine, call: string, options: { app?: string }): string {
  const { app } = checkOptions(options, call, ["app"]);
  return app === undefined ? engine.settings.app : checkTaskName(app, "app");
}

function toInfo({ number, app, release, digest, appliedAt }: DeployRow, current: boolean): DeployInfo {
  return { number, app, ...(release === undefined ? {} : { release }), digest, appliedAt: toIso(appliedAt), current };
}
