import { parseDuration } from "../base/duration.ts";
import { isBelfryError, show } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { nearest } from "../base/nearest.ts";
import type { Refuse } from "./field-rule.ts";
import { isTimezone } from "./find-zone.ts";

/** The fields of a pattern as written: second, minute, hour, day-of-month, month, day-of-week. */
export type FieldTexts = readonly [string, string, string, string, string, string];

/** What a macro stands for (Vixie cron). */
const macros: Readonly<Record<string, FieldTexts>> = {
  "@hourly": ["0", "0", "*", "*", "*", "*"],
  "@daily": ["0", "0", "0", "*", "*", "*"],
  "@midnight": ["0", "0", "0", "*", "*", "*"],
  "@weekly": ["0", "0", "0", "*", "*", "0"],
  "@monthly": ["0", "0", "0", "1", "*", "*"],
  "@yearly": ["0", "0", "0", "1", "1", "*"],
  "@annually": ["0", "0", "0", "1", "1", "*"],
};

const fieldsExpected = "expected 5 fields (minute hour day-of-month month day-of-week), or 6 with seconds first";

/**
 * Splits a pattern at its blanks and tabs, and refuses what has neither five fields nor six: foreign characters, zones
 * and macros that no clock can decide, other numbers of fields. `canonical` has one blank between fields; of five
 * fields the second is 0.
 */
export function splitPattern(text: string, refuse: Refuse): { canonical: string; fields: FieldTexts } {
  if (text.length > limits.patternCharactersMax) {
    refuse(`it has ${text.length} characters; at most ${limits.patternCharactersMax} are allowed`);
  }
  const foreign = /[^\t -~]/u.exec(text);
  if (foreign) refuse(explainCharacter(foreign[0]));
  const words = text.split(/[ \t]+/).filter((word) => word !== "");
  if (words.length === 0) refuse(`it is empty; ${fieldsExpected}`);
  const canonical = words.join(" ");
  const zone = /^(?:CRON_)?TZ=/i.exec(canonical);
  if (zone) refuse(explainZone(canonical.slice(zone[0].length).split(" ")[0] ?? "", words.slice(1)));
  if (canonical.startsWith("@"))
    return { canonical, fields: macros[canonical.toLowerCase()] ?? refuse(explainMacro(words)) };
  if (words.length < 5 || words.length > 6 || explainSixth(words)) return refuse(explainCount(words));
  const [second = "0", minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = ""] =
    words.length === 5 ? ["0", ...words] : words;
  return { canonical, fields: [second, minute, hour, dayOfMonth, month, dayOfWeek] };
}

const lookalikes: Readonly<Record<string, string>> = {
  "\u2010": "-",
  "\u2011": "-",
  "\u2012": "-",
  "\u2013": "-",
  "\u2014": "-",
  "\u2212": "-",
  "\u2217": "*",
  "\u00d7": "*",
  "\u2044": "/",
  "\u060c": ",",
};

function explainCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  if (/\s/u.test(character)) return `it contains the white space ${name}; separate fields by blanks or tabs`;
  const shown = /[\p{C}\p{Z}\p{M}]/u.test(character) ? name : `${character} (${name})`;
  if (/\p{N}/u.test(character)) return `it contains the digit ${shown}; write digits as 0-9`;
  // The full-width forms stand in the order of ASCII.
  const likely = code > 0xff00 && code < 0xff5f ? String.fromCharCode(code - 0xfee0) : lookalikes[character];
  return `it contains ${shown}; ${likely ? `write ${likely}` : "only ASCII characters are allowed"}`;
}

function explainMacro(words: readonly string[]): string {
  const [name = "", ...rest] = words;
  const lower = name.toLowerCase();
  if (lower === "@every") return `@every is not cron; use { every: ${durationLike(rest) ?? '"15m"'} }`;
  if (lower === "@reboot") return "@reboot is due at no time; call run() when your program starts";
  if (macros[lower])
    return `${name} takes nothing after it; for a zone use { cron: "${name}", timezone: "Europe/Berlin" }`;
  const known = Object.keys(macros);
  const near = nearest(lower, known);
  return `${show(name)} is not known; ${near ? `write ${near}` : `known are ${known.join(", ")}`}`;
}

function explainZone(zone: string, pattern: readonly string[]): string {
  const cron = pattern.length === 0 ? "0 2 * * *" : pattern.join(" ");
  return `it names a zone; use { cron: ${show(cron)}, timezone: ${show(zone)} }`;
}

function explainCount(words: readonly string[]): string {
  const sixth = explainSixth(words);
  if (sixth) return sixth;
  const last = words.at(-1) ?? "";
  if (words.length === 7 && isZoneLike(last)) return explainZone(last, words.slice(0, 6));
  const duration = durationLike(words) ?? durationLike(words.slice(1));
  if (duration) return `it is an interval; use { every: ${duration} }`;
  const problem = `it has ${words.length} field${words.length === 1 ? "" : "s"}; ${fieldsExpected}`;
  if (words.length < 7) return problem;
  const hasYear = words.length === 7 && (isYear(last) || last === "*");
  return hasYear ? `${problem}; without the year write ${show(words.slice(0, 6).join(" "))}` : problem;
}

/** What is wrong with six fields of which the last is no day-of-week, but something written after five. */
function explainSixth(words: readonly string[]): string | undefined {
  const last = words.at(-1) ?? "";
  if (words.length !== 6) return undefined;
  if (isZoneLike(last)) return explainZone(last, words.slice(0, 5));
  if (!isYear(last)) return undefined;
  return `it has a year field; leave it out, and bound a schedule by start and end`;
}

function isYear(word: string): boolean {
  return /\d{4}/.test(word);
}

/** Day names such as `mon` are no zones, though `mst` is one. */
function isZoneLike(word: string): boolean {
  return /^[a-z]{3}/i.test(word) && isTimezone(word);
}

function durationLike(words: readonly string[]): string | undefined {
  const [word = "", ...others] = words;
  if (others.length > 0) return undefined;
  try {
    parseDuration(word, "every", { min: 1_000 });
    return JSON.stringify(word);
  } catch (error) {
    if (isBelfryError(error, "E_DURATION")) return undefined;
    throw error;
  }
}
