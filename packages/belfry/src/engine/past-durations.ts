import { type Durations, durationsOf } from "../account/durations.ts";
import { limits } from "../base/limits.ts";
import type { RunRow } from "../run/record.ts";
import type { Store } from "../store/store.ts";
import { readRunPage } from "./run-page.ts";

/** By how many of a task's newest runs it is told how long they take. */
const runsMax = 100;

/** How long the task's newest completed runs took. */
export async function pastDurations(store: Store, task: string): Promise<Durations | undefined> {
  const runs: Pick<RunRow, "startedAt" | "completedAt">[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(limits.pageItemsMax, runsMax - runs.length);
    const page = await readRunPage(store.runs, { task, status: "completed", limit, ...(cursor ? { cursor } : {}) });
    runs.push(...page.items.map(({ startedAt, completedAt }) => ({ startedAt, completedAt })));
    cursor = page.cursor;
  } while (cursor !== undefined && runs.length < runsMax);
  return durationsOf(runs);
}
