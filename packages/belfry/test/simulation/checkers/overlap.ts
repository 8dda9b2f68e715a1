import { limits } from "../../../src/base/limits.ts";
import type { RunView, ScheduleView } from "../shadow.ts";

/** What becomes of an instant that fires: it runs, it waits for earlier runs, or it does not run at all. */
export type Meeting = "free" | "held" | "overlap" | "bufferFull";

/** Rule 5.6, written down a second time: an instant of a schedule meets those of its runs that have not ended. */
export function meet({ overlap }: ScheduleView, unfinished: readonly RunView[]): Meeting {
  if (unfinished.length === 0 || overlap === "allow") return "free";
  if (overlap === "skip") return "overlap";
  if (overlap === "cancelOther") return unfinished.some(({ state }) => state === "running") ? "held" : "free";
  const waiting = unfinished.filter(({ state }) => state === "held").length;
  return waiting >= (overlap === "bufferOne" ? 1 : limits.bufferedMax) ? "bufferFull" : "held";
}
