import { parseCron } from "./cron.ts";
import { bitsOf, type CronFields, coversEveryHour } from "./fields.ts";
import { findZone } from "./find-zone.ts";
import type { ScheduleSpec } from "./spec.ts";

/**
 * What is worth a word when a schedule is defined: how it is read where people may expect something else. Empty for
 * most. Throws E_SCHEDULE and E_TIMEZONE where it cannot be read.
 */
export function notesOf(spec: ScheduleSpec): string[] {
  if (!("cron" in spec)) return [];
  const { fields, canonical } = parseCron(spec.cron, "schedule.cron");
  const [dayOfMonth, , dayOfWeek] = canonical.split(" ").slice(-3);
  const notes: string[] = [];
  if (fields.eitherDay) {
    notes.push(`either day is enough: day-of-month ${dayOfMonth}, or day-of-week ${dayOfWeek}`);
  } else if (neverEveryMonth(fields)) {
    notes.push(`months without day-of-month ${dayOfMonth} are passed over; for the last day of each write L`);
  }
  if (coversEveryHour(fields) && !findZone(spec.timezone, "schedule.timezone").fixed) {
    notes.push(
      "it covers every hour, and so follows real time when clocks change: an hour that comes twice counts twice",
    );
  }
  return notes;
}

/** Whether all its days of the month are such that shorter months of the pattern do not have them. */
function neverEveryMonth({ days, months, special }: CronFields): boolean {
  if (special || days === 0 || (days & 0xfffffff) !== 0) return false;
  const first = Math.min(...bitsOf(days)) + 1;
  return bitsOf(months).some((month) => first > (monthLengths[month] as number));
}

/** Of a year that is no leap year. */
const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
