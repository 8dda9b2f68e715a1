import { limits } from "../base/limits.ts";
import type { RunRow } from "../run/record.ts";
import type { RunQuery, RunStore } from "../store/runs.ts";

/** By how many rows a page may be larger than its bytes. */
const rowsPerRead = 25;

/**
 * A page of runs: as many as are asked for, fewer where they are large. A thousand runs may hold 512 MiB, which no
 * process should have to gather at once.
 */
export async function readRunPage(runs: RunStore, query: RunQuery): Promise<{ items: RunRow[]; cursor?: string }> {
  const items: RunRow[] = [];
  let bytes = 0;
  let { cursor } = query;
  for (;;) {
    const limit = Math.min(rowsPerRead, query.limit - items.length);
    const page = await runs.list({ ...query, limit, cursor });
    items.push(...page.items);
    bytes += page.items.reduce((sum, row) => sum + sizeOf(row), 0);
    cursor = page.cursor;
    if (cursor === undefined) return { items };
    if (items.length >= query.limit || bytes >= limits.pageBytesMax) return { items, cursor };
  }
}

/** About as many bytes as a run's record has. */
function sizeOf({ payload = "", result = "", attempts }: RunRow): number {
  return payload.length + result.length + JSON.stringify(attempts).length;
}
