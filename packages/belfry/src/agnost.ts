import type { RunOptions, TaskHandle } from "./api/handle.ts";
import { BelfryError, isBelfryError } from "./base/errors.ts";
import { RemoteBelfry } from "./client/client.ts";
import { environmentOf, parseClientOptions } from "./client/options.ts";
import { type GlobalEngine, shared } from "./engine/global.ts";

/** The seed's door to the tasks, without naming an engine. */
export interface Agnost {
  /**
   * A task by its exact name: inside a handler on the engine that runs it, else on the one that is started in this
   * process, else on the server at the environment's `BELFRY_URL` (default `http://127.0.0.1:7411`), asked with
   * `BELFRY_API_KEY`. Never throws; the handle's methods reject E_NO_ENGINE when there is neither, and
   * E_ENGINE_AMBIGUOUS when several engines are started.
   */
  task(name: string): TaskHandle;
}

/** The seed's door: `await agnost.task("billOnDemand").run()`. */
export const agnost: Agnost = {
  task: (name) => ({
    run: (options?: RunOptions) => ask((door) => door.task(name).run(options)),
    runAndWait: (options?: RunOptions) => ask((door) => door.task(name).runAndWait(options)),
    getTaskStatus: (trackingId: string) => ask((door) => door.task(name).getTaskStatus(trackingId)),
  }),
};

async function ask<T>(call: (door: GlobalEngine) => Promise<T>): Promise<T> {
  const engine = findEngine();
  if (engine) return call(engine);
  const settings = parseClientOptions({});
  // Where nobody named a server and none listens, it is likely that an engine was not started: that is told at once.
  const isGuess = environmentOf("BELFRY_URL") === undefined;
  try {
    return await call(new RemoteBelfry(settings, isGuess));
  } catch (error) {
    if (!isBelfryError(error, "E_UNREACHABLE")) throw error;
    throw new BelfryError("E_NO_ENGINE", { url: settings.url }, { cause: error });
  }
}

function findEngine(): GlobalEngine | undefined {
  const { engines, inside } = shared();
  const here = inside.getStore()?.engine;
  if (here) return here;
  if (engines.size > 1) throw new BelfryError("E_ENGINE_AMBIGUOUS", { count: engines.size });
  const [only] = engines;
  return only;
}
