import type { RunRow } from "../run/record.ts";

/** How long the runs of a task took: from the first attempt's start to the end. */
export interface Durations {
  readonly meanMs: number;
  /** All but one in twenty took no longer. */
  readonly mostMs: number;
}

/** How long these runs took; undefined where none of them has completed. */
export function durationsOf(runs: readonly Pick<RunRow, "startedAt" | "completedAt">[]): Durations | undefined {
  const known = runs.flatMap(({ startedAt, completedAt }) =>
    startedAt === undefined || completedAt === undefined ? [] : [completedAt - startedAt],
  );
  if (known.length === 0) return undefined;
  known.sort((a, b) => a - b);
  const meanMs = known.reduce((sum, one) => sum + one, 0) / known.length;
  return { meanMs, mostMs: known[Math.ceil(known.length * 0.95) - 1] as number };
}
