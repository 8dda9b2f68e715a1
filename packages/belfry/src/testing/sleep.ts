import type { Simulation } from "./simulation.ts";

/** Resolves after so many milliseconds of virtual time; rejects with the signal's reason as soon as that is aborted. */
export function sleepIn(simulation: Simulation, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const wake = pauseIn(simulation, () => drop());
    const onAbort = () => {
      drop();
      wake();
      reject(signal?.reason);
    };
    const cancel = simulation.time.after(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      wake();
      resolve();
    });
    const drop = () => {
      cancel();
      signal?.removeEventListener("abort", onAbort);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** The code that calls this sleeps until the returned function is called. `drop` is called if its process dies before. */
export function pauseIn(simulation: Simulation, drop: () => void): () => void {
  const { awake } = simulation;
  const activity = simulation.current();
  return activity ? awake.sleep(activity, drop) : () => awake.stir();
}
