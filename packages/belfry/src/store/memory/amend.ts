import type { AmendAnswer, Amendment, Upcoming } from "../schedules.ts";
import { isLate, seen } from "./definitions.ts";
import { addSpan, rewind } from "./rewind.ts";
import type { MemorySchedule } from "./rows.ts";
import type { MemoryState } from "./state.ts";

/** One item of `ScheduleStore.amend`. */
export function amend(state: MemoryState, amendment: Amendment): AmendAnswer {
  const schedule = state.schedules.get(amendment.scheduleId);
  if (!schedule || (schedule.removed && amendment.kind !== "rewind")) return { outcome: "unknown" };
  const now = state.now();
  if (schedule.version !== amendment.version) return { outcome: "stale", now };
  switch (amendment.kind) {
    case "pause":
      schedule.pause = { at: now, ...amendment.pause };
      break;
    case "skip":
      schedule.skipUntil = amendment.until;
      break;
    case "resume":
      if (!schedule.pause) return { outcome: "unchanged", ...seen(state, schedule) };
      if (amendment.draftedAt > now || isLate(amendment, now)) return { outcome: "stale", now };
      resume(state, schedule, amendment);
      break;
    case "rewind":
      if (schedule.cursor <= now) return { outcome: "unchanged", ...seen(state, schedule) };
      if (amendment.draftedAt > now || isLate(amendment, now)) return { outcome: "stale", now };
      rewind(state, schedule, amendment);
  }
  schedule.version += 1;
  state.changes += 1;
  return { outcome: "amended", ...seen(state, schedule) };
}

/** What was due until now did not fire; the schedule goes on with what comes after. */
function resume(state: MemoryState, schedule: MemorySchedule, { nextAt, dueAt }: Partial<Upcoming>): void {
  const { cursor } = schedule;
  const now = state.now();
  addSpan(state, schedule, cursor, now, "paused");
  state.schedules.update(schedule, { pause: undefined, failures: 0, cursor: Math.max(now, cursor), nextAt, dueAt });
  state.schedules.noteDecided(now);
}
