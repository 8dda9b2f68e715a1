import { daysIn, firstDayOf, monthAfterLast, monthOfDay, monthOfYear, weekdayOf } from "./calendar.ts";
import type { CronFields } from "./cron.ts";

/**
 * Where a pattern matches on the wall clock, which knows no zones: wall times are milliseconds as if the clock on the
 * wall showed UTC. Five fields match whole minutes.
 */

const minuteMs = 60_000;
const minutesPerDay = 1_440;

/** The first wall time from `wall` on that the pattern matches, in milliseconds; Infinity beyond January 2100. */
export function nextWall(fields: CronFields, wall: number): number {
  const minute = Math.ceil(wall / minuteMs);
  const today = Math.floor(minute / minutesPerDay);
  const day = nextDay(fields, today);
  if (day === today) {
    const later = nextMinuteOfDay(fields, minute - today * minutesPerDay);
    if (later >= 0) return (today * minutesPerDay + later) * minuteMs;
    return startOfDay(fields, nextDay(fields, today + 1));
  }
  return startOfDay(fields, day);
}

/** The last wall time up to `wall` that the pattern matches, in milliseconds; -Infinity before December 1969. */
export function previousWall(fields: CronFields, wall: number): number {
  const minute = Math.floor(wall / minuteMs);
  const today = Math.floor(minute / minutesPerDay);
  const day = previousDay(fields, today);
  if (day === today) {
    const earlier = previousMinuteOfDay(fields, minute - today * minutesPerDay);
    if (earlier >= 0) return (today * minutesPerDay + earlier) * minuteMs;
    return endOfDay(fields, previousDay(fields, today - 1));
  }
  return endOfDay(fields, day);
}

function startOfDay(fields: CronFields, day: number): number {
  return (day * minutesPerDay + nextMinuteOfDay(fields, 0)) * minuteMs;
}

function endOfDay(fields: CronFields, day: number): number {
  return (day * minutesPerDay + previousMinuteOfDay(fields, minutesPerDay - 1)) * minuteMs;
}

function nextDay(fields: CronFields, from: number): number {
  const start = Math.max(from, firstDayOf(0));
  let month = monthOfDay(start);
  if (month >= monthAfterLast) return Infinity;
  let days = daysOf(fields, month) & (-1 << (start - firstDayOf(month)));
  while (days === 0) {
    month += monthsToNext(fields.months, monthOfYear(month));
    if (month >= monthAfterLast) return Infinity;
    days = daysOf(fields, month);
  }
  return firstDayOf(month) + lowestBit(days);
}

function previousDay(fields: CronFields, from: number): number {
  let month = Math.min(monthOfDay(from), monthAfterLast - 1);
  if (month < 0) return -Infinity;
  const past = Math.min(30, from - firstDayOf(month));
  let days = daysOf(fields, month) & (0x7fffffff >>> (30 - past));
  while (days === 0) {
    month -= monthsToPrevious(fields.months, monthOfYear(month));
    if (month < 0) return -Infinity;
    days = daysOf(fields, month);
  }
  return firstDayOf(month) + highestBit(days);
}

/** The matching days of `month` as bits: bit 0 is the first. */
function daysOf(fields: CronFields, month: number): number {
  if ((fields.months & (1 << monthOfYear(month))) === 0) return 0;
  const first = weekdayOf(firstDayOf(month));
  const week = ((fields.weekdays >> first) | (fields.weekdays << (7 - first))) & 127;
  const byWeekday = week | (week << 7) | (week << 14) | (week << 21) | (week << 28);
  const days = fields.eitherDay ? fields.days | byWeekday : fields.days & byWeekday;
  return days & (0x7fffffff >>> (31 - daysIn(month)));
}

/** How many months after one of the year (0 is January) the next of `months` comes: 1 to 12. */
function monthsToNext(months: number, from: number): number {
  const later = months & (-2 << from);
  return later === 0 ? lowestBit(months) + 12 - from : lowestBit(later) - from;
}

/** How many months before one of the year (0 is January) the last of `months` was: 1 to 12. */
function monthsToPrevious(months: number, from: number): number {
  const earlier = months & ((1 << from) - 1);
  return earlier === 0 ? from + 12 - highestBit(months) : from - highestBit(earlier);
}

/** The first matching minute of the day from `minute` on, or -1. */
function nextMinuteOfDay(fields: CronFields, minute: number): number {
  const hour = Math.floor(minute / 60);
  if ((fields.hours & (1 << hour)) !== 0) {
    const later = nextMinuteOfHour(fields, minute - hour * 60);
    if (later >= 0) return hour * 60 + later;
  }
  const hours = fields.hours & (-2 << hour);
  return hours === 0 ? -1 : lowestBit(hours) * 60 + nextMinuteOfHour(fields, 0);
}

/** The last matching minute of the day up to `minute`, or -1. */
function previousMinuteOfDay(fields: CronFields, minute: number): number {
  const hour = Math.floor(minute / 60);
  if ((fields.hours & (1 << hour)) !== 0) {
    const earlier = previousMinuteOfHour(fields, minute - hour * 60);
    if (earlier >= 0) return hour * 60 + earlier;
  }
  const hours = fields.hours & ((1 << hour) - 1);
  return hours === 0 ? -1 : highestBit(hours) * 60 + previousMinuteOfHour(fields, 59);
}

function nextMinuteOfHour(fields: CronFields, minute: number): number {
  const early = minute < 30 ? fields.minutesEarly & (-1 << minute) : 0;
  if (early !== 0) return lowestBit(early);
  const late = fields.minutesLate & (-1 << Math.max(0, minute - 30));
  return late === 0 ? -1 : 30 + lowestBit(late);
}

function previousMinuteOfHour(fields: CronFields, minute: number): number {
  const late = minute >= 30 ? fields.minutesLate & (0x3fffffff >>> (59 - minute)) : 0;
  if (late !== 0) return 30 + highestBit(late);
  const early = fields.minutesEarly & (0x3fffffff >>> Math.max(0, 29 - minute));
  return early === 0 ? -1 : highestBit(early);
}

/** The number of the lowest set bit of `bits`, which is not 0. */
function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

function highestBit(bits: number): number {
  return 31 - Math.clz32(bits);
}
