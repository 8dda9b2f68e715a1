import { defaults } from "../../../src/base/limits.ts";
import type { SkipReason } from "../../../src/store/ledger.ts";
import { compiledOf } from "../pending.ts";
import type { ScheduleView } from "../shadow.ts";

/** One link of a schedule's chain: an instant that fires, or instants in (after, upTo] that do not, and why. */
export type Link =
  | { readonly fired: number; readonly after: number; readonly upTo: number; readonly runId?: string }
  | { readonly fired?: undefined; readonly after: number; readonly upTo: number; readonly reason: SkipReason };

/**
 * What rule 5.7 says of a schedule's due instants, written down a second time: every one of them is looked at. `now` is
 * the store's clock as the one who decides takes it.
 */
export function judge(
  schedule: ScheduleView,
  now: number,
): { missedUpTo?: number; fire?: number; cursor: number } | undefined {
  const due = compiledOf(schedule.spec).between(schedule.cursor, now, Number.POSITIVE_INFINITY);
  const newest = due.at(-1);
  if (newest === undefined) return undefined;
  const isLate = now - newest > defaults.lateAfterMs;
  const fires = !isLate || (schedule.catchUp === "latest" && now - newest <= defaults.catchUpWindowMs);
  if (!fires) return { missedUpTo: newest, cursor: newest };
  return { missedUpTo: due.at(-2), fire: newest, cursor: newest };
}

/** Links in their order, neighbours with the same reason as one. */
export function joined(links: readonly Link[]): Link[] {
  const chain: Link[] = [];
  for (const link of links) {
    const last = chain.at(-1);
    const same =
      last &&
      last.fired === undefined &&
      link.fired === undefined &&
      last.reason === link.reason &&
      last.upTo === link.after;
    if (same) chain[chain.length - 1] = { ...last, upTo: link.upTo };
    else chain.push(link);
  }
  return chain;
}
