import type { Clock } from "../../clock/clock.ts";
import { createInstance } from "../../create.ts";
import type { Instance } from "../../engine/instance.ts";
import type { Logger } from "../../engine/logger.ts";
import type { Environment } from "../../engine/options.ts";
import { parseBelfryOptions } from "../../engine/options.ts";
import type { Listening } from "../../server/listen.ts";
import type { Task } from "../../task/definition.ts";
import type { ProjectConfig } from "../config.ts";

/** How long requests under way may take when the server closes. */
const closeMsMax = 5_000;

interface ServeOptions {
  readonly tasks: readonly Task[];
  readonly environment: Environment;
  readonly clock: Clock;
  /** Where the config names none. */
  readonly logger: Logger;
  /** False: this process runs nothing. */
  readonly work: boolean;
  /** What only a way in decides. */
  readonly own?: Parameters<typeof createInstance>[2];
}

/** A project's engine, and its server where it has one. */
export class Service {
  readonly engine: Instance;
  readonly #config: ProjectConfig;
  readonly #options: ServeOptions;
  #listening: Listening | undefined;

  /** Opens nothing yet. Throws what `createBelfry` does. */
  constructor(config: ProjectConfig, options: ServeOptions) {
    const { environment, tasks, work, logger, own } = options;
    this.#config = config;
    this.#options = options;
    const engineOptions = { logger, ...config.options, store: config.store, tasks, work };
    this.engine = createInstance(engineOptions, environment, own);
  }

  /** Starts the engine; makes the first key where BELFRY_BOOTSTRAP_KEY gives one. Rejects as `start()` does. */
  async start(): Promise<void> {
    await this.engine.start();
    const secret = this.#options.environment.BELFRY_BOOTSTRAP_KEY;
    if (secret) await this.engine.keys.bootstrap(secret);
  }

  /** Listens, and answers the URL. Rejects E_LISTEN and E_DOOR. */
  async listen(): Promise<string> {
    const { listen } = await import("../../server/listen.ts");
    const { host, port, options } = this.#config;
    const { clock } = this.#options;
    const { settings, door } = parseBelfryOptions({ logger: this.#options.logger, ...options, store: "-" }, {});
    this.#listening = await listen(this.engine, { host, port, ...door, logger: settings.logger, clock });
    return this.#listening.url;
  }

  /** Takes no request more, and waits for those under way. */
  async closeServer(): Promise<void> {
    await this.#listening?.close(closeMsMax);
  }

  /** Closes the server, then stops the engine with its grace. */
  async stop(): Promise<void> {
    try {
      await this.closeServer();
    } finally {
      await this.engine.stop();
    }
  }
}

/** How long `stop()` of an engine with these options may take at most, with time to spare. */
export function stopMsMax(options: ProjectConfig["options"]): number {
  const { stopGraceMs } = parseBelfryOptions({ ...options, store: "-" }, {}).settings;
  return 2 * stopGraceMs + closeMsMax + 20_000;
}
