import { BelfryError } from "../base/errors.ts";
import { type FieldValues, fieldRules, parseField, type Refuse } from "./field.ts";
import { splitPattern } from "./pattern.ts";

/** What a pattern lists, as bit sets. */
export interface CronFields {
  /** Bits 0-29 are the minutes 0-29. */
  readonly minutesEarly: number;
  /** Bits 0-29 are the minutes 30-59. */
  readonly minutesLate: number;
  /** Bit 0 is midnight. */
  readonly hours: number;
  /** Bit 0 is the first of the month. */
  readonly days: number;
  /** Bit 0 is January. */
  readonly months: number;
  /** Bit 0 is Sunday. */
  readonly weekdays: number;
  /** Whether day-of-month or day-of-week is enough, as both are restricted (POSIX); otherwise both must match. */
  readonly eitherDay: boolean;
}

/** A pattern that was read. */
export interface Cron {
  /** The pattern as written, with one blank between its fields. */
  readonly canonical: string;
  readonly fields: CronFields;
}

/**
 * Reads a cron pattern of five fields, or a macro such as `@daily`. Throws E_SCHEDULE, naming `field`, the pattern and
 * what is wrong with it, for everything that is none, is longer than 1,000 characters, or can never be due.
 */
export function parseCron(value: unknown, field: string): Cron {
  const shown = typeof value === "string" ? value.slice(0, 200) : value;
  const refuse: Refuse = (problem) => {
    throw new BelfryError("E_SCHEDULE", { field, value: shown, problem });
  };
  if (typeof value !== "string") return refuse('expected a string of five cron fields, such as "0 2 * * *"');
  const { canonical, fields: texts } = splitPattern(value, refuse);
  const minutes = parseField(texts[0], fieldRules.minute, refuse);
  const hours = parseField(texts[1], fieldRules.hour, refuse);
  const days = parseField(texts[2], fieldRules.dayOfMonth, refuse);
  const months = parseField(texts[3], fieldRules.month, refuse);
  const weekdays = parseField(texts[4], fieldRules.dayOfWeek, refuse);
  if (weekdays.lone) refuseNever(days, months, refuse);
  const fields = {
    minutesEarly: bitsOf(minutes.values.filter((minute) => minute < 30)),
    minutesLate: bitsOf(minutes.values.filter((minute) => minute >= 30).map((minute) => minute - 30)),
    hours: bitsOf(hours.values),
    days: bitsOf(days.values.map((day) => day - 1)),
    months: bitsOf(months.values.map((month) => month - 1)),
    weekdays: bitsOf(weekdays.values.map((weekday) => weekday % 7)),
    eitherDay: !days.lone && !weekdays.lone,
  };
  return { canonical, fields };
}

const allHours = 0xffffff;

/** Whether a pattern lists every hour, however spelled. Such a schedule follows real time when the clocks change. */
export function coversEveryHour(fields: CronFields): boolean {
  return fields.hours === allHours;
}

const daysOfMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function refuseNever(days: FieldValues, months: FieldValues, refuse: Refuse): void {
  const firstDay = Math.min(...days.values);
  if (months.values.some((month) => firstDay <= (daysOfMonths[month - 1] ?? 0))) return;
  const names = [...new Set(months.values)].map((month) => fieldRules.month.names[month - 1]);
  refuse(`it is never due: there is no day-of-month ${firstDay} in ${names.join(", ")}`);
}

function bitsOf(values: readonly number[]): number {
  return values.reduce((bits, value) => bits | (1 << value), 0);
}
