import { unbounded, zoneOf } from "./compile.ts";
import { parseCron } from "./cron.ts";
import { readingOf } from "./dst.ts";
import { dateOfDay } from "./exclude.ts";
import type { CronFields } from "./fields.ts";
import type { ScheduleSpec } from "./spec.ts";
import { filledGapOf, type Reading } from "./timeline.ts";
import type { Transition } from "./transitions.ts";
import { localText, nextWall } from "./wall.ts";
import type { Zone } from "./zone.ts";

/** Why a schedule is not due at an instant. Local times and dates are ISO without zone, instants milliseconds. */
export type Cause =
  /** It would be due, but a calendar has that local date. */
  | { readonly kind: "excluded"; readonly calendar: string; readonly date: string }
  | { readonly kind: "beforeStart"; readonly start: number }
  | { readonly kind: "afterEnd"; readonly end: number }
  /**
   * A listed local time that clocks leave out on that day, and that is this instant by the offset before or after it:
   * it fires at `shiftedTo`, or not at all.
   */
  | { readonly kind: "gap"; readonly local: string; readonly shiftedTo?: number }
  /** A listed local time that comes twice on that day, at `first` and `last`: the schedule fires at the other one. */
  | { readonly kind: "repeat"; readonly local: string; readonly first: number; readonly last: number };

type Repeating = Exclude<ScheduleSpec, { at: number }>;

/**
 * Why a schedule that can be compiled is not due at an instant: empty where its pattern just does not list that time, or
 * it is due.
 */
export function whyNot(spec: ScheduleSpec, instant: number): Cause[] {
  if ("at" in spec) return [];
  const { start, end } = spec;
  const causes: Cause[] = [];
  if (start !== undefined && instant < start) causes.push({ kind: "beforeStart", start });
  if (end !== undefined && instant > end) causes.push({ kind: "afterEnd", end });
  const zone = zoneOf(spec);
  if (unbounded(spec, zone).next(instant - 1) === instant) return [...causes, ...excluding(spec, zone, instant)];
  return [...causes, ...clockCauses(spec, zone, instant)];
}

function excluding(spec: Repeating, zone: Zone, instant: number): Cause[] {
  const date = dateOfDay(zone.localDay(instant));
  const calendars = spec.exclude?.filter(({ dates }) => dates.includes(date)) ?? [];
  return calendars.map(({ name }) => ({ kind: "excluded", calendar: name, date }));
}

/** How far from a change of the clocks an instant may be whose local time it leaves out: a whole date. */
const reachMs = 26 * 3_600_000;

function clockCauses(spec: Repeating, zone: Zone, instant: number): Cause[] {
  if (!("cron" in spec)) return [];
  const { fields } = parseCron(spec.cron, "schedule.cron");
  const reading = readingOf(fields, spec.dst, "schedule.dst");
  const causes: Cause[] = [];
  for (const transition of zone.transitions(instant - reachMs, instant + reachMs)) {
    const { before, after } = transition;
    const cause =
      after > before
        ? gapCause(fields, reading, transition, instant)
        : repeatCause(fields, reading, transition, instant);
    if (cause) causes.push(cause);
  }
  return causes;
}

function gapCause(fields: CronFields, reading: Reading, transition: Transition, instant: number): Cause | undefined {
  const { at, before, after } = transition;
  const local = instant + (instant < at ? after : before);
  if (local < at + before || local >= at + after || !lists(fields, local)) return undefined;
  const shiftedTo = firingInGap(reading, transition, local);
  return { kind: "gap", local: localText(local), ...(shiftedTo === undefined ? {} : { shiftedTo }) };
}

/** When a local time that a gap leaves out fires; undefined when it does not. */
export function firingInGap(reading: Reading, transition: Transition, local: number): number | undefined {
  if (filledGapOf(transition) === 0 || reading.startsWith("skip")) return undefined;
  return reading.startsWith("shift") ? local - transition.before : transition.at;
}

function repeatCause(fields: CronFields, reading: Reading, transition: Transition, instant: number): Cause | undefined {
  const { at, before, after } = transition;
  const local = instant + (instant < at ? before : after);
  if (local < at + after || local >= at + before || !lists(fields, local)) return undefined;
  const missed = reading.endsWith(instant < at ? "last" : "first");
  return missed ? { kind: "repeat", local: localText(local), first: local - before, last: local - after } : undefined;
}

function lists(fields: CronFields, local: number): boolean {
  return nextWall(fields, local) === local;
}
