import type { Upcoming } from "../schedules.ts";
import { upcomingValues } from "./definitions.ts";
import { addSpan, type Chained } from "./spans.ts";
import { isFired } from "./states.ts";
import type { Turn } from "./turn.ts";

/** Sets a schedule whose cursor lies ahead back to now: nothing after now is decided any more. */
export function rewind(turn: Turn, chained: Chained & { readonly removed: number }, upcoming: Partial<Upcoming>): void {
  const { db, now } = turn;
  const { schedule, removed } = chained;
  for (const [table, start] of [
    ["spans", "after"],
    ["past_schedules", "since"],
  ]) {
    db.run(`DELETE FROM ${table} WHERE schedule = ? AND ${start} >= ?`, schedule, now);
    db.run(`UPDATE ${table} SET up_to = ? WHERE schedule = ? AND up_to > ?`, now, schedule, now);
  }
  addSpan(turn, chained, endOf(turn, schedule), now, "skipped");
  const sql = `UPDATE schedules SET cursor = ?, rewound_from = max(cursor, coalesce(rewound_from, cursor)), since = min(since, ?),
      changed_at = min(changed_at, ?), due_at = ?, next_at = ?, version = version + 1 WHERE schedule = ?`;
  db.run(sql, now, now, now, ...upcomingValues(removed === 1 ? {} : upcoming), schedule);
}

/** Where what is decided until now ends: the chain, or where nothing is left of that, what the first definition began with. */
function endOf({ db, now }: Turn, schedule: number): number {
  const sql = `SELECT coalesce(
      (SELECT max(scheduled_for) FROM runs WHERE ${isFired} AND schedule = s.schedule AND scheduled_for <= ?), 0) AS fired,
    coalesce((SELECT max(up_to) FROM spans WHERE schedule = s.schedule), 0) AS spanned,
    min(s.since, coalesce((SELECT min(since) FROM past_schedules WHERE schedule = s.schedule), s.since)) AS begun
    FROM schedules s WHERE s.schedule = ?`;
  const {
    fired = 0,
    spanned = 0,
    begun = now,
  } = db.get<{ fired: number; spanned: number; begun: number }>(sql, now, schedule) ?? {};
  return Math.max(fired, spanned) || begun;
}
