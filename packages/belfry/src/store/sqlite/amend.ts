import type { AmendAnswer, Amendment, Pause, Upcoming } from "../schedules.ts";
import { isLate, upcomingValues } from "./definitions.ts";
import { seen } from "./put.ts";
import { rewind } from "./rewind.ts";
import { addSpan, type Chained } from "./spans.ts";
import type { Turn } from "./turn.ts";

interface Amended extends Chained {
  readonly version: number;
  readonly cursor: number;
  readonly isPaused: number;
  readonly removed: number;
}

/** `ScheduleStore.amend`. */
export function amendSchedules(turn: Turn, items: readonly Amendment[]): AmendAnswer[] {
  const answers = items.map((item) => amendOne(turn, item));
  if (items.some(({ kind }) => kind === "rewind")) turn.lowerNewest();
  return answers;
}

function amendOne(turn: Turn, item: Amendment): AmendAnswer {
  const { db, now } = turn;
  const { scheduleId } = item;
  const sql = `SELECT schedule, version, cursor, removed, rewound_from, pause IS NOT NULL AS isPaused FROM schedules
    WHERE schedule = ?`;
  const found = db.get<Amended>(sql, scheduleId);
  if (!found || (found.removed === 1 && item.kind !== "rewind")) return { outcome: "unknown" };
  if (found.version !== item.version) return { outcome: "stale", now };
  switch (item.kind) {
    case "pause":
      set(turn, scheduleId, "pause", JSON.stringify({ at: now, ...item.pause } satisfies Pause));
      break;
    case "skip":
      set(turn, scheduleId, "skip_until", item.until);
      break;
    case "resume":
      if (found.isPaused === 0) return { outcome: "unchanged", ...seen(turn, scheduleId) };
      if (item.draftedAt > now || isLate(turn, item)) return { outcome: "stale", now };
      resume(turn, found, item);
      break;
    case "rewind":
      if (found.cursor <= now) return { outcome: "unchanged", ...seen(turn, scheduleId) };
      if (item.draftedAt > now || isLate(turn, item)) return { outcome: "stale", now };
      rewind(turn, found, item);
  }
  return { outcome: "amended", ...seen(turn, scheduleId) };
}

function set({ db }: Turn, schedule: number, column: "pause" | "skip_until", value: string | number): void {
  db.run(`UPDATE schedules SET ${column} = ?, version = version + 1 WHERE schedule = ?`, value, schedule);
}

/** What was due until now did not fire; the schedule goes on with what comes after. */
function resume(turn: Turn, amended: Amended, upcoming: Partial<Upcoming>): void {
  const { schedule, cursor } = amended;
  addSpan(turn, amended, cursor, turn.now, "paused");
  const sql = `UPDATE schedules SET pause = NULL, failures = 0, cursor = ?, due_at = ?, next_at = ?, version = version + 1
    WHERE schedule = ?`;
  turn.db.run(sql, Math.max(turn.now, cursor), ...upcomingValues(upcoming), schedule);
  turn.noteDecided(turn.now);
}
