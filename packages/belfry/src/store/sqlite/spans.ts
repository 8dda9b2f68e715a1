import type { SkipReason } from "../ledger.ts";
import { isFired } from "./states.ts";
import type { Turn } from "./turn.ts";

/** A schedule as its ledger needs it. */
export interface Chained {
  readonly schedule: number;
  /** The cursor that it was set back from: up to there an instant may have its run already. */
  readonly rewound_from: number | null;
}

/** Records instants in (after, upTo] that did not fire, all but those that have a run from before a rewinding. */
export function addSpan(turn: Turn, chained: Chained, after: number, upTo: number, reason: SkipReason): void {
  const { schedule, rewound_from: rewoundFrom } = chained;
  let from = after;
  if (rewoundFrom !== null && after < rewoundFrom && after < upTo) {
    const sql = `SELECT scheduled_for FROM runs WHERE ${isFired} AND schedule = ? AND scheduled_for > ? AND scheduled_for <= ?
      ORDER BY scheduled_for`;
    for (const [instant] of turn.db.tuples<[number]>(sql, schedule, after, upTo)) {
      addOne(turn, schedule, from, instant - 1, reason);
      from = instant;
    }
  }
  addOne(turn, schedule, from, upTo, reason);
}

/** Joined to the span before where it has the same reason. */
function addOne({ db }: Turn, schedule: number, after: number, upTo: number, reason: SkipReason): void {
  if (upTo <= after) return;
  const joined = db.run(
    `UPDATE spans SET up_to = ? WHERE schedule = ? AND up_to = ? AND reason = ?`,
    ...[upTo, schedule, after, reason],
  );
  if (joined === 0)
    db.run("INSERT INTO spans (schedule, up_to, after, reason) VALUES (?, ?, ?, ?)", schedule, upTo, after, reason);
}

/** The run that fired the instant before the schedule was set back. */
export function ranBefore({ db }: Turn, { schedule, rewound_from }: Chained, instant: number): string | undefined {
  if (rewound_from === null || instant > rewound_from) return undefined;
  return db.value<string>(
    `SELECT id FROM runs WHERE ${isFired} AND schedule = ? AND scheduled_for = ?`,
    schedule,
    instant,
  );
}
