import { limits } from "../base/limits.ts";
import type { ScheduleRow } from "../store/schedules.ts";

/** The first instant that neither a pause nor a skip takes, as they stand now; Infinity for a pause without an end. */
export function freeFrom({ pause, skipUntil }: Pick<ScheduleRow, "pause" | "skipUntil">): number {
  const paused = pause ? (pause.until ?? Number.POSITIVE_INFINITY) : limits.instantMin;
  return Math.max(paused, skipUntil ?? limits.instantMin);
}
