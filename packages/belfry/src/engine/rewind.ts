import { upcoming } from "../schedule/decide.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import { readableOf } from "./decision.ts";
import type { Engine } from "./engine.ts";
import { amend, type Change } from "./schedule-amends.ts";
import { schedulePages } from "./schedule-pages.ts";

/**
 * Sets every schedule that was decided further than now back to now, 1,000 in a commit; answers how many these were.
 * Those that were removed are set back, too, and not counted: they may come back.
 */
export async function rewindSchedules(engine: Engine): Promise<number> {
  const { store } = engine;
  const change = rewinding(store.now());
  let count = 0;
  try {
    for await (const { rows } of schedulePages(store, { removed: true })) {
      const amended = await amend(engine, rows, change);
      count += amended.filter(({ row }) => !row.removed).length;
    }
  } finally {
    engine.changed();
  }
  return count;
}

/** For each schedule that was ahead when this began, though time has gone on: the store decides, and notes what is left. */
function rewinding(begunAt: number): Change {
  return (row: ScheduleRow, now: number) => {
    const { id: scheduleId, version, cursor, removed } = row;
    if (cursor <= begunAt) return undefined;
    const schedule = removed ? undefined : readableOf(row)?.schedule;
    const next = schedule && upcoming(schedule, now);
    return { scheduleId, version, kind: "rewind", draftedAt: now, ...next };
  };
}
