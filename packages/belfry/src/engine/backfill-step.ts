import type { CompiledSchedule } from "../schedule/compile.ts";
import type { BackfillRow, Reprocess } from "../store/backfills.ts";
import type { InstantOutcome } from "../store/ledger.ts";

/** Where a backfill stands among the instants of its range. */
type Place = Pick<BackfillRow, "from" | "to" | "order" | "position">;

/** The next instants of a backfill in its order, at most `limit`. */
export function nextInstants(schedule: CompiledSchedule, place: Place, limit: number): number[] {
  const { from, to, order, position } = place;
  if (order === "oldest") return schedule.between(position ?? from - 1, to, limit);
  const instants: number[] = [];
  let instant = schedule.previous(position ?? to + 1);
  while (instant !== undefined && instant >= from && instants.length < limit) {
    instants.push(instant);
    instant = schedule.previous(instant);
  }
  return instants;
}

/** Whether an instant that has this run is to run again. One whose run is unfinished never is, but with `all`. */
export function isWanted(outcome: InstantOutcome, reprocess: Reprocess): boolean {
  if (reprocess === "all" || outcome === "none") return true;
  return reprocess === "failed" && outcome === "failed";
}

/** How far one step goes. */
export interface Reach {
  readonly wanted: readonly number[];
  readonly passed: number;
  /** The last instant that is handled. */
  readonly position?: number;
}

/** Takes the instants in their order as long as there is room for a run of each that is wanted. */
export function reach(
  instants: readonly number[],
  outcomes: readonly InstantOutcome[],
  reprocess: Reprocess,
  room: number,
): Reach {
  const wanted: number[] = [];
  let [passed, position]: [number, number | undefined] = [0, undefined];
  for (const [index, instant] of instants.entries()) {
    const isNext = isWanted(outcomes[index] ?? "none", reprocess);
    if (isNext && wanted.length >= room) break;
    if (isNext) wanted.push(instant);
    else passed += 1;
    position = instant;
  }
  return { wanted, passed, ...(position === undefined ? {} : { position }) };
}
