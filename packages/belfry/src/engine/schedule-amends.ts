import type { AmendOptions, AmendResult } from "../api/schedules.ts";
import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { checkInstant, checkInteger, checkOptions, checkText, refuseOption } from "../base/options.ts";
import { sleep } from "../clock/clock.ts";
import { upcoming } from "../schedule/decide.ts";
import type { AmendAnswer, Amendment, ScheduleRow } from "../store/schedules.ts";
import { untilAnswered } from "./again.ts";
import { readableOf } from "./decision.ts";
import type { Engine } from "./engine.ts";
import { toScheduleInfo } from "./schedule-info.ts";
import { matching, NamePattern } from "./schedule-pattern.ts";

const triesMax = 50;
const retryMs = 20;
const skippedMax = 1_000;

/** What a verb does to one schedule as it stands now; undefined: nothing. */
export type Change = (row: ScheduleRow, now: number) => Amendment | undefined;

/** `schedules.pause`: throws E_OPTION, E_OPTION_UNKNOWN. */
export function pausing(options: AmendOptions & { until?: Date }, now: number): Change {
  const known = checkOptions(options, "schedules.pause", ["reason", "author", "until"]);
  const until = checkAhead(known.until, now);
  const pause = { ...wordsOf(known), ...(until === undefined ? {} : { until }) };
  return ({ id: scheduleId, version }) => ({ scheduleId, version, kind: "pause", pause });
}

/** `schedules.resume`. */
export function resuming(options: AmendOptions): Change {
  wordsOf(checkOptions(options, "schedules.resume", ["reason", "author"]));
  return (row, now) => {
    const { id: scheduleId, version, pause } = row;
    const schedule = readableOf(row)?.schedule;
    const next = schedule && upcoming(schedule, Math.max(now, row.cursor));
    // A pause that has ended is over: what was due since is no longer its.
    if (!pause || (pause.until !== undefined && pause.until <= now)) return undefined;
    return { scheduleId, version, kind: "resume", draftedAt: now, ...next };
  };
}

/** `schedules.skip`. */
export function skipping(options: AmendOptions & { count?: number; until?: Date }, now: number): Change {
  const known = checkOptions(options, "schedules.skip", ["reason", "author", "count", "until"]);
  wordsOf(known);
  const given = checkAhead(known.until, now);
  const count = checkInteger(known.count, "count", 1, skippedMax) ?? 1;
  if (given !== undefined && known.count !== undefined)
    refuseOption("until", known.until, "either `count` or `until`, not both");
  return (row) => {
    const { id: scheduleId, version } = row;
    const until = given ?? endOf(row, count);
    return until === undefined ? undefined : { scheduleId, version, kind: "skip", until };
  };
}

/** Just after the schedule's so manieth instant that is not decided yet; undefined where none is to come. */
function endOf(row: ScheduleRow, count: number): number | undefined {
  const last = readableOf(row)?.schedule.between(row.cursor, limits.instantMax, count).at(-1);
  return last === undefined ? undefined : last + 1;
}

/** An instant after now. Throws E_OPTION. */
function checkAhead(value: unknown, now: number): number | undefined {
  const instant = checkInstant(value, "until");
  return instant !== undefined && instant <= now ? refuseOption("until", value, "a Date after now") : instant;
}

function wordsOf({ reason, author }: Record<string, unknown>): { reason?: string; author?: string } {
  const why = checkText(reason, "reason", limits.reasonCharactersMax);
  const who = checkText(author, "author", limits.authorCharactersMax);
  return { ...(why === undefined ? {} : { reason: why }), ...(who === undefined ? {} : { author: who }) };
}

/** Changes all schedules that the patterns name, 1,000 in a commit. */
export async function amendAll(engine: Engine, task: unknown, key: unknown, change: Change): Promise<AmendResult> {
  const { store } = engine;
  const [tasks, keys] = [new NamePattern(task, "task"), new NamePattern(key, "key")];
  const changed: ScheduleRow[] = [];
  const runs: string[] = [];
  let count = 0;
  try {
    for await (const rows of matching(store, tasks, keys)) {
      for (const answer of await amend(engine, rows, change)) {
        count += 1;
        if (changed.length < limits.runsListedMax) changed.push(answer.row);
        runs.push(...answer.runs.slice(0, limits.runsListedMax - runs.length));
      }
    }
  } finally {
    engine.changed();
  }
  const byId = new Map((await store.tasks.list()).map((row) => [row.id, row]));
  const schedules = changed.map((row) => toScheduleInfo(row, byId.get(row.taskId), store.now()));
  return { count, schedules, runs };
}

type Amended = Extract<AmendAnswer, { row: ScheduleRow }>;

/** Those that it changed, removed ones included where it is for them. One that moved meanwhile is read and changed again; one that is gone is left. */
export async function amend(
  { store, clock }: Pick<Engine, "store" | "clock">,
  given: readonly ScheduleRow[],
  change: Change,
): Promise<Amended[]> {
  const amended: Amended[] = [];
  let rows = given;
  let unsure: readonly Amendment[] = [];
  let now = store.now();
  for (let tries = 0; tries < triesMax; tries++) {
    if (tries > 0) {
      await sleep(clock, retryMs);
      rows = (await store.schedules.get(rows, { removed: true })).flatMap((row) => row ?? []);
    }
    const done = rows.filter((row) => unsure.some((amendment) => isDone(row, amendment)));
    amended.push(...done.map((row): Amended => ({ outcome: "amended", row, runs: [] })));
    rows = rows.filter((row) => !done.includes(row));
    const items = rows.flatMap((row) => {
      const amendment = change(row, now);
      return amendment ? [{ row, amendment }] : [];
    });
    if (items.length === 0) return amended;
    const wanted = items.map(({ amendment }) => amendment);
    const { answer, isRepeated } = await untilAnswered(clock, () => store.schedules.amend(wanted));
    unsure = isRepeated ? wanted : [];
    const stale: ScheduleRow[] = [];
    for (const [index, one] of answer.entries()) {
      if (one.outcome === "amended") amended.push(one);
      if (one.outcome !== "stale") continue;
      now = one.now;
      stale.push((items[index] as (typeof items)[number]).row);
    }
    if (stale.length === 0) return amended;
    rows = stale;
  }
  throw new BelfryError("E_STORE_UNAVAILABLE", { detail: "the schedules kept moving while they were changed" });
}

/** Whether a row that moved did so by this change: it was made, and its answer lost. Made again, a skip would be longer. */
function isDone(row: ScheduleRow, amendment: Amendment): boolean {
  const { id, version, pause, skipUntil } = row;
  if (id !== amendment.scheduleId || version !== amendment.version + 1) return false;
  if (amendment.kind === "skip") return skipUntil === amendment.until;
  return amendment.kind === "resume" && pause === undefined;
}
