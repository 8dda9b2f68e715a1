/**
 * The Gregorian calendar as whole numbers: a day is counted from 1970-01-01, a month from December 1969, where the
 * wall clock of a zone west of Greenwich stands at the first instant.
 */

const monthsCount = 130 * 12 + 2;

/** The first day of every month from December 1969 to January 2100, and of the one after. */
const firstDays = firstDaysOfMonths();

function firstDaysOfMonths(): Int32Array {
  const days = new Int32Array(monthsCount + 1);
  for (let month = 0; month <= monthsCount; month++) days[month] = Date.UTC(1969, 11 + month, 1) / 86_400_000;
  return days;
}

/** The first month that the calendar does not know: February 2100. */
export const monthAfterLast: number = monthsCount;

/** The month (counted from December 1969) that holds `day`; below 0 or `monthAfterLast` outside of the calendar. */
export function monthOfDay(day: number): number {
  if (day < firstDayOf(0)) return -1;
  let month = Math.min(monthsCount, Math.floor((day + 31) / 30.436875));
  while (month > 0 && firstDayOf(month) > day) month--;
  while (month < monthsCount && firstDayOf(month + 1) <= day) month++;
  return month;
}

/** The first day of `month`, which is from 0 to `monthAfterLast`. */
export function firstDayOf(month: number): number {
  return firstDays[month] as number;
}

/** How many days `month` has. */
export function daysIn(month: number): number {
  return firstDayOf(month + 1) - firstDayOf(month);
}

/** The month of the year of `month`: 0 is January. */
export function monthOfYear(month: number): number {
  return (month + 11) % 12;
}

/** The day of the week of `day`: 0 is Sunday. The first of January 1970 was a Thursday. */
export function weekdayOf(day: number): number {
  return (day + 4 + 35) % 7;
}
