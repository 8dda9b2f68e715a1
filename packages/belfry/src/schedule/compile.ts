import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { type CronFields, coversEveryHour, parseCron } from "./cron.ts";
import { nextInstant, previousInstant } from "./instants.ts";
import type { ScheduleSpec } from "./spec.ts";
import type { Reading } from "./timeline.ts";
import { findZone, type Zone } from "./zone.ts";

/**
 * When a schedule is due. Instants are whole milliseconds since 1970 (UTC), from 1970 to 2099. The answers depend on
 * the schedule and the zone data only: not on the clock, the process's own zone or what was asked before.
 */
export interface CompiledSchedule {
  /** The first instant later than `after`; undefined when there is none. */
  next(after: number): number | undefined;
  /** The last instant earlier than `before`; undefined when there is none. */
  previous(before: number): number | undefined;
  /** The instants later than `after` and up to `upTo`, which is included, ascending: the first `limit` of them. */
  between(after: number, upTo: number, limit: number): number[];
}

/**
 * Makes a stored schedule ready to be asked. Throws E_SCHEDULE or E_TIMEZONE where `spec` cannot be read, as a row
 * of another version of Belfry, or one that was changed by hand.
 */
export function compile(spec: ScheduleSpec): CompiledSchedule {
  const stored: unknown = spec;
  if (typeof stored !== "object" || stored === null) return refuse("schedule", stored, "expected a stored schedule");
  if ("cron" in spec) {
    const { fields } = parseCron(spec.cron, "schedule.cron");
    return new CronSchedule(fields, findZone(spec.timezone, "schedule.timezone"));
  }
  if ("everyMs" in spec) {
    checkWhole("schedule.everyMs", spec.everyMs, limits.everyMsMin, limits.durationMsMax);
    checkWhole("schedule.anchor", spec.anchor, limits.instantMin, limits.instantMax);
    return new EverySchedule(spec.everyMs, spec.anchor);
  }
  if (!("at" in spec)) return refuse("schedule", stored, "expected one of cron, everyMs and at in it");
  checkWhole("schedule.at", spec.at, limits.instantMin, limits.instantMax);
  return new AtSchedule(spec.at);
}

function checkWhole(field: string, value: unknown, min: number, max: number): void {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return;
  refuse(field, value, `expected whole milliseconds from ${min} to ${max}`);
}

function refuse(field: string, value: unknown, problem: string): never {
  throw new BelfryError("E_SCHEDULE", { field, value, problem });
}

/**
 * Due by a cron pattern in a zone. When the clocks change, a pattern that lists hours is due once for every local time
 * that it lists (Vixie cron's rule, to the minute); one that covers every hour follows real time.
 */
class CronSchedule implements CompiledSchedule {
  readonly #fields: CronFields;
  readonly #zone: Zone;
  readonly #reading: Reading;

  constructor(fields: CronFields, zone: Zone) {
    this.#fields = fields;
    this.#zone = zone;
    this.#reading = coversEveryHour(fields) ? "real" : "once";
  }

  next(after: number): number | undefined {
    return nextInstant(this.#fields, this.#zone, this.#reading, after);
  }

  previous(before: number): number | undefined {
    return previousInstant(this.#fields, this.#zone, this.#reading, before);
  }

  between(after: number, upTo: number, limit: number): number[] {
    return collect(this, after, upTo, limit);
  }
}

/** Due every so many milliseconds, before and after its anchor. */
class EverySchedule implements CompiledSchedule {
  readonly #everyMs: number;
  /** The first instant of all. */
  readonly #first: number;

  constructor(everyMs: number, anchor: number) {
    this.#everyMs = everyMs;
    this.#first = anchor % everyMs;
  }

  next(after: number): number | undefined {
    const start = Math.max(limits.instantMin, Math.floor(after) + 1);
    const instant = this.#first + Math.ceil((start - this.#first) / this.#everyMs) * this.#everyMs;
    return instant <= limits.instantMax ? instant : undefined;
  }

  previous(before: number): number | undefined {
    const start = Math.min(limits.instantMax, Math.ceil(before) - 1);
    const instant = this.#first + Math.floor((start - this.#first) / this.#everyMs) * this.#everyMs;
    return instant >= limits.instantMin ? instant : undefined;
  }

  between(after: number, upTo: number, limit: number): number[] {
    return collect(this, after, upTo, limit);
  }
}

/** Due at one instant. */
class AtSchedule implements CompiledSchedule {
  readonly #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  next(after: number): number | undefined {
    return this.#at > after ? this.#at : undefined;
  }

  previous(before: number): number | undefined {
    return this.#at < before ? this.#at : undefined;
  }

  between(after: number, upTo: number, limit: number): number[] {
    return collect(this, after, upTo, limit);
  }
}

function collect(schedule: CompiledSchedule, after: number, upTo: number, limit: number): number[] {
  const instants: number[] = [];
  let instant = schedule.next(after);
  while (instant !== undefined && instant <= upTo && instants.length < limit) {
    instants.push(instant);
    instant = schedule.next(instant);
  }
  return instants;
}
