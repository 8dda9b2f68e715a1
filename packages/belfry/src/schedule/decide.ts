import type { CatchUpRule } from "./catchup.ts";
import type { CompiledSchedule } from "./compile.ts";

/** Instants in (after, upTo] that do not fire, and why. */
export interface Span {
  readonly after: number;
  readonly upTo: number;
  readonly reason: "paused" | "skipped" | "missed";
}

/** An instant that fires. `queued`: caught up; it waits for earlier runs, and starts so much later at the earliest. */
export interface Fire {
  readonly instant: number;
  readonly queued?: { readonly delayMs: number };
}

/** What is decided about the due instants of one schedule: links from its cursor on, ascending and without a gap. */
export interface Decision {
  readonly links: readonly (Span | Fire)[];
  /** The newest decided instant. */
  readonly newCursor: number;
  /** When that was due. */
  readonly wasDueAt: number;
  /** The first instant after it, and when it is due; undefined when the schedule is never due again. */
  readonly next: { readonly nextAt: number; readonly dueAt: number } | undefined;
}

/** Where a schedule stands, and its rules. All in milliseconds. */
export interface DueInput {
  /** Up to where everything was decided before. */
  readonly cursor: number;
  /** The store's clock. */
  readonly now: number;
  readonly catchUp: CatchUpRule;
  /** How long after it was due an instant counts as missed. */
  readonly lateAfterMs: number;
  /** It is paused: instants before `until` do not fire, and none where that is absent. */
  readonly pause?: { readonly until?: number };
  /** Instants before this one are skipped. */
  readonly skipUntil?: number;
}

/**
 * Decides every instant later than `cursor` that is due by `now`. A pause takes its instants first, then a skip. Of the
 * rest, missed is an instant when a later one is due too, or when it was due longer than `lateAfterMs` ago; others fire
 * whatever `catchUp` says. Undefined when nothing is due, as after a step back of the clock. Costs the same for one
 * missed instant and for a million.
 */
export function decideDue(schedule: CompiledSchedule, input: DueInput): Decision | undefined {
  const newest = newestDue(schedule, input.now);
  if (newest === undefined || newest <= input.cursor) return undefined;
  const links: (Span | Fire)[] = [];
  const { pause, skipUntil = Number.NEGATIVE_INFINITY } = input;
  const pausedUntil = pause ? (pause.until ?? Number.POSITIVE_INFINITY) : Number.NEGATIVE_INFINITY;
  let at = hold(schedule, links, { after: input.cursor, newest, until: pausedUntil, reason: "paused" });
  at = hold(schedule, links, { after: at, newest, until: skipUntil, reason: "skipped" });
  if (at < newest) links.push(...judge(schedule, { after: at, newest }, input));
  return { links, newCursor: newest, wasDueAt: schedule.dueAt(newest), next: upcoming(schedule, newest) };
}

/** The first instant after `cursor` and when it is due; undefined when there is none. */
export function upcoming(schedule: CompiledSchedule, cursor: number): { nextAt: number; dueAt: number } | undefined {
  const nextAt = schedule.next(cursor);
  return nextAt === undefined ? undefined : { nextAt, dueAt: schedule.dueAt(nextAt) };
}

/** The newest instant whose run is due by `now`; where it spreads, one that has passed may not be. */
export function newestDue(schedule: CompiledSchedule, now: number): number | undefined {
  const passed = schedule.previous(Math.floor(now) + 1);
  if (passed === undefined || schedule.dueAt(passed) <= now) return passed;
  return schedule.previous(passed);
}

/** Instants up to `newest` and before `until` do not fire; answers up to where everything is decided then. */
function hold(
  schedule: CompiledSchedule,
  links: (Span | Fire)[],
  { after, newest, until, reason }: { after: number; newest: number; until: number; reason: "paused" | "skipped" },
): number {
  if (until <= after) return after;
  const upTo = until > newest ? newest : schedule.previous(until);
  if (upTo === undefined || upTo <= after) return after;
  links.push({ after, upTo, reason });
  return upTo;
}

/** The links of the instants after `after` up to `newest`, of which there is at least that one. */
function judge(
  schedule: CompiledSchedule,
  { after, newest }: { after: number; newest: number },
  { now, catchUp, lateAfterMs }: DueInput,
): (Span | Fire)[] {
  const isOnTime = now - schedule.dueAt(newest) <= lateAfterMs;
  const newestMissed = () => (isOnTime ? schedule.previous(newest) : newest);
  const caughtUp = catchUp.policy === "all" ? newestOf(schedule, { after, upTo: newestMissed() }, now, catchUp) : [];
  const fires: Fire[] = [];
  if (caughtUp.length > 0) {
    // What is on time follows what is caught up: before it, it would have to be skipped as an overlap.
    const queue = isOnTime ? [...caughtUp, newest] : caughtUp;
    fires.push(...queue.map((instant, index) => ({ instant, queued: { delayMs: index * catchUp.spacingMs } })));
  } else if (isOnTime || (catchUp.policy === "latest" && now - newest <= catchUp.windowMs)) {
    fires.push({ instant: newest });
  }
  const [first] = fires;
  const upTo = first ? schedule.previous(first.instant) : newest;
  return upTo !== undefined && upTo > after ? [{ after, upTo, reason: "missed" }, ...fires] : fires;
}

/** Of the missed instants after `after` up to `upTo` those that `all` runs, ascending: the newest, within the window. */
function newestOf(
  schedule: CompiledSchedule,
  { after, upTo }: { after: number; upTo: number | undefined },
  now: number,
  { windowMs, limit }: CatchUpRule,
): number[] {
  const instants: number[] = [];
  let instant = upTo;
  while (instant !== undefined && instant > after && instants.length < limit && now - instant <= windowMs) {
    instants.push(instant);
    instant = schedule.previous(instant);
  }
  return instants.reverse();
}
