import { systemClock } from "../../packages/belfry/src/clock/system.ts";
import { createInstance } from "../../packages/belfry/src/create.ts";
import { defaultLogger } from "../../packages/belfry/src/engine/logger.ts";
import { createApp } from "../../packages/belfry/src/server/app.ts";
import { Hub } from "../../packages/belfry/src/server/hub.ts";
import { Metrics } from "../../packages/belfry/src/server/metrics.ts";
import { openApiDocument } from "../../packages/belfry/src/server/openapi.ts";
import type { ApiDocument } from "./http.ts";

/** What `/openapi.json` answers. The engine is made and never started: nothing is opened. */
export function servedDocument(): ApiDocument {
  const engine = createInstance({ store: "sqlite:never-opened.db" }, {});
  const deps = { engine, clock: systemClock, logger: defaultLogger };
  const metrics = new Metrics(deps);
  const app = createApp({ ...deps, hub: new Hub(deps), metrics, door: {} });
  metrics.close();
  return openApiDocument(app) as ApiDocument;
}
