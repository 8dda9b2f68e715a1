import type { LogItem } from "../api/runs.ts";
import type { FiringItem } from "../api/schedules.ts";
import { toIso } from "../run/record.ts";
import type { SkipReason } from "../store/ledger.ts";
import type { LogLine } from "../store/logs.ts";
import type { TestLedgerItem, TestSchedule } from "./schedule.ts";

/** A decision about an instant of a schedule, or about several that did not fire for the same reason. */
export interface TestFiring extends FiringItem {
  task: string;
  /** The schedule's key. */
  schedule: string;
}

/** What was decided about a schedule's instants and is kept, oldest first. */
export function firingsOf(schedule: TestSchedule): TestFiring[] {
  return schedule.ledger.all().map((item) => toFiring(schedule, item));
}

function toFiring({ task, key }: TestSchedule, item: TestLedgerItem): TestFiring {
  const { after, upTo, decision, trackingId, latenessMs } = item;
  const names = { task: task.row.name, schedule: key };
  if (decision !== "fired") return { ...names, instant: toIso(after), upTo: toIso(upTo), decision };
  const lateness = latenessMs === undefined ? {} : { latenessMs };
  return { ...names, instant: toIso(upTo), decision, trackingId, ...lateness };
}

/** The instants from `from` to `to` that fired, as far as they are kept. */
export function firedIn(schedule: TestSchedule, from: number, to: number): number[] {
  return schedule.ledger.all().flatMap(({ decision, upTo }) => {
    return decision === "fired" && upTo >= from && upTo <= to ? [upTo] : [];
  });
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
