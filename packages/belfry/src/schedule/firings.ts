import { limits } from "../base/limits.ts";
import { checkInstant, checkInteger, checkOptions, refuseOption } from "../base/options.ts";
import { compile } from "./compile.ts";
import { type CronText, instantExpected, parseScheduleTime, type ScheduleFields } from "./spec.ts";

/**
 * The next instants at which a schedule is due, ascending: the first ones later than `from` (exclusive), fewer than
 * `count` when it is not due so often until 2099. Pure: it reads no clock, so `from` is required.
 *
 * `count`: 1 to 1,000, default 1. Throws E_OPTION and E_OPTION_UNKNOWN for `options`; E_SCHEDULE, E_TIMEZONE,
 * E_DURATION, E_OPTION and E_OPTION_UNKNOWN for `schedule`.
 */
export function nextFirings<const Cron extends string = string>(
  schedule: CronText<Cron> | ScheduleFields<Cron>,
  options: { from: Date; count?: number },
): Date[] {
  const compiled = compile(parseScheduleTime(schedule, "schedule"));
  const given = checkOptions(options, "nextFirings", ["from", "count"]);
  const from = checkInstant(given.from, "from") ?? refuseOption("from", given.from, instantExpected);
  const count = checkInteger(given.count, "count", 1, limits.nextFiringsMax) ?? 1;
  return compiled.between(from, Infinity, count).map((instant) => new Date(instant));
}
