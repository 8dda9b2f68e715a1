import { nextDay, previousDay } from "./days.ts";
import { type CronFields, highestBit, lowestBit } from "./fields.ts";

/**
 * Where a pattern matches on the wall clock, which knows no zones: wall times are milliseconds as if the clock on the
 * wall showed UTC. Patterns match whole seconds.
 */

const secondMs = 1_000;
const secondsPerDay = 86_400;

/** The first wall time from `wall` on that the pattern matches, in milliseconds; Infinity beyond January 2100. */
export function nextWall(fields: CronFields, wall: number): number {
  const second = Math.ceil(wall / secondMs);
  const today = Math.floor(second / secondsPerDay);
  const day = nextDay(fields, today);
  if (day === today) {
    const later = nextSecondOfDay(fields, second - today * secondsPerDay);
    if (later >= 0) return (today * secondsPerDay + later) * secondMs;
    return startOfDay(fields, nextDay(fields, today + 1));
  }
  return startOfDay(fields, day);
}

/** The last wall time up to `wall` that the pattern matches, in milliseconds; -Infinity before December 1969. */
export function previousWall(fields: CronFields, wall: number): number {
  const second = Math.floor(wall / secondMs);
  const today = Math.floor(second / secondsPerDay);
  const day = previousDay(fields, today);
  if (day === today) {
    const earlier = previousSecondOfDay(fields, second - today * secondsPerDay);
    if (earlier >= 0) return (today * secondsPerDay + earlier) * secondMs;
    return endOfDay(fields, previousDay(fields, today - 1));
  }
  return endOfDay(fields, day);
}

function startOfDay(fields: CronFields, day: number): number {
  return (day * secondsPerDay + nextSecondOfDay(fields, 0)) * secondMs;
}

function endOfDay(fields: CronFields, day: number): number {
  return (day * secondsPerDay + previousSecondOfDay(fields, secondsPerDay - 1)) * secondMs;
}

/** The first matching second of the day from `second` on, or -1. */
function nextSecondOfDay(fields: CronFields, second: number): number {
  const { secondsEarly, secondsLate } = fields;
  const minute = Math.floor(second / 60);
  let found = nextMinuteOfDay(fields, minute);
  if (found === minute) {
    const later = nextOfSixty(secondsEarly, secondsLate, second - minute * 60);
    if (later >= 0) return minute * 60 + later;
    found = nextMinuteOfDay(fields, minute + 1);
  }
  return found < 0 ? -1 : found * 60 + nextOfSixty(secondsEarly, secondsLate, 0);
}

/** The last matching second of the day up to `second`, or -1. */
function previousSecondOfDay(fields: CronFields, second: number): number {
  const { secondsEarly, secondsLate } = fields;
  const minute = Math.floor(second / 60);
  let found = previousMinuteOfDay(fields, minute);
  if (found === minute) {
    const earlier = previousOfSixty(secondsEarly, secondsLate, second - minute * 60);
    if (earlier >= 0) return minute * 60 + earlier;
    found = minute === 0 ? -1 : previousMinuteOfDay(fields, minute - 1);
  }
  return found < 0 ? -1 : found * 60 + previousOfSixty(secondsEarly, secondsLate, 59);
}

/** The first matching minute of the day from `minute` on, or -1. */
function nextMinuteOfDay(fields: CronFields, minute: number): number {
  const { minutesEarly, minutesLate } = fields;
  const hour = Math.floor(minute / 60);
  if ((fields.hours & (1 << hour)) !== 0) {
    const later = nextOfSixty(minutesEarly, minutesLate, minute - hour * 60);
    if (later >= 0) return hour * 60 + later;
  }
  const hours = fields.hours & (-2 << hour);
  return hours === 0 ? -1 : lowestBit(hours) * 60 + nextOfSixty(minutesEarly, minutesLate, 0);
}

/** The last matching minute of the day up to `minute`, or -1. */
function previousMinuteOfDay(fields: CronFields, minute: number): number {
  const { minutesEarly, minutesLate } = fields;
  const hour = Math.floor(minute / 60);
  if ((fields.hours & (1 << hour)) !== 0) {
    const earlier = previousOfSixty(minutesEarly, minutesLate, minute - hour * 60);
    if (earlier >= 0) return hour * 60 + earlier;
  }
  const hours = fields.hours & ((1 << hour) - 1);
  return hours === 0 ? -1 : highestBit(hours) * 60 + previousOfSixty(minutesEarly, minutesLate, 59);
}

/** The first of sixty, 0-29 in `early` and 30-59 in `late`, from `from` on, or -1. */
function nextOfSixty(early: number, late: number, from: number): number {
  const soon = from < 30 ? early & (-1 << from) : 0;
  if (soon !== 0) return lowestBit(soon);
  const later = late & (-1 << Math.max(0, from - 30));
  return later === 0 ? -1 : 30 + lowestBit(later);
}

/** The last of sixty up to `from`, or -1. */
function previousOfSixty(early: number, late: number, from: number): number {
  const recent = from >= 30 ? late & (0x3fffffff >>> (59 - from)) : 0;
  if (recent !== 0) return 30 + highestBit(recent);
  const before = early & (0x3fffffff >>> Math.max(0, 29 - from));
  return before === 0 ? -1 : highestBit(before);
}

/** A wall time as ISO 8601 without zone, to the second. */
export function localText(wall: number): string {
  return new Date(wall).toISOString().slice(0, 19);
}
