import { limits } from "../base/limits.ts";
import { type CompiledSchedule, compile, zoneOf } from "./compile.ts";
import { parseCron } from "./cron.ts";
import { readingOf } from "./dst.ts";
import { type CronFields, coversEveryHour } from "./fields.ts";
import type { ScheduleSpec } from "./spec.ts";
import type { Reading } from "./timeline.ts";
import type { Transition } from "./transitions.ts";
import { localText, nextWall } from "./wall.ts";
import { firingInGap } from "./why.ts";

/** What a change of the clocks does to a schedule. Local times are ISO without zone, instants milliseconds. */
export interface Surprise {
  /**
   * `shifted`: local times that the clocks leave out fire later. `lost`: they do not fire. `once`: local times that
   * come twice fire at one pass. `twice`: they fire at both.
   */
  readonly kind: "shifted" | "lost" | "once" | "twice";
  /** The first local time that it happens to. */
  readonly local: string;
  /** When that local time fires; absent where it is lost. */
  readonly instant?: number;
  /** When it fires again; only where it does. */
  readonly again?: number;
  /** The instant at which the clocks change. */
  readonly change: number;
  /** How many listed local times it happens to. */
  readonly count: number;
}

/**
 * What the changes of clocks from `from` on, before `until`, do to a schedule, ascending: the first 100. None for an
 * interval, an instant, and a pattern that covers every hour, as they follow real time. Throws as `compile` does.
 */
export function surprisesOf(spec: ScheduleSpec, from: number, until: number): Surprise[] {
  if (!("cron" in spec)) return [];
  const { fields } = parseCron(spec.cron, "schedule.cron");
  if (coversEveryHour(fields)) return [];
  const schedule = compile(spec);
  const reading = readingOf(fields, spec.dst, "schedule.dst");
  const surprises: Surprise[] = [];
  for (const transition of zoneOf(spec).transitions(from, until)) {
    const surprise = surpriseAt(transition, fields, reading, (fate) => happens(schedule, spec, transition, fate));
    if (surprise) surprises.push(surprise);
    if (surprises.length === limits.surprisesMax) break;
  }
  return surprises;
}

/** What becomes of one listed local time. */
type Fate = Pick<Surprise, "kind" | "instant" | "again"> & { readonly local: number };

function surpriseAt(
  transition: Transition,
  fields: CronFields,
  reading: Reading,
  counts: (fate: Fate) => boolean,
): Surprise | undefined {
  const { at, before, after } = transition;
  const until = at + Math.max(before, after);
  let first: Fate | undefined;
  let count = 0;
  for (let local = nextWall(fields, at + Math.min(before, after)); local < until; local = nextWall(fields, local + 1)) {
    const fate = fateOf(transition, reading, local);
    if (!counts(fate)) continue;
    first ??= fate;
    count += 1;
  }
  return first && { ...first, local: localText(first.local), change: at, count };
}

function fateOf(transition: Transition, reading: Reading, local: number): Fate {
  const { before, after } = transition;
  if (after > before) {
    const instant = firingInGap(reading, transition, local);
    return instant === undefined ? { kind: "lost", local } : { kind: "shifted", local, instant };
  }
  const [earlier, later] = [local - before, local - after];
  if (reading.endsWith("both")) return { kind: "twice", local, instant: earlier, again: later };
  return { kind: "once", local, instant: reading.endsWith("first") ? earlier : later };
}

/** Whether it happens within the schedule's bounds: it fires there, or a date that is not excluded is lost. */
function happens(
  schedule: CompiledSchedule,
  spec: Extract<ScheduleSpec, { cron: string }>,
  change: Transition,
  fate: Fate,
) {
  if (fate.instant !== undefined) return schedule.next(fate.instant - 1) === fate.instant;
  const { start = limits.instantMin, end = limits.instantMax, exclude = [] } = spec;
  const date = localText(fate.local).slice(0, 10);
  return change.at >= start && change.at <= end && !exclude.some(({ dates }) => dates.includes(date));
}
