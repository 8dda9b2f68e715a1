import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { Bounded, Excluding, Spread } from "./bounded.ts";
import type { CompiledSchedule } from "./compiled.ts";
import { parseCron } from "./cron.ts";
import { readingOf } from "./dst.ts";
import { rangesOf } from "./exclude.ts";
import { findZone } from "./find-zone.ts";
import { AtRule, CronRule, EveryRule } from "./rules.ts";
import type { ScheduleSpec } from "./spec.ts";
import type { Zone } from "./zone.ts";

export type { CompiledSchedule } from "./compiled.ts";

/**
 * Makes a stored schedule ready to be asked. `identity` is a text that is the schedule's own and never changes: its
 * `spread` is drawn from it. Throws E_SCHEDULE or E_TIMEZONE where `spec` cannot be read, as a row of another version
 * of Belfry, or one that was changed by hand.
 */
export function compile(spec: ScheduleSpec, identity = ""): CompiledSchedule {
  const stored: unknown = spec;
  if (typeof stored !== "object" || stored === null) return refuse("schedule", stored, "expected a stored schedule");
  if ("at" in spec) {
    checkInstant("schedule.at", spec.at);
    return new AtRule(spec.at);
  }
  const zone = zoneOf(spec);
  let rule = unbounded(spec, zone);
  const { start, end, exclude, spreadMs } = spec;
  if (start !== undefined) checkInstant("schedule.start", start);
  if (end !== undefined) checkInstant("schedule.end", end);
  if (start !== undefined || end !== undefined) rule = new Bounded(rule, start, end);
  if (exclude !== undefined) rule = new Excluding(rule, zone, rangesOf(exclude, "schedule.exclude"));
  if (spreadMs === undefined) return rule;
  checkWhole("schedule.spreadMs", spreadMs, 1, limits.durationMsMax);
  return new Spread(rule, spreadMs, identity);
}

/** The zone in which a schedule's dates are meant: UTC where it has none. Throws E_TIMEZONE. */
export function zoneOf(spec: ScheduleSpec): Zone {
  return findZone("cron" in spec ? spec.timezone : "UTC", "schedule.timezone");
}

/** A rule without its bounds: `start`, `end`, `exclude` and `spread`. Throws as `compile` does. */
export function unbounded(spec: Exclude<ScheduleSpec, { at: number }>, zone: Zone): CompiledSchedule {
  if ("cron" in spec) {
    const { fields } = parseCron(spec.cron, "schedule.cron");
    return new CronRule(fields, zone.timeline(readingOf(fields, spec.dst, "schedule.dst")));
  }
  if (!("everyMs" in spec)) return refuse("schedule", spec, "expected one of cron, everyMs and at in it");
  checkWhole("schedule.everyMs", spec.everyMs, limits.everyMsMin, limits.durationMsMax);
  checkInstant("schedule.anchor", spec.anchor);
  return new EveryRule(spec.everyMs, spec.anchor);
}

function checkInstant(field: string, value: unknown): void {
  checkWhole(field, value, limits.instantMin, limits.instantMax);
}

function checkWhole(field: string, value: unknown, min: number, max: number): void {
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return;
  refuse(field, value, `expected whole milliseconds from ${min} to ${max}`);
}

function refuse(field: string, value: unknown, problem: string): never {
  throw new BelfryError("E_SCHEDULE", { field, value, problem });
}
