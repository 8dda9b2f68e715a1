import { type Duration, parseDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { defaults, limits } from "../base/limits.ts";
import { didYouMean } from "../base/nearest.ts";
import { checkInstant, readObject, refuseOption } from "../base/options.ts";
import { compile } from "./compile.ts";
import { parseCron } from "./cron.ts";
import { type DstOption, type DstRule, parseDst } from "./dst.ts";
import { type Calendar, parseExclude } from "./exclude.ts";
import { findZone } from "./find-zone.ts";
import type { CronPattern } from "./literal.ts";

export type { DstRule } from "./dst.ts";
export type { Calendar } from "./exclude.ts";

/** What bounds the instants of a rule, all inclusive. */
interface Bounds {
  start?: number;
  end?: number;
  exclude?: readonly Calendar[];
  spreadMs?: number;
}

/**
 * When a schedule is due, as it is kept in a store and sent as JSON: a cron pattern in a zone, an interval in
 * milliseconds aligned to `anchor`, or one instant. Instants are milliseconds since 1970 (UTC). Keys stand in the order
 * of these types and absent ones are left out: equal definitions are equal JSON texts.
 */
export type ScheduleSpec =
  | ({ cron: string; timezone: string; dst?: DstRule } & Bounds)
  | ({ everyMs: number; anchor: number } & Bounds)
  | { at: number };

/**
 * When a schedule is due, as it is written:
 * - `"0 2 * * *"`: a cron pattern in UTC, or `{ cron, timezone, dst }`. Five fields, six with the seconds first, or a
 *   macro such as `@daily`. `timezone` is an IANA name, `"UTC"` or a fixed offset such as `"+02:00"`. Default `"UTC"`.
 * - `{ every: "15m", anchor }`: an interval from `"1s"` to `"366d"`, due at `anchor` and whole intervals before and
 *   after it. Default anchor: 1970-01-01T00:00Z.
 * - `{ at: date }`: once, from 1970 to 2099.
 *
 * A literal cron pattern with another number of fields, or foreign characters, does not compile.
 */
export type ScheduleTime<Cron extends string = string> = CronText<Cron> | ScheduleFields<Cron>;

// `Cron` stands beside what is checked so that the compiler finds it there: a list's patterns together, each as it is.
// Where a parameter takes both, name both: by the alias of their union the compiler would not say what is wrong.

/** A cron pattern; for a literal one that is none, what is wrong with it. */
export type CronText<Cron extends string> = (Cron & Checked<Cron>) | Checked<Cron>;

/** When a schedule is due, written as an object. */
export type ScheduleFields<Cron extends string> =
  | ({ cron: Checked<Cron> } & { cron: Cron | Checked<Cron> } & { timezone?: string; dst?: DstOption } & ScheduleBounds)
  | ({ every: Duration; anchor?: Date } & ScheduleBounds)
  | { at: Date };

type Checked<Cron extends string> = CronPattern<NoInfer<Cron>>;

/** What bounds a cron pattern or an interval, and spreads its runs. */
export interface ScheduleBounds {
  /** The first instant that may be due, itself included (Temporal). Default: 1970. */
  start?: Date;
  /** The last instant that may be due, itself included; not before `start`. Default: the end of 2099. */
  end?: Date;
  /**
   * Calendars of dates on which it is not due, as the schedule's zone has them (UTC for an interval): at most 10. An
   * instant belongs to the date that clocks show when it comes.
   */
  exclude?: Calendar | readonly Calendar[];
  /**
   * Runs are due up to this long after their instant, each schedule by a share of its own that stays the same, and
   * always before the next instant. The instant itself, and with it `scheduledFor` and `key`, does not change.
   * Default: none.
   */
  spread?: Duration;
}

const bounds = ["start", "end", "exclude", "spread"] as const;

const kinds = {
  cron: { owner: "a cron schedule", known: ["cron", "timezone", "dst", ...bounds] },
  every: { owner: "an interval schedule", known: ["every", "anchor", ...bounds] },
  at: { owner: "a schedule for one instant", known: ["at"] },
} as const;

type Kind = keyof typeof kinds;

const written = 'a cron pattern such as "0 2 * * *", { cron, timezone }, { every: "15m" } or { at: date }';

/** What is expected of an instant that a user writes. */
export const instantExpected = "a Date from 1970 to 2099";

/**
 * Reads the time part of a schedule that a user wrote, and gives the form that is stored: patterns and zones spelled
 * as given, with one blank between fields. Errors name `field`, the value and what was expected: E_SCHEDULE (a
 * pattern, and bounds within which it is never due), E_TIMEZONE, E_DURATION (`every`, `spread`), E_OPTION (another type
 * or date, `end` before `start`), E_OPTION_UNKNOWN (a key that this kind of schedule does not have; `beside` are those
 * that its caller has read before).
 */
export function parseScheduleTime(input: unknown, field: string, beside: readonly string[] = []): ScheduleSpec {
  if (typeof input === "string") return { cron: parseCron(input, field).canonical, timezone: defaults.timezone };
  // Read once, and a key that is undefined is one that is absent.
  const entries = Object.entries(readObject(input, field, written)).filter(([, value]) => value !== undefined);
  const given = new Map(entries);
  const kind = kindOf(given, input, field);
  for (const key of given.keys()) refuseUnknown(key, kind, field, beside);
  if (kind === "at") return { at: instantOf(given.get("at"), `${field}.at`) };
  const rule = kind === "every" ? parseEvery(given, field) : parsePattern(given, field);
  const bounds = parseBounds(given, field);
  const spec = { ...rule, ...bounds };
  const bounded = bounds.start !== undefined || bounds.end !== undefined || bounds.exclude !== undefined;
  if (bounded && compile(spec).next(-1) === undefined) {
    const value = "cron" in spec ? spec.cron : given.get("every");
    throw new BelfryError("E_SCHEDULE", { field, value, problem: "it is never due within its start, end and exclude" });
  }
  return spec;
}

type Given = ReadonlyMap<string, unknown>;

function parseEvery(given: Given, field: string): { everyMs: number; anchor: number } {
  const everyMs = parseDuration(given.get("every"), `${field}.every`, { min: limits.everyMsMin });
  return { everyMs, anchor: checkInstant(given.get("anchor"), `${field}.anchor`) ?? 0 };
}

function parsePattern(given: Given, field: string): { cron: string; timezone: string; dst?: DstRule } {
  const { canonical: cron, fields } = parseCron(given.get("cron"), `${field}.cron`);
  const timezone = given.has("timezone") ? given.get("timezone") : defaults.timezone;
  findZone(timezone, `${field}.timezone`);
  const dst = parseDst(given.get("dst"), fields, `${field}.dst`);
  return { cron, timezone: String(timezone), ...(dst ? { dst } : {}) };
}

function parseBounds(given: Given, field: string): Bounds {
  const start = checkInstant(given.get("start"), `${field}.start`);
  const end = checkInstant(given.get("end"), `${field}.end`);
  if (start !== undefined && end !== undefined && end < start) {
    refuseOption(`${field}.end`, given.get("end"), `a Date that is not before start, ${new Date(start).toISOString()}`);
  }
  const exclude = parseExclude(given.get("exclude"), `${field}.exclude`);
  const spread = given.get("spread");
  return {
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    ...(exclude ? { exclude } : {}),
    ...(spread === undefined ? {} : { spreadMs: parseDuration(spread, `${field}.spread`, { min: 1 }) }),
  };
}

function kindOf(given: Given, input: unknown, field: string): Kind {
  const present = (["cron", "every", "at"] as const).filter((kind) => given.has(kind));
  const [kind] = present;
  if (kind === undefined) return refuseOption(field, input, written);
  if (present.length > 1) return refuseOption(field, input, `only one of ${present.join(" and ")} in it`);
  return kind;
}

function refuseUnknown(key: string, kind: Kind, field: string, beside: readonly string[]): void {
  const { owner } = kinds[kind];
  const known = [...kinds[kind].known, ...beside];
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
