import { defaults } from "../base/limits.ts";
import { decideDue } from "../schedule/decide.ts";
import type { Decided } from "../store/ledger.ts";
import type { ScheduleRow, Settlement, Upcoming } from "../store/schedules.ts";
import { type Readable, readRow } from "./readable.ts";

/** What is decided about a row's due instants, and what is due after them. */
export interface RowDecision extends Decided {
  readonly next?: Upcoming;
}

/**
 * Decides a row's due instants, with an id for each run; undefined where none is due. Of a row that cannot be read
 * (`readable` absent) all is `invalid` up to the instant that it stood for, and nothing comes after.
 */
export function decideRow(
  row: ScheduleRow,
  readable: Readable | undefined,
  now: number,
  newId: () => string,
): RowDecision | undefined {
  const { cursor, pause, skipUntil, nextAt, dueAt } = row;
  if (!readable) {
    const isDue = nextAt !== undefined && dueAt !== undefined && dueAt <= now && nextAt > cursor;
    const links = [{ after: cursor, upTo: nextAt ?? cursor, reason: "invalid" as const }];
    return isDue ? { links, newCursor: nextAt, wasDueAt: dueAt } : undefined;
  }
  const { schedule, catchUp } = readable;
  const input = { cursor, now, catchUp, lateAfterMs: defaults.lateAfterMs, pause, skipUntil };
  const decision = decideDue(schedule, input);
  if (!decision) return undefined;
  const { newCursor, wasDueAt, next } = decision;
  const links = decision.links.map((link) => ("instant" in link ? { ...link, runId: newId() } : link));
  return { links, newCursor, wasDueAt, ...(next ? { next } : {}) };
}

/** What the definition that stands says of its due instants, should it change or go. */
export function settlementOf(row: ScheduleRow, now: number, newId: () => string): Settlement {
  const { id: scheduleId, version, cursor } = row;
  const { next: _, ...decided } = decideRow(row, readableOf(row), now, newId) ?? {};
  return { scheduleId, version, cursor, ...decided };
}

/** Undefined for a row that cannot be read. */
export function readableOf(row: Parameters<typeof readRow>[0]): Readable | undefined {
  try {
    return readRow(row);
  } catch {
    return undefined;
  }
}
