import { BelfryError } from "../base/errors.ts";
import { checkOneOf, checkOptions, refuseOption } from "../base/options.ts";
import { type CronFields, coversEveryHour } from "./fields.ts";
import type { Reading } from "./timeline.ts";

/** What a schedule does when the clocks change, where it is not the default (`gap: "shift"`, `repeat: "first"`). */
export interface DstRule {
  readonly gap?: "transition" | "skip";
  readonly repeat?: "last" | "both";
}

/** What a schedule that lists hours does with local times that do not exist, and with those that come twice. */
export interface DstOption {
  /**
   * A listed local time in a gap: `shift` moves it later by the gap's length, `transition` to the instant at which the
   * clocks change (those that meet there fire once), `skip` leaves it out. Default `shift` (Vixie cron). A date that
   * a zone leaves out altogether (a gap over 3 h) is left out by all three.
   */
  gap?: "shift" | "transition" | "skip";
  /** A listed local time that comes twice: fire at its first pass, its last, or both. Default `first`. */
  repeat?: "first" | "last" | "both";
}

/** What may become of a listed local time that clocks leave out. */
export const gaps = ["shift", "transition", "skip"] as const;
/** What may become of one that comes twice. */
export const repeats = ["first", "last", "both"] as const;

/**
 * What a user says about changing clocks, as it is stored; undefined where it says the defaults. Throws E_OPTION (also
 * for a pattern that covers every hour: it follows real time, and no rule is needed), E_OPTION_UNKNOWN.
 */
export function parseDst(value: unknown, fields: CronFields, field: string): DstRule | undefined {
  if (value === undefined) return undefined;
  const given = checkOptions(value, field, ["gap", "repeat"]);
  const gap = checkOneOf(given.gap, `${field}.gap`, gaps);
  const repeat = checkOneOf(given.repeat, `${field}.repeat`, repeats);
  if ((gap || repeat) && coversEveryHour(fields)) refuseOption(field, value, `none: ${followsRealTime}`);
  const rule = {
    ...(gap === undefined || gap === "shift" ? {} : { gap }),
    ...(repeat === undefined || repeat === "first" ? {} : { repeat }),
  };
  return Object.keys(rule).length === 0 ? undefined : rule;
}

const followsRealTime = "this pattern covers every hour, and follows real time when the clocks change";

/** How a stored pattern reads its zone. Throws E_SCHEDULE where its rule cannot be read. */
export function readingOf(fields: CronFields, rule: DstRule | undefined, field: string): Reading {
  if (coversEveryHour(fields)) return rule === undefined ? "skip-both" : refuse(field, rule, followsRealTime);
  const { gap = "shift", repeat = "first" } = rule ?? {};
  if (!gaps.includes(gap)) return refuse(`${field}.gap`, gap, `expected ${gaps.join(" or ")}`);
  if (!repeats.includes(repeat)) return refuse(`${field}.repeat`, repeat, `expected ${repeats.join(" or ")}`);
  return `${gap}-${repeat}`;
}

function refuse(field: string, value: unknown, problem: string): never {
  throw new BelfryError("E_SCHEDULE", { field, value, problem });
}
