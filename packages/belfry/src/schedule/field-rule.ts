import { show } from "../base/errors.ts";

/** Throws the error of the whole pattern, saying what is wrong with it. */
export type Refuse = (problem: string) => never;

/** What one of the fields may hold. */
export interface FieldRule {
  /** The field's name in messages. */
  readonly name: string;
  readonly min: number;
  /** The highest number; 7 in day-of-week, where 0 and 7 are Sunday. */
  readonly max: number;
  /** Three-letter names, the first one for the value `min`. */
  readonly names: readonly string[];
  /** Whether `?` is another spelling of `*`, as in Quartz. */
  readonly questionMark: boolean;
  /** What 0 stands for, where people write the number after the highest one for it. */
  readonly zero?: string;
  /** The unit that `every` takes for a step that is too large here. */
  readonly everyUnit?: string;
}

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const plain = { names: [], questionMark: false };

/** The fields of a cron pattern, in the order in which they are written. */
export const fieldRules = {
  second: { ...plain, name: "second", min: 0, max: 59, zero: "the full minute", everyUnit: "s" },
  minute: { ...plain, name: "minute", min: 0, max: 59, zero: "the full hour", everyUnit: "m" },
  hour: { ...plain, name: "hour", min: 0, max: 23, zero: "midnight", everyUnit: "h" },
  dayOfMonth: { ...plain, name: "day-of-month", min: 1, max: 31, questionMark: true, everyUnit: "d" },
  month: { ...plain, name: "month", min: 1, max: 12, names: monthNames },
  dayOfWeek: { name: "day-of-week", min: 0, max: 7, names: dayNames, questionMark: true },
} as const satisfies Record<string, FieldRule>;

/** The value of a three-letter name in any case. */
export function parseName(text: string, rule: FieldRule, refuse: Refuse): number {
  const index = rule.names.indexOf(text.toLowerCase());
  if (index >= 0) return rule.min + index;
  const near = rule.names.find((name) => text.toLowerCase().startsWith(name));
  return refuse(`${rule.name} ${show(text)} is not known; ${near ? `write ${near}` : `expected ${range(rule)}`}`);
}

/** The values of a field as people write them. */
export function range(rule: FieldRule): string {
  const names = rule.names.length > 0 ? ` or ${rule.names[0]}-${rule.names.at(-1)}` : "";
  return `${rule.min}-${rule.max}${names}`;
}

/** A number as it is written, or its beginning where it has far too many digits. */
export function brief(digits: string): string {
  return digits.length > 12 ? `${digits.slice(0, 12)}…` : digits;
}
