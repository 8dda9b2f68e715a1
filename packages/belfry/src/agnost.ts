import type { RunOptions, TaskHandle } from "./api/handle.ts";
import { BelfryError } from "./base/errors.ts";
import { type GlobalEngine, shared } from "./engine/global.ts";

/** The seed's door to the tasks, without naming an engine. */
export interface Agnost {
  /**
   * A task by its exact name, on the engine that this code belongs to: inside a handler the one that runs it, else the
   * one that is started in this process. Never throws; the handle's methods reject E_NO_ENGINE when there is none, and
   * E_ENGINE_AMBIGUOUS when there are several.
   */
  task(name: string): TaskHandle;
}

/** The seed's door: `await agnost.task("billOnDemand").run()`. */
export const agnost: Agnost = {
  task: (name) => ({
    run: async (options?: RunOptions) => findEngine().task(name).run(options),
    runAndWait: async (options?: RunOptions) => findEngine().task(name).runAndWait(options),
    getTaskStatus: async (trackingId: string) => findEngine().task(name).getTaskStatus(trackingId),
  }),
};

function findEngine(): GlobalEngine {
  const { engines, inside } = shared();
  const here = inside.getStore()?.engine;
  if (here) return here;
  const [only] = engines;
  if (engines.size > 1) throw new BelfryError("E_ENGINE_AMBIGUOUS", { count: engines.size });
  if (!only) throw new BelfryError("E_NO_ENGINE", {});
  return only;
}
