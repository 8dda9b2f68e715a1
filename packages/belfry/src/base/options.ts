import { BelfryError } from "./errors.ts";
import { didYouMean } from "./nearest.ts";

/** Options as an object, whatever was passed. Throws E_OPTION for what is none, E_OPTION_UNKNOWN for a key not in `known`. */
export function checkOptions(value: unknown, owner: string, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BelfryError("E_OPTION", { field: owner, value, expected: "an object of options" });
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      throw new BelfryError("E_OPTION_UNKNOWN", { field: key, owner, nearest: didYouMean(key, known), known: known.join(", ") });
    }
  }
  return value as Record<string, unknown>;
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
  throw new BelfryError("E_OPTION", { field, value, expected: allowed.map((word) => JSON.stringify(word)).join(" or ") });
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
  throw new BelfryError("E_OPTION", { field, value, expected: `text of 1 to ${charactersMax} characters, well-formed and without NUL` });
}

/** A function, or undefined where absent. Throws E_OPTION. */
export function checkFunction<F>(value: unknown, field: string): F | undefined {
  if (value === undefined || typeof value === "function") return value as F | undefined;
  throw new BelfryError("E_OPTION", { field, value, expected: "a function" });
}
