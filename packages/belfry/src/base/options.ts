import { BelfryError } from "./errors.ts";
import { limits } from "./limits.ts";
import { didYouMean } from "./nearest.ts";

/**
 * A copy of the options, whatever was passed: read once, so that nobody reads something else later. Throws E_OPTION for
 * what is no object or cannot be read, E_OPTION_UNKNOWN for a key not in `known`.
 */
export function checkOptions(value: unknown, owner: string, known: readonly string[]): Record<string, unknown> {
  const options = readObject(value, owner, "an object of options", known);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const field = key.slice(0, shownKeyCharactersMax);
    const nearest = didYouMean(key, known);
    throw new BelfryError("E_OPTION_UNKNOWN", { field, owner, nearest, known: known.join(", ") });
  }
  return options;
}

const shownKeyCharactersMax = 64;

/**
 * A copy of an object's own fields, and of those in `inherited` wherever they come from. Throws E_OPTION for what is no
 * object (an array is none) and for what throws when it is read.
 */
export function readObject(
  value: unknown,
  field: string,
  expected: string,
  inherited: readonly string[] = [],
): Record<string, unknown> {
  return guarded(value, field, expected, () => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const given = value as Record<string, unknown>;
    const names = new Set([...Object.keys(given), ...inherited.filter((name) => name in given)]);
    return Object.fromEntries([...names].map((name) => [name, given[name]]));
  });
}

/** A copy of an array, its holes undefined. Throws E_OPTION for what is none, is longer or throws when it is read. */
export function readArray(value: unknown, field: string, expected: string, lengthMax: number): unknown[] {
  return guarded(value, field, expected, () => {
    if (!Array.isArray(value) || value.length > lengthMax) return undefined;
    return Array.from(value as unknown[]);
  });
}

/** Whether it is an array. Throws E_OPTION for what cannot even be asked: a proxy that was revoked. */
export function isList(value: unknown, field: string, expected: string): boolean {
  return guarded(value, field, expected, () => ({ answer: Array.isArray(value) })).answer;
}

/** What `read` finds in the value. Throws E_OPTION where it finds nothing, and where reading throws. */
export function guarded<T>(value: unknown, field: string, expected: string, read: () => T | undefined): T {
  let found: T | undefined;
  try {
    found = read();
  } catch (cause) {
    throw new BelfryError("E_OPTION", { field, value, expected: `${expected} that can be read` }, { cause });
  }
  return found ?? refuseOption(field, value, expected);
}

/** Throws E_OPTION. */
export function refuseOption(field: string, value: unknown, expected: string): never {
  throw new BelfryError("E_OPTION", { field, value, expected });
}

/** The milliseconds of a `Date`, also of another realm, or undefined where absent. Throws E_OPTION. */
export function checkDate(value: unknown, field: string): number | undefined {
  return value === undefined ? undefined : (millisecondsOf(value) ?? refuseOption(field, value, "a valid Date"));
}

/** The same for what must lie in the years that schedules know. */
export function checkInstant(value: unknown, field: string): number | undefined {
  if (value === undefined) return undefined;
  const instant = millisecondsOf(value);
  if (instant !== undefined && instant >= limits.instantMin && instant <= limits.instantMax) return instant;
  return refuseOption(field, value, "a Date from 1970 to 2099");
}

function millisecondsOf(value: unknown): number | undefined {
  try {
    const ms = Date.prototype.getTime.call(value);
    return Number.isNaN(ms) ? undefined : ms;
  } catch {
    // It throws for everything that is no Date, whatever it says that it is.
    return undefined;
  }
}

/** A whole number within bounds, or undefined where absent. Throws E_OPTION. */
export function checkInteger(value: unknown, field: string, min: number, max: number): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new BelfryError("E_OPTION", { field, value, expected: `a whole number from ${min} to ${max}` });
}

/** One of the allowed words, or undefined where absent. Throws E_OPTION. */
export function checkOneOf<T extends string>(value: unknown, field: string, allowed: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((word) => word === value);
  if (found !== undefined) return found;
  throw new BelfryError("E_OPTION", {
    field,
    value,
    expected: allowed.map((word) => JSON.stringify(word)).join(" or "),
  });
}

/** A boolean, or undefined where absent. Throws E_OPTION. */
export function checkBoolean(value: unknown, field: string): boolean | undefined {
  if (value === undefined || typeof value === "boolean") return value;
  throw new BelfryError("E_OPTION", { field, value, expected: "true or false" });
}

/** Well-formed text of bounded length without NUL, or undefined where absent. Throws E_OPTION. */
export function checkText(value: unknown, field: string, charactersMax: number): string | undefined {
  if (value === undefined) return undefined;
  const fits = typeof value === "string" && value.length > 0 && value.length <= charactersMax;
  if (fits && value.isWellFormed() && !value.includes("\0")) return value;
  throw new BelfryError("E_OPTION", {
    field,
    value,
    expected: `text of 1 to ${charactersMax} characters, well-formed and without NUL`,
  });
}

/** A function, or undefined where absent. Throws E_OPTION. */
export function checkFunction<F>(value: unknown, field: string): F | undefined {
  if (value === undefined || typeof value === "function") return value as F | undefined;
  throw new BelfryError("E_OPTION", { field, value, expected: "a function" });
}
