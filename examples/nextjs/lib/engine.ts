import { createBelfry } from "belfry";
import { tasks } from "./tasks.ts";

const make = (work: boolean) => createBelfry({ store: process.env.BELFRY_STORE ?? "sqlite:belfry.db", tasks, work });
type Engine = ReturnType<typeof make>;

/**
 * What outlives the modules. Next evaluates this file again after every change under `next dev`, and once for each of
 * its bundles: a variable of the module would be another one each time, and so would the engine in it.
 */
const kept = globalThis as typeof globalThis & { belfryEngine?: Promise<Engine> };

/**
 * The one engine of this process, started. `work: true` runs tasks; `work: false` only triggers and reads, for routes
 * that run where no `instrumentation.ts` has started a working one: serverless functions, or a web process beside a
 * worker. Who asks first decides.
 */
export function engine({ work }: { work: boolean }): Promise<Engine> {
  kept.belfryEngine ??= start(work).catch((error) => {
    // The next request tries again.
    kept.belfryEngine = undefined;
    throw error;
  });
  return kept.belfryEngine;
}

async function start(work: boolean): Promise<Engine> {
  const belfry = make(work);
  await belfry.start();
  // Next ends its own server on SIGTERM; what runs ends here, or is given back at once.
  process.once("SIGTERM", () => void belfry.stop());
  return belfry;
}
