import { limits } from "../../base/limits.ts";
import type { Overlap } from "../../schedule/overlap.ts";
import { replacedReason } from "../reasons.ts";
import { cancelLive } from "./cancel.ts";
import { isFired, isIn, unfinished } from "./states.ts";
import type { Turn } from "./turn.ts";

/** What becomes of an instant: its run starts, its run waits, or it does not fire. */
export type Place = "free" | "held" | "overlap" | "bufferFull";

/** An instant that would fire. The runs that it ends go into `replaced`. */
export interface Candidate {
  readonly instant: number;
  readonly replaced: string[];
}

/** Judges an instant that would fire while a run that its schedule made is unfinished. */
export function placeBehind(turn: Turn, schedule: number, overlap: Overlap, candidate: Candidate): Place {
  switch (overlap) {
    case "allow":
      return "free";
    case "skip":
      return "overlap";
    case "bufferOne":
      return heldOf(turn, schedule) < 1 ? "held" : "bufferFull";
    case "bufferAll":
      return heldOf(turn, schedule) < limits.bufferedMax ? "held" : "bufferFull";
    case "cancelOther":
      return replace(turn, schedule, candidate) ? "free" : "held";
  }
}

/** How many runs of the schedule are held. */
function heldOf({ db, followers }: Turn, schedule: number): number {
  if (!followers.areHeld) return 0;
  return db.value<number>(`SELECT count(*) FROM runs WHERE ${isIn("held")} AND schedule = ?`, schedule) ?? 0;
}

/** Cancels what is unfinished, the newest first: so nothing that is held goes on meanwhile. Answers whether all ended. */
function replace(turn: Turn, schedule: number, { instant, replaced }: Candidate): boolean {
  const sql = `SELECT seq, id FROM runs WHERE schedule = ? AND ${isFired} AND ${unfinished} ORDER BY seq DESC`;
  const reason = replacedReason(instant);
  const runs = turn.db.tuples<[number, string]>(sql, schedule);
  for (const [seq, id] of runs) if (cancelLive(turn, seq, reason)) replaced.push(id);
  return replaced.length === runs.length;
}
