import { show } from "../base/errors.ts";
import { type DayWords, explainDayWord, isDayWord, noDayWords, readDayWord } from "./day-words.ts";
import { brief, type FieldRule, parseName, type Refuse, range } from "./field-rule.ts";

/** What a field lists. */
export interface FieldValues {
  /** The plain values, unsorted. */
  readonly values: readonly number[];
  /** Whether it is written as a lone `*` or `?`. */
  readonly lone: boolean;
  /** What its words such as `L` list; absent where it has none. */
  readonly words?: DayWords;
}

/**
 * Reads one field: `*`, numbers, names in any case, lists, ranges and steps, where `5/15` is from 5 on (POSIX has
 * lists and ranges; names, steps and 7 for Sunday are Vixie cron's); in the day fields also `L`, `W` and `#` (Quartz).
 */
export function parseField(text: string, rule: FieldRule, refuse: Refuse): FieldValues {
  const lone = text === "*" || (text === "?" && rule.questionMark);
  const values: number[] = [];
  let words: DayWords | undefined;
  for (const item of lone ? ["*"] : text.split(",")) {
    const before = words ?? noDayWords();
    if (readDayWord(item, rule, before, refuse)) {
      words = before;
      continue;
    }
    const { from, to, step } = parseItem(item, rule, refuse);
    for (let value = from; value <= to; value += step) values.push(value);
  }
  return { values, lone, ...(words ? { words } : {}) };
}

const itemShape = /^(?:\*|(\d+|[a-z]+)(?:-(\d+|[a-z]+))?)(?:\/(\d+))?$/i;

function parseItem(item: string, rule: FieldRule, refuse: Refuse): { from: number; to: number; step: number } {
  const parts = itemShape.exec(item);
  if (!parts || isDayWord(item)) return refuse(explainItem(item, rule));
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
  if (isDayWord(item)) return explainDayWord(item, rule);
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
