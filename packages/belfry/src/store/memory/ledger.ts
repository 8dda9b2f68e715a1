import { hasEnded } from "../../run/states.ts";
import type { InstantOutcome, LedgerItem, LedgerStore } from "../ledger.ts";
import { fire } from "./fire.ts";
import { take } from "./ordered.ts";
import type { MemoryRun } from "./rows.ts";
import { instantKey } from "./run-table.ts";
import type { MemoryState } from "./state.ts";

export function memoryLedger(state: MemoryState): LedgerStore {
  return {
    fire: async (by, firings) => fire(state, by, firings),
    list: async (scheduleId, range) => list(state, scheduleId, range),
    outcomes: async (scheduleId, instants) =>
      instants.map((instant) => outcomeOf(state.runs.byInstant.of(instantKey(scheduleId, instant)).last)),
  };
}

function list(state: MemoryState, scheduleId: number, range: Parameters<LedgerStore["list"]>[1]): LedgerItem[] {
  const { from, to, limit } = range;
  const runs = state.runs.fired.of(scheduleId).from((run) => instantOf(run) > from);
  const fired = take(runs, limit, (run) => instantOf(run) <= to).map(toItem);
  const spans = state.spans
    .within(scheduleId, range)
    .map(({ after, upTo, reason }): LedgerItem => ({ after, upTo, decision: reason }));
  const chain = [...fired, ...spans].sort((a, b) => a.upTo - b.upTo).slice(0, limit);
  return chain.map((item, index) => {
    if (item.decision !== "fired") return item;
    return { ...item, after: chain[index - 1]?.upTo ?? endBefore(state, scheduleId, item.upTo) ?? item.upTo };
  });
}

function toItem(run: MemoryRun): LedgerItem {
  const instant = instantOf(run);
  const lateness = run.startedAt === undefined ? {} : { latenessMs: run.startedAt - instant };
  return { after: instant, upTo: instant, decision: "fired", trackingId: run.id, ...lateness };
}

function instantOf({ scheduledFor = 0 }: MemoryRun): number {
  return scheduledFor;
}

/** Where the chain stood before the decision that ends at this instant, as far as it is kept. */
function endBefore(state: MemoryState, scheduleId: number, instant: number): number | undefined {
  const [run] = state.runs.fired.of(scheduleId).downFrom((other) => instantOf(other) >= instant);
  const ends = [run?.scheduledFor, state.spans.endBefore(scheduleId, instant)].filter((end) => end !== undefined);
  return ends.length > 0 ? Math.max(...ends) : undefined;
}

function outcomeOf(run: MemoryRun | undefined): InstantOutcome {
  if (!run) return "none";
  if (!hasEnded(run.state)) return "unfinished";
  return run.state === "completed" ? "completed" : "failed";
}
