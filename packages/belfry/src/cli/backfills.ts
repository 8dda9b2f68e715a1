import type { Backfill } from "../api/backfills.ts";
import { limits } from "../base/limits.ts";
import { type Clock, sleep } from "../clock/clock.ts";
import { Interrupted } from "./exit.ts";
import type { Output } from "./output.ts";
import type { Work } from "./remote.ts";
import type { Column } from "./table.ts";

/** How often a command that waits for a backfill asks again, in milliseconds: soon at first, then less often. */
const askAgainMs = { first: 50, most: 1_000 };

/** Answers how a backfill stands. */
export function answerBackfill(backfill: Backfill, output: Output): void {
  output.answer(backfill, () => output.record(backfill));
}

/**
 * Waits until a backfill has ended, and counts the runs of it that did not end well. Rejects `Interrupted` once the
 * work's signal is aborted: the backfill goes on.
 */
export async function followBackfill(
  { id }: Backfill,
  { api, output, signal }: Pick<Work, "api" | "output" | "signal">,
  clock: Clock,
): Promise<{ backfill: Backfill; failed: number }> {
  try {
    for (let waitMs = askAgainMs.first; ; waitMs = Math.min(waitMs * 2, askAgainMs.most)) {
      const backfill = await api.backfills.get(id);
      output.live(progressText(backfill));
      if (hasEnded(backfill)) return { backfill, failed: await countFailed(backfill, { api }) };
      await sleep(clock, waitMs, signal);
      if (signal.aborted) throw new Interrupted(`the backfill goes on; \`belfry backfill show ${id}\` tells of it`);
    }
  } finally {
    output.live("");
  }
}

function hasEnded({ state, unfinished }: Backfill): boolean {
  return state === "done" || (state === "cancelled" && unfinished === 0);
}

function progressText({ id, state, made, unfinished, passed, position = "" }: Backfill): string {
  return `${id} ${state}: ${made} made, ${unfinished} unfinished, ${passed} passed over ${position}`.trimEnd();
}

/** How many of a backfill's runs have failed, a page at a time. */
async function countFailed({ id, task, createdAt }: Backfill, { api }: Pick<Work, "api">): Promise<number> {
  const query = { task, trigger: "backfill", status: "errors", from: new Date(createdAt) } as const;
  let failed = 0;
  let cursor: string | undefined;
  do {
    const page = await api.runs.list({ ...query, limit: limits.pageItemsMax, cursor });
    failed += page.items.filter(({ backfill }) => backfill === id).length;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return failed;
}

/** How backfills are shown in a table. */
export const backfillColumns: Column<Backfill>[] = [
  { title: "id", of: (one) => one.id },
  { title: "task", of: (one) => one.task },
  { title: "key", of: (one) => one.key },
  { title: "state", of: (one) => one.state },
  { title: "from", of: (one) => one.from },
  { title: "to", of: (one) => one.to },
  { title: "made", of: (one) => one.made },
  { title: "unfinished", of: (one) => one.unfinished },
  { title: "passed", of: (one) => one.passed },
];
