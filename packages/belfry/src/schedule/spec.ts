import { parseDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { defaults, limits } from "../base/limits.ts";
import { didYouMean } from "../base/nearest.ts";
import { checkInstant, readObject, refuseOption } from "../base/options.ts";
import { parseCron } from "./cron.ts";
import { findZone } from "./zone.ts";

/**
 * When a schedule is due, as it is kept in a store and sent as JSON: a cron pattern in a zone, an interval in
 * milliseconds aligned to `anchor`, or one instant. Instants are milliseconds since 1970 (UTC).
 */
export type ScheduleSpec = { cron: string; timezone: string } | { everyMs: number; anchor: number } | { at: number };

/**
 * When a schedule is due, as it is written:
 * - `"0 2 * * *"`: a cron pattern in UTC, or `{ cron, timezone }`. Five fields, or a macro such as `@daily`. `timezone`
 *   is an IANA name, `"UTC"` or a fixed offset such as `"+02:00"`. Default `"UTC"`.
 * - `{ every: "15m", anchor }`: an interval from `"1s"` to `"366d"`, due at `anchor` and whole intervals before and
 *   after it. Default anchor: 1970-01-01T00:00Z.
 * - `{ at: date }`: once, from 1970 to 2099.
 */
export type ScheduleTime =
  | string
  | { cron: string; timezone?: string }
  | { every: string; anchor?: Date }
  | { at: Date };

const kinds = {
  cron: { owner: "a cron schedule", known: ["cron", "timezone"] },
  every: { owner: "an interval schedule", known: ["every", "anchor"] },
  at: { owner: "a schedule for one instant", known: ["at"] },
} as const;

type Kind = keyof typeof kinds;

const written = 'a cron pattern such as "0 2 * * *", { cron, timezone }, { every: "15m" } or { at: date }';

/** What is expected of an instant that a user writes. */
export const instantExpected = "a Date from 1970 to 2099";

/**
 * Reads the time part of a schedule that a user wrote, and gives the form that is stored: patterns and zones spelled
 * as given, with one blank between fields. Errors name `field`, the value and what was expected: E_SCHEDULE (a
 * pattern), E_TIMEZONE, E_DURATION (`every`), E_OPTION (another type or date), E_OPTION_UNKNOWN (a key that this kind
 * of schedule does not have).
 */
export function parseScheduleTime(input: unknown, field: string): ScheduleSpec {
  if (typeof input === "string") return { cron: parseCron(input, field).canonical, timezone: defaults.timezone };
  // Read once, and a key that is undefined is one that is absent.
  const entries = Object.entries(readObject(input, field, written)).filter(([, value]) => value !== undefined);
  const given = new Map(entries);
  const kind = kindOf(given, input, field);
  for (const key of given.keys()) refuseUnknown(key, kind, field);
  if (kind === "at") return { at: instantOf(given.get("at"), `${field}.at`) };
  if (kind === "every") {
    const everyMs = parseDuration(given.get("every"), `${field}.every`, { min: limits.everyMsMin });
    return { everyMs, anchor: checkInstant(given.get("anchor"), `${field}.anchor`) ?? 0 };
  }
  const cron = parseCron(given.get("cron"), `${field}.cron`).canonical;
  const timezone = given.has("timezone") ? given.get("timezone") : defaults.timezone;
  findZone(timezone, `${field}.timezone`);
  return { cron, timezone: String(timezone) };
}

function kindOf(given: ReadonlyMap<string, unknown>, input: unknown, field: string): Kind {
  const present = (["cron", "every", "at"] as const).filter((kind) => given.has(kind));
  const [kind] = present;
  if (kind === undefined) return refuseOption(field, input, written);
  if (present.length > 1) return refuseOption(field, input, `only one of ${present.join(" and ")} in it`);
  return kind;
}

function refuseUnknown(key: string, kind: Kind, field: string): void {
  const { owner, known } = kinds[kind];
  if (known.some((name) => name === key)) return;
  const meant = key === "tz" || key === "zone" ? "timezone" : key;
  throw new BelfryError("E_OPTION_UNKNOWN", {
    field: `${field}.${key.slice(0, 64)}`,
    owner,
    nearest: didYouMean(meant, known),
    known: known.join(", "),
  });
}

function instantOf(value: unknown, field: string): number {
  return checkInstant(value, field) ?? refuseOption(field, value, instantExpected);
}
