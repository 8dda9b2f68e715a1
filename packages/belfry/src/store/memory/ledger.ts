import { hasEnded } from "../../run/states.ts";
import type { Firing, FiringAnswer, LedgerItem, LedgerStore, SkipReason } from "../ledger.ts";
import type { Claimant } from "../store.ts";
import type { MemorySchedule, MemoryState } from "./state.ts";

export function memoryLedger(state: MemoryState): LedgerStore {
  return {
    fire: async (by, firings) => {
      if (!state.renew(by.epoch)) return firings.map(() => ({ outcome: "dead" }));
      let slots = by.slots;
      return firings.map((firing) => {
        const answer = decide(state, { ...by, slots }, firing);
        if (answer.outcome === "fired" && answer.claimed) slots -= 1;
        return answer;
      });
    },
    list: async (scheduleId, { from, to, limit }) => {
      const fired = [...state.runs.values()]
        .filter((run) => run.trigger === "schedule" && run.scheduleId === scheduleId)
        .map(({ scheduledFor = 0, id, startedAt }): LedgerItem => {
          const lateness = startedAt === undefined ? {} : { latenessMs: startedAt - scheduledFor };
          return { after: 0, upTo: scheduledFor, decision: "fired", trackingId: id, ...lateness };
        });
      const spans = state.spans.all
        .filter((span) => span.scheduleId === scheduleId)
        .map(({ after, upTo, reason }): LedgerItem => ({ after, upTo, decision: reason }));
      const chain = [...fired, ...spans].sort((a, b) => a.upTo - b.upTo);
      return chain
        .map((item, index) =>
          item.decision === "fired" ? { ...item, after: chain[index - 1]?.upTo ?? item.upTo } : item,
        )
        .filter(({ upTo, after, decision }) => upTo > from && (decision === "fired" ? upTo <= to : after < to))
        .slice(0, limit);
    },
  };
}

function decide(state: MemoryState, by: Claimant, firing: Firing): FiringAnswer {
  const schedule = state.schedules.get(firing.scheduleId);
  if (!state.stands(schedule, firing)) return { outcome: "stale" };
  if (firing.newCursor > state.now()) return { outcome: "early" };
  schedule.cursor = firing.newCursor;
  schedule.nextAt = firing.nextAt;
  const { missed, fire } = firing;
  if (state.tasks.get(schedule.taskId)?.enabled === false)
    return skip(state, schedule.id, firing.cursor, firing.newCursor, "disabled");
  if (missed) state.spans.add(schedule.id, missed.after, missed.upTo, "missed");
  if (fire === undefined) return { outcome: "skipped", reason: "missed" };
  if (schedule.overlap === "skip" && hasUnfinished(state, schedule.id)) {
    return skip(state, schedule.id, missed?.upTo ?? firing.cursor, fire, "overlap");
  }
  const run = fireOne(state, schedule, fire, firing.runId);
  const claimed = by.slots > 0 ? state.tryClaim(run, by) : undefined;
  return { outcome: "fired", trackingId: run.id, ...(claimed ? { claimed } : {}) };
}

/** Inserts the run of an instant: the ledger's proof that it fired. */
export function fireOne(state: MemoryState, schedule: MemorySchedule, instant: number, runId: string) {
  const { taskId, key, priority, payload, id } = schedule;
  return state.addRun({
    id: runId,
    taskId,
    trigger: "schedule",
    priority,
    payload,
    scheduleKey: key,
    scheduledFor: instant,
    scheduleId: id,
  });
}

function skip(state: MemoryState, scheduleId: number, after: number, upTo: number, reason: SkipReason): FiringAnswer {
  state.spans.add(scheduleId, after, upTo, reason);
  return { outcome: "skipped", reason };
}

/** Whether a run that this schedule made has not ended: what the overlap rule asks. */
export function hasUnfinished(state: MemoryState, scheduleId: number): boolean {
  return [...state.runs.values()].some(
    (run) => run.trigger === "schedule" && run.scheduleId === scheduleId && !hasEnded(run.state),
  );
}
