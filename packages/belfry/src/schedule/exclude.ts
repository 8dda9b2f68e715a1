import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { checkName } from "../base/name.ts";
import { checkOptions, isList, readArray, refuseOption } from "../base/options.ts";

/** A named set of dates on which a schedule is not due, such as a country's holidays. */
export interface Calendar {
  /** By the rules of task names; unique within a schedule without regard to case. */
  readonly name: string;
  /** ISO dates such as `"2026-12-25"`, from 1970 to 2099; at most 4,000. Kept sorted, each once. */
  readonly dates: readonly string[];
}

const calendarsExpected = `a calendar { name, dates }, or a list of at most ${limits.calendarsMax} of them`;
const dateExpected = 'a date from 1970 to 2099 such as "2026-12-25"';

/**
 * The calendars that a user excludes, as they are stored: sorted by name, their dates sorted and each once; undefined
 * where there are none. Throws E_OPTION, E_OPTION_UNKNOWN.
 */
export function parseExclude(value: unknown, field: string): Calendar[] | undefined {
  if (value === undefined) return undefined;
  const calendars = isList(value, field, calendarsExpected)
    ? readArray(value, field, calendarsExpected, limits.calendarsMax).map((item, index) =>
        parseCalendar(item, `${field}[${index}]`),
      )
    : [parseCalendar(value, field)];
  const seen = new Set<string>();
  for (const { name } of calendars) {
    if (seen.has(name.toLowerCase())) refuseOption(`${field}: a calendar's name`, name, "a name of its own for each");
    seen.add(name.toLowerCase());
  }
  if (calendars.length === 0) return undefined;
  return calendars.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function parseCalendar(value: unknown, field: string): Calendar {
  const { name, dates } = checkOptions(value, field, ["name", "dates"]);
  const checked = checkName(name, `${field}.name`);
  const expected = `at most ${limits.calendarDatesMax} dates`;
  const list = readArray(dates, `${field}.dates`, expected, limits.calendarDatesMax);
  list.forEach((date, index) => {
    if (dayOfDate(date) === undefined) refuseOption(`${field}.dates[${index}]`, date, dateExpected);
  });
  return { name: checked, dates: [...new Set(list as string[])].sort() };
}

const dateShape = /^(?:19[789]|20\d)\d-\d\d-\d\d$/;

/** The day of an ISO date, counted from 1970-01-01; undefined for what is no date from 1970 to 2099. */
function dayOfDate(date: unknown): number | undefined {
  if (typeof date !== "string" || !dateShape.test(date)) return undefined;
  const day = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8))) / 86_400_000;
  return dateOfDay(day) === date ? day : undefined;
}

/** The ISO date of a day that is counted from 1970-01-01. */
export function dateOfDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** Runs of days, ascending: from, until (which is excluded), from, until… */
export type DayRanges = Int32Array;

/** The days of stored calendars. Throws E_SCHEDULE where they cannot be read. */
export function rangesOf(calendars: readonly Calendar[], field: string): DayRanges {
  const days = new Set(datesOf(calendars, field));
  const ranges: number[] = [];
  for (const day of [...days].sort((a, b) => a - b)) {
    if (ranges.at(-1) === day) ranges[ranges.length - 1] = day + 1;
    else ranges.push(day, day + 1);
  }
  return Int32Array.from(ranges);
}

function* datesOf(calendars: readonly Calendar[], field: string): Generator<number> {
  const refuse = (name: string, value: unknown, problem: string): never => {
    throw new BelfryError("E_SCHEDULE", { field: name, value, problem });
  };
  if (!Array.isArray(calendars)) return refuse(field, calendars, "expected a list of calendars");
  for (const calendar of calendars as readonly (Partial<Calendar> | null)[]) {
    const dates = calendar?.dates;
    if (!Array.isArray(dates)) return refuse(`${field}.dates`, dates, "expected a list of dates");
    for (const date of dates) {
      yield dayOfDate(date) ?? refuse(`${field}.dates`, date, `expected ${dateExpected}`);
    }
  }
}

/** The index of the range that holds a day; -1 where none does. */
export function rangeOf(ranges: DayRanges, day: number): number {
  let low = 0;
  let high = ranges.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (day < (ranges[middle * 2] as number)) high = middle - 1;
    else if (day >= (ranges[middle * 2 + 1] as number)) low = middle + 1;
    else return middle * 2;
  }
  return -1;
}
