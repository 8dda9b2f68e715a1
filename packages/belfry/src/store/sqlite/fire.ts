import { decideLinks, type Stand, standColumns } from "./links.ts";
import { addSpan } from "./spans.ts";
import type { Slots, Turn } from "./turn.ts";
import type { FiringTuple, FiringWire } from "./wire.ts";

/** `LedgerStore.fire`. */
export function fire(turn: Turn, firings: readonly FiringTuple[], by: Slots): FiringWire[] {
  if (!turn.renew(by.epoch)) return firings.map(() => "dead");
  const sql = `SELECT ${standColumns} FROM json_each(?) j CROSS JOIN schedules s ON s.schedule = j.value WHERE s.removed = 0`;
  const stands = turn.db.all<Stand>(sql, `[${firings.map(([id]) => id).join()}]`);
  const byId = new Map(stands.map((stand) => [stand.schedule, stand]));
  return firings.map((firing) => decide(turn, byId.get(firing[0]), firing, by));
}

function decide(turn: Turn, stand: Stand | undefined, firing: FiringTuple, by: Slots): FiringWire {
  const [id, version, cursor, newCursor, wasDueAt, nextAt, dueAt, links] = firing;
  // Not as the planner believed when it decided.
  if (stand?.version !== version || stand.cursor !== cursor) return "stale";
  if (wasDueAt > turn.now) return "early";
  const sql = "UPDATE schedules SET cursor = ?, due_at = ?, next_at = ? WHERE schedule = ?";
  turn.db.run(sql, newCursor, dueAt, nextAt === dueAt ? undefined : nextAt, id);
  const idle = idleReason(turn, stand.task);
  if (idle) addSpan(turn, stand, cursor, newCursor, idle);
  const answers = idle ? links.map(() => idle) : decideLinks(turn, stand, links, by);
  stand.cursor = newCursor;
  turn.noteDecided(newCursor);
  return answers;
}

/** Why no instant of a task fires. */
export function idleReason(turn: Turn, task: number): "removed" | "disabled" | undefined {
  const info = turn.task(task);
  if (!info?.defined) return "removed";
  return info.enabled ? undefined : "disabled";
}
