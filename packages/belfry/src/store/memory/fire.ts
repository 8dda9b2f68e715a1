import type { Claimant } from "../claim.ts";
import type { Decided, DecidedLink, Firing, FiringAnswer, LinkAnswer, SkipReason } from "../ledger.ts";
import { placeOf } from "./overlap.ts";
import { addSpan, ranBefore } from "./rewind.ts";
import type { MemorySchedule, Mutable } from "./rows.ts";
import type { MemoryState } from "./state.ts";

/** Whose slots are taken, as long as there are any. */
type Slots = Mutable<Claimant>;
type FiringLink = Extract<DecidedLink, { instant: number }>;

/** `LedgerStore.fire`. */
export function fire(state: MemoryState, by: Claimant, firings: readonly Firing[]): FiringAnswer[] {
  if (!state.renew(by.epoch)) return firings.map(() => ({ outcome: "dead" }));
  const slots = { ...by };
  return firings.map((firing) => decide(state, slots, firing));
}

function decide(state: MemoryState, by: Slots, firing: Firing): FiringAnswer {
  const schedule = state.schedules.get(firing.scheduleId);
  if (!state.stands(schedule, firing)) return { outcome: "stale" };
  if (firing.wasDueAt > state.now()) return { outcome: "early" };
  const { cursor } = schedule;
  state.schedules.update(schedule, { nextAt: firing.next?.nextAt, dueAt: firing.next?.dueAt });
  state.changes += 1;
  const refusal = refusalOf(state, schedule);
  if (!refusal) return { outcome: "decided", links: decideLinks(state, schedule, firing, by) };
  addSpan(state, schedule, cursor, firing.newCursor, refusal);
  schedule.cursor = firing.newCursor;
  state.schedules.noteDecided(firing.newCursor);
  return { outcome: "decided", links: firing.links.map(() => ({ decision: refusal })) };
}

/** Why nothing of the schedule fires, whatever was decided. */
export function refusalOf(state: MemoryState, { taskId }: MemorySchedule): "removed" | "disabled" | undefined {
  const task = state.tasks.get(taskId);
  if (!task?.defined) return "removed";
  return task.enabled ? undefined : "disabled";
}

/** Records links, and makes the runs of those that fire; the cursor stands at their end then. */
export function decideLinks(
  state: MemoryState,
  schedule: MemorySchedule,
  { links, newCursor }: Pick<Decided, "links" | "newCursor">,
  by?: Slots,
): LinkAnswer[] {
  const answers = links.map((link): LinkAnswer => {
    if ("instant" in link) return fireOne(state, schedule, link, by);
    return skip(state, schedule, link.upTo, link.reason);
  });
  schedule.cursor = newCursor;
  state.schedules.noteDecided(newCursor);
  return answers;
}

function fireOne(state: MemoryState, schedule: MemorySchedule, link: FiringLink, by?: Slots): LinkAnswer {
  const { id, taskId, key, priority, payload } = schedule;
  const { instant, runId, queued } = link;
  const before = ranBefore(state, schedule, instant);
  if (before) {
    schedule.cursor = instant;
    return { decision: "fired", trackingId: before.id };
  }
  const ended: string[] = [];
  const place = placeOf(state, schedule, link, ended);
  if (place === "overlap" || place === "bufferFull") return skip(state, schedule, instant, place);
  const run = state.addRun({
    ...{ id: runId, taskId, trigger: "schedule", priority, payload, scheduleKey: key, scheduledFor: instant },
    ...{ scheduleId: id, delayMs: queued?.delayMs, isHeld: place === "held" },
  });
  schedule.cursor = instant;
  const fired = { decision: "fired", trackingId: runId, ...(ended.length > 0 ? { replaced: ended } : {}) } as const;
  if (place === "held") return { ...fired, held: true };
  const claimed = by && by.slots > 0 ? state.tryClaim(run, by) : undefined;
  if (by && claimed) by.slots -= 1;
  return claimed ? { ...fired, claimed } : fired;
}

function skip(state: MemoryState, schedule: MemorySchedule, upTo: number, decision: SkipReason): LinkAnswer {
  addSpan(state, schedule, schedule.cursor, upTo, decision);
  schedule.cursor = upTo;
  return { decision };
}
