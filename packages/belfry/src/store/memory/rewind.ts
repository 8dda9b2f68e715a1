import type { SkipReason } from "../ledger.ts";
import type { Upcoming } from "../schedules.ts";
import type { MemoryRun, MemorySchedule } from "./rows.ts";
import { instantKey } from "./run-table.ts";
import type { MemoryState } from "./state.ts";

/** Records instants in (after, upTo] that did not fire, all but those that have a run from before a rewinding. */
export function addSpan(
  state: MemoryState,
  { id, rewoundFrom }: MemorySchedule,
  after: number,
  upTo: number,
  reason: SkipReason,
): void {
  let from = after;
  if (rewoundFrom !== undefined && after < rewoundFrom) {
    for (const run of state.runs.fired.of(id).from((other) => instantOf(other) > after)) {
      const instant = instantOf(run);
      if (instant > upTo) break;
      state.spans.add(id, from, instant - 1, reason);
      from = instant;
    }
  }
  state.spans.add(id, from, upTo, reason);
}

/** The run that fired the instant before the schedule was set back. */
export function ranBefore(state: MemoryState, schedule: MemorySchedule, instant: number): MemoryRun | undefined {
  const { id, rewoundFrom } = schedule;
  if (rewoundFrom === undefined || instant > rewoundFrom) return undefined;
  const runs = [...state.runs.byInstant.of(instantKey(id, instant))];
  return runs.find(({ trigger }) => trigger === "schedule");
}

/** Sets a schedule whose cursor lies ahead back to now: nothing after now is decided any more. */
export function rewind(state: MemoryState, schedule: MemorySchedule, { nextAt, dueAt }: Partial<Upcoming>): void {
  const now = state.now();
  const { id, cursor, since, changedAt, removed, rewoundFrom = cursor } = schedule;
  const begun = Math.min(since, state.past.get(id)?.[0]?.since ?? since);
  state.spans.cut(id, now);
  const past = (state.past.get(id) ?? []).filter((one) => one.since < now);
  state.past.set(
    id,
    past.map((one) => ({ ...one, upTo: Math.min(one.upTo, now) })),
  );
  addSpan(state, schedule, endOf(state, id, now) ?? begun, now, "skipped");
  const clipped = { cursor: now, since: Math.min(since, now), changedAt: Math.min(changedAt, now) };
  const next = removed ? {} : { nextAt, dueAt };
  state.schedules.update(schedule, { ...clipped, ...next, rewoundFrom: Math.max(cursor, rewoundFrom) });
}

/** Where what is decided until now ends, as far as it is kept. */
function endOf(state: MemoryState, id: number, now: number): number | undefined {
  const [run] = state.runs.fired.of(id).downFrom((other) => instantOf(other) > now);
  const ends = [run?.scheduledFor, state.spans.of(id).at(-1)?.upTo].filter((end) => end !== undefined);
  return ends.length > 0 ? Math.max(...ends) : undefined;
}

/** The highest cursor there ever was is now, unless one lies ahead still: some were set back. */
export function lowerNewest(state: MemoryState): void {
  const { schedules } = state;
  const now = state.now();
  if ((schedules.newest ?? 0) <= now) return;
  for (const { cursor } of schedules.values()) if (cursor > now) return;
  schedules.newest = now;
}

function instantOf({ scheduledFor = 0 }: MemoryRun): number {
  return scheduledFor;
}
