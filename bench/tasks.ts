import { type Belfry, createBelfry, defineTask, type Task } from "belfry";

export const noop = defineTask({ name: "noop", handler: async () => {} });

/** An engine on this file. */
export function engine(file: string, options: { work?: boolean; tasks?: readonly Task[] } = {}): Belfry {
  return createBelfry({ store: `sqlite:${file}`, tasks: options.tasks ?? [noop], work: options.work ?? true });
}

/** Makes the file with its schema and its tasks, and leaves it. */
export async function prepare(file: string, tasks: readonly Task[] = [noop]): Promise<void> {
  const belfry = engine(file, { tasks });
  await belfry.start();
  await belfry.stop();
}

/** Calls `call` so often, with at most `flight` calls under way; answers the milliseconds it took. */
export async function inFlight(count: number, flight: number, call: () => Promise<unknown>): Promise<number> {
  let left = count;
  const startedAt = performance.now();
  const caller = async () => {
    while (left-- > 0) await call();
  };
  await Promise.all(Array.from({ length: Math.min(flight, count) }, caller));
  return performance.now() - startedAt;
}
