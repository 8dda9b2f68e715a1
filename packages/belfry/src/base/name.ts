import { BelfryError } from "./errors.ts";
import { limits } from "./limits.ts";

const shape = /^[A-Za-z0-9](?:[A-Za-z0-9 _-]*[A-Za-z0-9_-])?$/;

/**
 * A task's name, or by the same rule an app's, a calendar's and a schedule's key: ASCII letters, digits, blank, `_` and
 * `-`; the first a letter or digit, no trailing blank, at most 128. Throws E_OPTION.
 */
export function checkName(value: unknown, field: string): string {
  if (typeof value === "string" && value.length <= limits.taskNameCharactersMax && shape.test(value)) return value;
  throw new BelfryError("E_OPTION", {
    field,
    value,
    expected: `1 to ${limits.taskNameCharactersMax} ASCII letters, digits, blanks, _ or -, starting with a letter or digit, without a trailing blank`,
  });
}
