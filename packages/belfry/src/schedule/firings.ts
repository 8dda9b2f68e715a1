import { BelfryError } from "../base/errors.ts";
import { compile } from "./compile.ts";
import { nearest } from "./nearest.ts";
import { parseInstant, parseScheduleTime, type ScheduleTime } from "./spec.ts";

const countMax = 1_000;
const known = ["from", "count"];

/**
 * The next instants at which a schedule is due, ascending: the first ones later than `from` (exclusive), fewer than
 * `count` when it is not due so often until 2099. Pure: it reads no clock, so `from` is required.
 *
 * `count`: 1 to 1,000, default 1. Throws E_OPTION and E_OPTION_UNKNOWN for `options`; E_SCHEDULE, E_TIMEZONE,
 * E_DURATION, E_OPTION and E_OPTION_UNKNOWN for `schedule`.
 */
export function nextFirings(schedule: ScheduleTime, options: { from: Date; count?: number }): Date[] {
  const compiled = compile(parseScheduleTime(schedule, "schedule"));
  const given: unknown = options;
  if (typeof given !== "object" || given === null) return refuse("options", given, "{ from: date, count? }");
  for (const key of Object.keys(given)) refuseUnknown(key);
  const from = parseInstant(options.from, "options.from");
  const { count = 1 } = options;
  if (!Number.isInteger(count) || count < 1 || count > countMax) {
    return refuse("options.count", count, `a whole number from 1 to ${countMax}`);
  }
  return compiled.between(from, Infinity, count).map((instant) => new Date(instant));
}

function refuseUnknown(key: string): void {
  if (known.includes(key)) return;
  const near = nearest(key, known);
  throw new BelfryError("E_OPTION_UNKNOWN", {
    field: `options.${key.slice(0, 64)}`,
    owner: "nextFirings",
    nearest: near ? ` (did you mean ${near}?)` : "",
    known: known.join(", "),
  });
}

function refuse(field: string, value: unknown, expected: string): never {
  throw new BelfryError("E_OPTION", { field, value, expected });
}
