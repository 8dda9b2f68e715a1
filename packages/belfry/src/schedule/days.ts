import { daysIn, firstDayOf, monthAfterLast, monthOfDay, monthOfYear, weekdayOf } from "./calendar.ts";
import { type CronFields, highestBit, lowestBit, type SpecialDays } from "./fields.ts";

/** Which days a pattern lists. Days are counted from 1970-01-01. */

/** The first listed day from `from` on; Infinity beyond January 2100. */
export function nextDay(fields: CronFields, from: number): number {
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

/** The last listed day up to `from`; -Infinity before December 1969. */
export function previousDay(fields: CronFields, from: number): number {
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
  const length = daysIn(month);
  const week = weekFrom(fields.weekdays, first);
  let byDate = fields.days;
  let byWeekday = week | (week << 7) | (week << 14) | (week << 21) | (week << 28);
  const special = fields.special;
  if (special) {
    byDate |= specialDates(special, first, length);
    byWeekday |= specialWeekdays(special, first, length);
  }
  const days = fields.eitherDay ? byDate | byWeekday : byDate & byWeekday;
  return days & (0x7fffffff >>> (31 - length));
}

/** Seven days from weekday `first` on: a set of weekdays, Sunday first, turned so that bit 0 is `first`. */
function weekFrom(weekdays: number, first: number): number {
  return ((weekdays >> first) | (weekdays << (7 - first))) & 127;
}

/** The dates of a month of `length` days that begins on weekday `first`, as bits. Working days are Monday to Friday. */
function specialDates(special: SpecialDays, first: number, length: number): number {
  let dates = 0;
  for (let rest = special.fromEnd; rest !== 0; rest &= rest - 1) {
    const index = length - 1 - lowestBit(rest);
    if (index >= 0) dates |= 1 << index;
  }
  for (let rest = special.nearest; rest !== 0; rest &= rest - 1) {
    const index = lowestBit(rest);
    if (index < length) dates |= 1 << nearestWorkday(index, first, length);
  }
  if (special.lastWorkday) dates |= 1 << nearestWorkday(length - 1, first, length);
  return dates;
}

/** The working day nearest to a day, of the same month (Quartz): both are counted from 0. */
function nearestWorkday(index: number, first: number, length: number): number {
  const weekday = (first + index) % 7;
  if (weekday === 6) return index === 0 ? 2 : index - 1;
  if (weekday === 0) return index === length - 1 ? index - 2 : index + 1;
  return index;
}

function specialWeekdays(special: SpecialDays, first: number, length: number): number {
  let days = weekFrom(special.fifth, first) << 28;
  for (let week = 0; week < 28; week += 7) days |= weekFrom((special.nth >> week) & 127, first) << week;
  // The last seven days of the month hold the last of each weekday.
  const lastWeek = length - 7;
  return days | (weekFrom(special.last, (first + lastWeek) % 7) << lastWeek);
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
