import { show } from "../base/errors.ts";
import { brief, type FieldRule, parseName, type Refuse } from "./field-rule.ts";
import type { SpecialDays } from "./fields.ts";

/** The words of the day fields that depend on the month: `L`, `L-2`, `15W`, `LW`; `5L`, `friL`, `fri#L`, `1#2`. */

/** What such words list, as it is read. */
export type DayWords = { -readonly [Key in keyof SpecialDays]: SpecialDays[Key] };

export function noDayWords(): DayWords {
  return { fromEnd: 0, nearest: 0, lastWorkday: false, nth: 0, fifth: 0, last: 0 };
}

const dateShape = /^(?:(l)|l-(\d+)|(\d+)w|(lw))$/i;
const weekdayShape = /^([a-z]+|\d+)(?:(l)|#(?:(l)|(\d+)))$/i;
const wordShape = /^(?:l|w|lw|wl|l-\d+|\d+w|l-\d+w|\d+l|[a-z]{3}l|(?:\d+|[a-z]{3})#(?:\d+|l))$/i;

/** Whether an item looks like one of these words, in whatever field it stands. */
export function isDayWord(item: string): boolean {
  return wordShape.test(item);
}

/** Adds what `item` lists to `words`; false where it is no word of this field. */
export function readDayWord(item: string, rule: FieldRule, words: DayWords, refuse: Refuse): boolean {
  if (rule.name === "day-of-month") return readDate(item, words, refuse);
  return rule.name === "day-of-week" && readWeekday(item, rule, words, refuse);
}

function readDate(item: string, words: DayWords, refuse: Refuse): boolean {
  const parts = dateShape.exec(item);
  if (!parts) return false;
  const [, last, before, nearest] = parts;
  if (last) words.fromEnd |= 1;
  else if (before) words.fromEnd |= 1 << within(before, 1, 30, () => `L-${brief(before)} is out of range L-1 to L-30`);
  else if (nearest)
    words.nearest |= 1 << (within(nearest, 1, 31, () => `${brief(nearest)}W is out of range 1W-31W`) - 1);
  else words.lastWorkday = true;
  return true;

  function within(text: string, min: number, max: number, problem: () => string): number {
    const value = Number(text);
    return value >= min && value <= max ? value : refuse(`day-of-month ${problem()}`);
  }
}

function readWeekday(item: string, rule: FieldRule, words: DayWords, refuse: Refuse): boolean {
  const parts = weekdayShape.exec(item);
  // A name that ends in l is none of these: the names have three letters.
  if (!parts || rule.names.includes(item.toLowerCase())) return false;
  const [, day = "", last, nthLast, nthText] = parts;
  const weekday = weekdayOf(day, rule, refuse);
  if (last || nthLast) {
    words.last |= 1 << weekday;
    return true;
  }
  const nth = Number(nthText);
  if (nth < 1 || nth > 5) {
    return refuse(
      `day-of-week ${show(item)}: #${brief(nthText ?? "")} is out of range #1-#5; for the last write ${day}L`,
    );
  }
  if (nth === 5) words.fifth |= 1 << weekday;
  else words.nth |= 1 << ((nth - 1) * 7 + weekday);
  return true;
}

function weekdayOf(day: string, rule: FieldRule, refuse: Refuse): number {
  if (!/^\d/.test(day)) return parseName(day, rule, refuse);
  const value = Number(day);
  return value <= 7 ? value % 7 : refuse(`day-of-week ${brief(day)} is out of range 0-7 or sun-sat`);
}

/** What is wrong with a word that stands in the wrong field, or is not known in this one. */
export function explainDayWord(item: string, rule: FieldRule): string {
  const lower = item.toLowerCase();
  const what = `${rule.name} ${show(item)}`;
  if (rule.name === "day-of-week" && lower === "l") {
    return `${what} is read in two ways; write sat for Saturday, or friL for the last Friday of the month`;
  }
  const isDate = /^(?:l|w|lw|wl|l-\d+|\d+w|l-\d+w)$/.test(lower);
  if (rule.name === "day-of-month" && isDate) return `${what} is not understood; known are L, L-2, 15W and LW`;
  return `${what} is not understood; it belongs into ${isDate ? "day-of-month" : "day-of-week"}`;
}
