import { freeFrom } from "../account/hold.ts";
import type { FiringItem, PauseInfo, ScheduleInfo, ScheduleRule } from "../api/schedules.ts";
import { formatDuration } from "../base/duration.ts";
import { textOf } from "../base/text.ts";
import { toIso } from "../run/record.ts";
import { readCatchUp, ruleOf, toCatchUpOption } from "../schedule/catchup.ts";
import type { CompiledSchedule } from "../schedule/compile.ts";
import { newestDue } from "../schedule/decide.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import type { LedgerItem } from "../store/ledger.ts";
import type { Pause, ScheduleRow } from "../store/schedules.ts";
import type { TaskRow } from "../store/tasks.ts";
import { readRow } from "./readable.ts";

const nextShown = 5;

/** A row as people read it. A schedule of a task that is disabled, or not defined (`task` absent), has no next firings. */
export function toScheduleInfo(
  row: ScheduleRow,
  task: Pick<TaskRow, "enabled" | "defined"> | undefined,
  now: number,
): ScheduleInfo {
  const { key, origin, priority, overlap, pauseOnFailure, pause, skipUntil, failures, author } = row;
  const isPaused = pause !== undefined && (pause.until === undefined || pause.until > now);
  const isSkipping = skipUntil !== undefined && skipUntil > now;
  return {
    ...{ task: row.task, key, origin, schedule: ruleIn(row.spec) },
    ...(row.payload === undefined ? {} : { payload: JSON.parse(row.payload) as unknown }),
    ...{ priority, overlap, catchUp: toCatchUpOption(catchUpIn(row.catchUp)) },
    ...(pauseOnFailure === undefined ? {} : { pauseOnFailure }),
    ...(isPaused ? { paused: toPauseInfo(pause) } : {}),
    ...(isSkipping ? { skippedUntil: toIso(skipUntil) } : {}),
    ...(pauseOnFailure === undefined ? {} : { failures }),
    ...(author === undefined ? {} : { author }),
    ...{ changedAt: toIso(row.changedAt), decidedUpTo: toIso(row.cursor) },
    ...aheadOf(row, task?.enabled === true && task.defined, now),
  };
}

/** What is to come of a schedule; or why it cannot be read. */
function aheadOf(row: ScheduleRow, fires: boolean, now: number): Pick<ScheduleInfo, "nextFirings" | "invalid"> {
  try {
    const { schedule } = readRow(row);
    return { nextFirings: fires ? nextFirings(schedule, row, now).map(toIso) : [] };
  } catch (error) {
    return { invalid: textOf(error), nextFirings: [] };
  }
}

/** The instants that are still to fire: after all that is due, what a pause takes and what is skipped. */
function nextFirings(schedule: CompiledSchedule, row: ScheduleRow, now: number): number[] {
  const after = Math.max(row.cursor, newestDue(schedule, now) ?? row.cursor, freeFrom(row) - 1);
  return schedule.between(after, Infinity, nextShown);
}

function toPauseInfo({ at, reason, author, until }: Pause): PauseInfo {
  return {
    since: toIso(at),
    ...(reason === undefined ? {} : { reason }),
    ...(author === undefined ? {} : { author }),
    ...(until === undefined ? {} : { until: toIso(until) }),
  };
}

function catchUpIn(text: string) {
  try {
    return readCatchUp(text);
  } catch {
    return ruleOf("skip");
  }
}

/** The rule in a row; of one that cannot be read its text, as a pattern that is none. */
export function ruleIn(text: string): ScheduleRule {
  try {
    return toRule(JSON.parse(text) as ScheduleSpec);
  } catch {
    return { cron: text, timezone: "UTC" };
  }
}

/** A stored rule as it is written in JSON. */
function toRule(spec: ScheduleSpec): ScheduleRule {
  if ("at" in spec) return { at: toIso(spec.at) };
  const { start, end, exclude, spreadMs } = spec;
  const bounds = {
    ...(start === undefined ? {} : { start: toIso(start) }),
    ...(end === undefined ? {} : { end: toIso(end) }),
    ...(exclude === undefined ? {} : { exclude: exclude.map(({ name, dates }) => ({ name, dates: [...dates] })) }),
    ...(spreadMs === undefined ? {} : { spread: formatDuration(spreadMs) }),
  };
  if ("cron" in spec) {
    const { cron, timezone, dst } = spec;
    return { cron, timezone, ...(dst === undefined ? {} : { dst }), ...bounds };
  }
  const every = formatDuration(spec.everyMs);
  return { every, ...(spec.anchor === 0 ? {} : { anchor: toIso(spec.anchor) }), ...bounds };
}

/** A decision as people read it. */
export function toFiringItem({ after, upTo, decision, trackingId, latenessMs }: LedgerItem): FiringItem {
  if (decision !== "fired") return { instant: toIso(after), upTo: toIso(upTo), decision };
  const lateness = latenessMs === undefined ? {} : { latenessMs };
  return { instant: toIso(upTo), decision, trackingId, ...lateness };
}
