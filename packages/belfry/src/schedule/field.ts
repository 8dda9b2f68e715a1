import { show } from "../base/errors.ts";

/** Throws the error of the whole pattern, saying what is wrong with it. */
export type Refuse = (problem: string) => never;

/** What one of the five fields may hold. */
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
  minute: { ...plain, name: "minute", min: 0, max: 59, zero: "the full hour", everyUnit: "m" },
  hour: { ...plain, name: "hour", min: 0, max: 23, zero: "midnight", everyUnit: "h" },
  dayOfMonth: { ...plain, name: "day-of-month", min: 1, max: 31, questionMark: true, everyUnit: "d" },
  month: { ...plain, name: "month", min: 1, max: 12, names: monthNames },
  dayOfWeek: { name: "day-of-week", min: 0, max: 7, names: dayNames, questionMark: true },
} as const satisfies Record<string, FieldRule>;

/** The values that a field lists, unsorted, and whether it is written as a lone `*` or `?`. */
export interface FieldValues {
  readonly values: readonly number[];
  readonly lone: boolean;
}

/**
 * Reads one field: `*`, numbers, names in any case, lists, ranges and steps, where `5/15` is from 5 on (POSIX has
 * lists and ranges; names, steps and 7 for Sunday are Vixie cron's).
 */
export function parseField(text: string, rule: FieldRule, refuse: Refuse): FieldValues {
  const lone = text === "*" || (text === "?" && rule.questionMark);
  const values: number[] = [];
  for (const item of lone ? ["*"] : text.split(",")) {
    const { from, to, step } = parseItem(item, rule, refuse);
    for (let value = from; value <= to; value += step) values.push(value);
  }
  return { values, lone };
}

const itemShape = /^(?:\*|(\d+|[a-z]+)(?:-(\d+|[a-z]+))?)(?:\/(\d+))?$/i;
const laterShape = /^(?:l|lw|wl|l-\d+|\d+[lw]|[a-z]{3}l|(?:\d+|[a-z]{3})#(?:\d+|l))$/i;

function parseItem(item: string, rule: FieldRule, refuse: Refuse): { from: number; to: number; step: number } {
  const parts = laterShape.test(item) ? null : itemShape.exec(item);
  if (!parts) return refuse(explainItem(item, rule));
  const [, start, end, stepText] = parts;
  const step = stepText === undefined ? 1 : parseStep(stepText, start, rule, refuse);
  if (start === undefined) return { from: rule.min, to: rule.max, step };
  const from = parseValue(start, rule, refuse);
  if (end === undefined) return { from, to: stepText === undefined ? from : rule.max, step };
  const to = parseValue(end, rule, refuse);
  if (from > to) {
    const named = rule.names.length > 0 && /[a-z]/i.test(start + end);
    refuse(`${rule.name} range ${start}-${end} is reversed; write ${unreversed(from, to, step, rule, named)}`);
  }
  return { from, to, step };
}

function parseValue(text: string, rule: FieldRule, refuse: Refuse): number {
  if (!/^\d/.test(text)) return parseName(text, rule, refuse);
  const value = Number(text);
  if (value >= rule.min && value <= rule.max) return value;
  const meant = rule.zero && value === rule.max + 1 ? `; ${rule.zero} is 0` : "";
  return refuse(`${rule.name} ${brief(text)} is out of range ${range(rule)}${meant}`);
}

function parseName(text: string, rule: FieldRule, refuse: Refuse): number {
  const index = rule.names.indexOf(text.toLowerCase());
  if (index >= 0) return rule.min + index;
  const near = rule.names.find((name) => text.toLowerCase().startsWith(name));
  return refuse(`${rule.name} ${show(text)} is not known; ${near ? `write ${near}` : `expected ${range(rule)}`}`);
}

function parseStep(text: string, start: string | undefined, rule: FieldRule, refuse: Refuse): number {
  const step = Number(text);
  if (step >= 1 && step <= rule.max) return step;
  const problem = `${rule.name} step ${brief(text)} is out of range 1-${rule.max}`;
  if (start !== undefined || step === 0 || step > 999) return refuse(problem);
  if (rule.zero && step === rule.max + 1) return refuse(`${problem}; for ${rule.zero} only write 0`);
  return refuse(rule.everyUnit ? `${problem}; for an interval use { every: "${step}${rule.everyUnit}" }` : problem);
}

function explainItem(item: string, rule: FieldRule): string {
  if (item === "") return `${rule.name} has an empty list item; expected ${range(rule)} between the commas`;
  if (item.includes("?")) return "? stands alone, in day-of-month or day-of-week only; write *";
  if (laterShape.test(item)) return `${rule.name} ${show(item)} is not supported: L, W and # are not known here`;
  return `${rule.name} ${show(item)} is not understood; expected ${range(rule)}, a list 1,2, a range 1-5, a step */5 or *`;
}

/** A range that runs over the field's end, in a spelling that is accepted. */
function unreversed(from: number, to: number, step: number, rule: FieldRule, named: boolean): string {
  const last = rule.max === 7 ? 6 : rule.max;
  const spell = (value: number) => (named ? (rule.names[value - rule.min] ?? String(value)) : String(value));
  if (step > 1) {
    const span = last - rule.min + 1;
    const count = Math.floor((to + span - from) / step) + 1;
    return Array.from({ length: count }, (_, index) =>
      spell(((from + index * step - rule.min) % span) + rule.min),
    ).join();
  }
  const parts = [
    [from, last],
    [rule.min, to],
  ].filter(([start = 0, end = 0]) => start <= end);
  return parts.map(([start = 0, end = 0]) => (start === end ? spell(start) : `${spell(start)}-${spell(end)}`)).join();
}

function range(rule: FieldRule): string {
  const names = rule.names.length > 0 ? ` or ${rule.names[0]}-${rule.names.at(-1)}` : "";
  return `${rule.min}-${rule.max}${names}`;
}

/** A number as it is written, or its beginning where it has far too many digits. */
function brief(digits: string): string {
  return digits.length > 12 ? `${digits.slice(0, 12)}…` : digits;
}
