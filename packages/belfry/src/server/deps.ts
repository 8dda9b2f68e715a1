import type { Clock } from "../clock/clock.ts";
import type { DoorOptions } from "../engine/door.ts";
import type { Instance } from "../engine/instance.ts";
import type { Logger } from "../engine/logger.ts";
import type { Hub } from "./hub.ts";
import type { Metrics } from "./metrics.ts";

/** What the HTTP API is served from. */
export interface AppDeps {
  readonly engine: Instance;
  readonly hub: Hub;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly door: DoorOptions;
}
