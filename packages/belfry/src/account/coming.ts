import type { CompiledSchedule } from "../schedule/compile.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import { freeFrom } from "./hold.ts";

/** How many instants are listed before others get their turn. */
const slice = 1_000;

/** A schedule that is ready to be asked. */
export interface Coming {
  readonly spec: ScheduleSpec;
  readonly schedule: CompiledSchedule;
}

/**
 * Calls `fires` with when each run of a schedule is due that is later than `now` and before `to`, ascending: without
 * what a pause or a skip takes. Lets others have their turn after every slice.
 */
export function* dueTimes(
  { spec, schedule }: Coming,
  row: Pick<ScheduleRow, "cursor" | "pause" | "skipUntil">,
  { now, to }: { now: number; to: number },
  fires: (dueAt: number) => void,
): Generator<void> {
  const free = freeFrom(row);
  if (free >= to) return;
  const spreadMs = "at" in spec ? 0 : (spec.spreadMs ?? 0);
  let after = Math.max(row.cursor, now - spreadMs, free - 1);
  for (;;) {
    const instants = schedule.between(after, to - 1, slice);
    for (const instant of instants) {
      const dueAt = schedule.dueAt(instant);
      if (dueAt > now && dueAt < to) fires(dueAt);
    }
    if (instants.length < slice) return;
    after = instants.at(-1) as number;
    yield;
  }
}
