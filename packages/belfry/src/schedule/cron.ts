import { BelfryError } from "../base/errors.ts";
import { nextDay } from "./days.ts";
import { type FieldValues, parseField } from "./field.ts";
import { fieldRules, type Refuse } from "./field-rule.ts";
import type { CronFields, SpecialDays } from "./fields.ts";
import { splitPattern } from "./pattern.ts";

/** A pattern that was read. */
export interface Cron {
  /** The pattern as written, with one blank between its fields. */
  readonly canonical: string;
  readonly fields: CronFields;
}

/**
 * Reads a cron pattern of five fields, of six with the seconds first, or a macro such as `@daily`. Throws E_SCHEDULE,
 * naming `field`, the pattern and what is wrong with it, for everything that is none, is longer than 1,000 characters,
 * or can never be due.
 */
export function parseCron(value: unknown, field: string): Cron {
  const shown = typeof value === "string" ? value.slice(0, 200) : value;
  const refuse: Refuse = (problem) => {
    throw new BelfryError("E_SCHEDULE", { field, value: shown, problem });
  };
  if (typeof value !== "string") return refuse('expected a string of five cron fields, such as "0 2 * * *"');
  const { canonical, fields: texts } = splitPattern(value, refuse);
  const seconds = parseField(texts[0], fieldRules.second, refuse);
  const minutes = parseField(texts[1], fieldRules.minute, refuse);
  const hours = parseField(texts[2], fieldRules.hour, refuse);
  const days = parseField(texts[3], fieldRules.dayOfMonth, refuse);
  const months = parseField(texts[4], fieldRules.month, refuse);
  const weekdays = parseField(texts[5], fieldRules.dayOfWeek, refuse);
  const special = specialOf(days, weekdays);
  const fields: CronFields = {
    secondsEarly: bits(seconds.values.filter((second) => second < 30)),
    secondsLate: bits(seconds.values.filter((second) => second >= 30).map((second) => second - 30)),
    minutesEarly: bits(minutes.values.filter((minute) => minute < 30)),
    minutesLate: bits(minutes.values.filter((minute) => minute >= 30).map((minute) => minute - 30)),
    hours: bits(hours.values),
    days: bits(days.values.map((day) => day - 1)),
    months: bits(months.values.map((month) => month - 1)),
    weekdays: bits(weekdays.values.map((weekday) => weekday % 7)),
    eitherDay: !days.lone && !weekdays.lone,
    ...(special ? { special } : {}),
  };
  if (nextDay(fields, 0) === Infinity) refuseNever(days, texts[3], months, refuse);
  return { canonical, fields };
}

function specialOf({ words: dates }: FieldValues, { words: weekdays }: FieldValues): SpecialDays | undefined {
  if (!dates || !weekdays) return dates ?? weekdays;
  const { nth, fifth, last } = weekdays;
  return { ...dates, nth, fifth, last };
}

/** Only days of the month can be such that no month of the pattern ever has them. */
function refuseNever(days: FieldValues, text: string, months: FieldValues, refuse: Refuse): never {
  const names = [...new Set(months.values)].map((month) => fieldRules.month.names[month - 1]);
  const day = days.words ? text.slice(0, 64) : String(Math.min(...days.values));
  return refuse(`it is never due: there is no day-of-month ${day} in ${names.join(", ")}`);
}

function bits(values: readonly number[]): number {
  return values.reduce((set, value) => set | (1 << value), 0);
}
