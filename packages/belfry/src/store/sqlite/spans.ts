import type { SkipReason } from "../ledger.ts";
import type { Turn } from "./turn.ts";

/** Records instants in (after, upTo] that did not fire, joined to the span before where it has the same reason. */
export function addSpan({ db }: Turn, schedule: number, after: number, upTo: number, reason: SkipReason): void {
  if (upTo <= after) return;
  const joined = db.run(
    `UPDATE spans SET up_to = ? WHERE schedule = ? AND up_to = ? AND reason = ?`,
    ...[upTo, schedule, after, reason],
  );
  if (joined === 0)
    db.run("INSERT INTO spans (schedule, up_to, after, reason) VALUES (?, ?, ?, ?)", schedule, upTo, after, reason);
}
