import { defaults } from "../base/limits.ts";
import type { RunRow } from "../run/record.ts";
import { readCatchUp } from "../schedule/catchup.ts";
import type { Cause } from "../schedule/why.ts";
import type { Held } from "./definitions.ts";
import type { Down } from "./down.ts";
import type { InstantFacts } from "./facts.ts";
import { say, sayDuration, sayLocal, sayRule } from "./say.ts";

/** Verdicts in a sentence, for somebody who was woken up by them. */

export function sayFired(facts: InstantFacts): string {
  const { item, run, down } = facts;
  const { latenessMs = 0 } = item ?? {};
  const isLate = latenessMs > defaults.lateAfterMs;
  const lateness = isLate ? `, ${sayDuration(latenessMs)} after it was due` : "";
  const why = isLate && down ? `; ${sayDown(down)}` : "";
  return `${sayRun(item?.trackingId, run)}${lateness}${why}${sayDefinition(facts)}`;
}

function sayRun(trackingId: string | undefined, run: RunRow | undefined): string {
  if (!run) return `fired: run ${trackingId}`;
  const { id, state, startedAt, completedAt = 0, outcome } = run;
  const started = startedAt === undefined ? "" : `; it started at ${say(startedAt)}`;
  if (state === "completed") return `ran: run ${id} completed${started}`;
  if (state === "failed") return `ran and failed: run ${id} ended with ${outcome} at ${say(completedAt)}${started}`;
  if (state === "held") return `fired: run ${id} waits for earlier runs of its schedule to end`;
  if (startedAt !== undefined) return `is running: run ${id} is unfinished${started}`;
  return `fired: run ${id} has not started yet; it waits for a free node`;
}

export function sayNotFired(facts: InstantFacts): string {
  return `did not run: ${reasonOf(facts)}${sayDefinition(facts)}${sayBackfill(facts)}`;
}

function sayBackfill({ sinceThen = "none" }: InstantFacts): string {
  if (sinceThen === "none") return "";
  return `; a backfill ran it since, and its run ${sinceThen === "unfinished" ? "is unfinished" : sinceThen}`;
}

function reasonOf({ at, item, row, definitions, blocker, following, down }: InstantFacts): string {
  const rules = definitions.at(at)?.rules ?? row;
  switch (item?.decision) {
    case "overlap":
      return `${sayBlocker(blocker)} was still unfinished (overlap ${rules.overlap})`;
    case "bufferFull":
      return `${sayBlocker(blocker)} was still unfinished, and no more may wait behind it (overlap ${rules.overlap})`;
    case "paused":
      return sayPause({ at, row });
    case "skipped":
      return `it was skipped: somebody asked to skip instants${skipText(row, at)}`;
    case "missed": {
      const instead =
        following?.decision === "fired" ? `; ${say(following.upTo)} ran (run ${following.trackingId})` : "";
      const why = down ? sayDown(down) : "nodes were up, but none decided it in time";
      return `it was missed: ${why}, and catchUp ${readCatchUp(rules.catchUp).policy} did not run it later${instead}`;
    }
    case "disabled":
      return "its task was disabled";
    case "removed":
      return "its definition was changed or removed before anything had decided it";
    default:
      return `its definition could not be read: ${definitions.at(at)?.problem ?? "it was mended since"}`;
  }
}

function sayBlocker(blocker: RunRow | undefined): string {
  if (!blocker) return "an earlier run";
  const { id, scheduledFor, completedAt } = blocker;
  const of = scheduledFor === undefined ? "an earlier run" : `the run of ${say(scheduledFor)}`;
  return `${of} (tracking id ${id}, ${completedAt === undefined ? "unfinished to this day" : `ended at ${say(completedAt)}`})`;
}

function sayPause({ at, row: { pause } }: Pick<InstantFacts, "at" | "row">): string {
  if (!pause || at < pause.at) return "the schedule was paused then; it was resumed since";
  const by = pause.author === undefined ? "" : ` by ${pause.author}`;
  const until = pause.until === undefined ? "" : ` until ${say(pause.until)}`;
  return `the schedule was paused${by} since ${say(pause.at)}${until}${pause.reason === undefined ? "" : `: ${pause.reason}`}`;
}

function skipText({ skipUntil }: InstantFacts["row"], at: number): string {
  return skipUntil !== undefined && skipUntil > at ? ` before ${say(skipUntil)}` : "";
}

function sayDown({ from, to }: Down): string {
  const since = from === undefined ? "" : ` from ${say(from)}`;
  return `no node was up${since}${to === undefined ? " on" : ` to ${say(to)}`}`;
}

export function sayAhead(facts: InstantFacts, dueAt: number): string {
  const { at, row, isEnabled } = facts;
  const { pause, skipUntil } = row;
  if (!isEnabled) return "lies ahead, and will not run: its task is disabled or no longer defined";
  if (pause && at < (pause.until ?? Infinity))
    return `lies ahead, and will not run: ${sayPause({ at: pause.at, row })}`;
  if (skipUntil !== undefined && at < skipUntil)
    return `lies ahead, and will be skipped, as all before ${say(skipUntil)}`;
  return dueAt > at ? `lies ahead: its run is due at ${say(dueAt)} (spread)` : "lies ahead: it is due then";
}

export function sayUndecided({ now, down }: InstantFacts, dueAt: number): string {
  const lateMs = now - dueAt;
  if (lateMs <= defaults.lateAfterMs) return `is due since ${say(dueAt)}, and about to be decided`;
  return `has been due for ${sayDuration(lateMs)}, and nothing has decided it: ${down ? sayDown(down) : "nodes were up"}`;
}

export function sayUnknown(keptFrom: number | undefined): string {
  if (keptFrom !== undefined)
    return `was due; what became of it is kept no longer (the ledger begins at ${say(keptFrom)})`;
  return "was due, and the ledger has nothing about it: `belfry audit` tells what else is missing";
}

export function sayNotDue(
  { at, row, definitions }: InstantFacts,
  { held, causes, previous, next }: { held?: Held; causes: readonly Cause[]; previous?: number; next?: number },
): string {
  const nearest = [previous, next].filter((instant) => instant !== undefined).map(say);
  const around = nearest.length === 0 ? "" : `; the nearest it is due at: ${nearest.join(" and ")}`;
  if (held?.spec) {
    const why =
      causes.length === 0
        ? `${sayRule(held.spec)} does not list it`
        : causes.map((one) => sayCause(one, at)).join("; ");
    return `not due: ${why}${around}`;
  }
  const first = definitions.held[0]?.rules.since;
  if (first !== undefined && at <= first) return `not due: it was not defined before ${say(first)}${around}`;
  return `not due: ${row.removed ? "it was removed" : "its definition was changed"} before${around}`;
}

function sayCause(cause: Cause, at: number): string {
  switch (cause.kind) {
    case "excluded":
      return `calendar ${cause.calendar} has ${cause.date}`;
    case "beforeStart":
      return `it starts at ${say(cause.start)}`;
    case "afterEnd":
      return `it ended at ${say(cause.end)}`;
    case "gap": {
      const fate = cause.shiftedTo === undefined ? "and is left out" : `its firing moved to ${say(cause.shiftedTo)}`;
      return `${sayLocal(cause.local)} does not exist on that day, ${fate}`;
    }
    case "repeat":
      return `${sayLocal(cause.local)} comes twice on that day, and it fires at ${say(cause.first === at ? cause.last : cause.first)}`;
  }
}

/** What it said then, where it says something else now. */
function sayDefinition({ at, row, definitions }: InstantFacts): string {
  const held = definitions.at(at);
  if (!held?.spec || (!row.removed && held.rules.since === row.since)) return "";
  return `. The definition of then, up to ${say(held.rules.upTo)}, was ${sayRule(held.spec)}`;
}
