import { limits } from "../../base/limits.ts";
import type { Decided } from "../ledger.ts";
import type { ScheduleDefinition, ScheduleRow, ScheduleRules, Settlement } from "../schedules.ts";
import type { TaskRow } from "../tasks.ts";
import { decideLinks, refusalOf } from "./fire.ts";
import { take } from "./ordered.ts";
import { addSpan } from "./rewind.ts";
import type { MemorySchedule } from "./rows.ts";
import type { MemoryState } from "./state.ts";

/** All that a definition says, absent fields included. */
export function rulesOf(rules: ScheduleRules): ScheduleRules {
  const { key, spec, payload, priority, overlap, catchUp, pauseOnFailure } = rules;
  return { key, spec, payload, priority, overlap, catchUp, pauseOnFailure };
}

/** Whether its first instant has passed: it was computed for an earlier time. */
export function isLate({ nextAt }: { nextAt?: number }, now: number): boolean {
  return nextAt !== undefined && nextAt <= now;
}

/** Whether it is said how the schedule's due instants are settled, as it stands, and none of them before it is due. */
export function isSettled(
  state: MemoryState,
  schedule: MemorySchedule,
  settlement: Settlement | undefined,
): settlement is Settlement {
  return settlement !== undefined && state.stands(schedule, settlement) && (settlement.wasDueAt ?? 0) <= state.now();
}

/**
 * Gives the task this schedule from now on: it has no instants before. Its chain goes on where it has one; what it was
 * before must be settled.
 */
export function define(
  state: MemoryState,
  { id: taskId, name: task, app }: TaskRow,
  definition: ScheduleDefinition,
  { origin, author, release }: Pick<MemorySchedule, "origin" | "author" | "release">,
): MemorySchedule {
  const now = state.now();
  const { nextAt, dueAt } = definition;
  const known = state.schedules.find(taskId, definition.key);
  if (known?.removed) addSpan(state, known, known.cursor, now, "removed");
  const start = Math.max(now, known?.cursor ?? now);
  const fields = {
    ...{ taskId, task, app, ...rulesOf(definition), nextAt, dueAt, origin, author, release },
    ...{ version: (known?.version ?? 0) + 1, cursor: start, since: start, changedAt: now, removed: false },
  };
  state.schedules.noteDecided(now);
  if (known) {
    state.schedules.update(known, fields);
    return known;
  }
  const schedule: MemorySchedule = { id: state.nextNumber(), ...fields, failures: 0 };
  state.schedules.set(schedule.id, schedule);
  return schedule;
}

/** Takes the schedule away; what was due of it and undecided is removed with it. */
export function remove(state: MemoryState, schedule: MemorySchedule): void {
  retire(state, schedule, "removed");
  const { version } = schedule;
  state.schedules.update(schedule, {
    ...{ removed: true, version: version + 1, nextAt: undefined, dueAt: undefined },
    ...{ pause: undefined, skipUntil: undefined, failures: 0 },
  });
}

/** The old definition's last word: its due instants are judged, what is left of them is removed with it. */
export function settle(state: MemoryState, schedule: MemorySchedule, { links, newCursor }: Partial<Decided>): void {
  const refusal = refusalOf(state, schedule);
  if (links && newCursor !== undefined && !refusal) decideLinks(state, schedule, { links, newCursor });
  retire(state, schedule, refusal ?? "removed");
}

/** Ends the chain of the definition at now, and keeps it among the past ones. */
function retire(state: MemoryState, schedule: MemorySchedule, reason: "removed" | "disabled"): void {
  const { id, since, cursor, author, release } = schedule;
  const now = state.now();
  addSpan(state, schedule, cursor, now, reason);
  // After a step back of the clock the chain's end lies ahead, and stays.
  schedule.cursor = Math.max(now, cursor);
  state.schedules.noteDecided(now);
  if (schedule.cursor <= since) return;
  const past = { ...rulesOf(schedule), since, upTo: schedule.cursor, author, release };
  state.past.set(id, [...(state.past.get(id) ?? []), past]);
}

/** The schedule, and the unfinished runs that it made: what a change of it answers. */
export function seen(state: MemoryState, schedule: MemorySchedule): { row: ScheduleRow; runs: string[] } {
  return { row: toRow(schedule), runs: unfinishedOf(state, schedule) };
}

export function unfinishedOf(state: MemoryState, { id }: MemorySchedule): string[] {
  return take(state.runs.unfinished.of(id), limits.runsListedMax).map((run) => run.id);
}

export function toRow({ removed, release: _, rewoundFrom: __, ...row }: MemorySchedule): ScheduleRow {
  return removed ? { ...row, removed } : row;
}
