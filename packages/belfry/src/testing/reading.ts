import type { LogItem } from "../api/runs.ts";
import type { FiringItem } from "../api/schedules.ts";
import { toFiringItem } from "../engine/schedule-info.ts";
import { toIso } from "../run/record.ts";
import type { SkipReason } from "../store/ledger.ts";
import type { LogLine } from "../store/logs.ts";
import type { TestSchedule } from "./schedule.ts";

/** A decision about an instant of a schedule, or about several that did not fire for the same reason. */
export interface TestFiring extends FiringItem {
  task: string;
  /** The schedule's key. */
  schedule: string;
}

/** What was decided about a schedule's instants and is kept, oldest first. */
export function firingsOf({ task, key, ledger }: TestSchedule): TestFiring[] {
  return ledger.all().map((item) => ({ task: task.row.name, schedule: key, ...toFiringItem(item) }));
}

/** The instants from `from` to `to` that fired, ascending, as far as they are kept. */
export function firedIn(schedules: readonly TestSchedule[], from: number, to: number): number[] {
  const fired = schedules.flatMap(({ ledger }) =>
    ledger.all().flatMap(({ decision, upTo }) => (decision === "fired" && upTo >= from && upTo <= to ? [upTo] : [])),
  );
  return fired.sort((one, other) => one - other);
}

/** Why the instants from `from` to `to` did not fire, each reason once, as far as they are kept. */
export function reasonsIn(schedules: readonly TestSchedule[], from: number, to: number): SkipReason[] {
  const reasons = new Set<SkipReason>();
  for (const { ledger } of schedules) {
    for (const { decision, after, upTo } of ledger.all()) {
      if (decision !== "fired" && upTo >= from && after < to) reasons.add(decision);
    }
  }
  return [...reasons];
}

/** The first instant whose decision is kept where others were dropped. */
export function keptFrom(schedule: TestSchedule): number {
  if (!schedule.ledger.hasDropped) return -Infinity;
  return schedule.ledger.all()[0]?.upTo ?? Infinity;
}

/** A line of a run's log, as `runs.logs` answers it. */
export function toLogItem({ at, attempt, level, message, data }: LogLine): LogItem {
  const line = { at: toIso(at), attempt, level, message };
  return data === undefined ? line : { ...line, data: JSON.parse(data) as unknown };
}
