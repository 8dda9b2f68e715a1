import { compile } from "../../../src/schedule/compile.ts";
import type { ScheduleSpec } from "../../../src/schedule/spec.ts";
import type { History, Timetable } from "../support/history.ts";

/** How far behind a living node may be in deciding what is due, in milliseconds. */
const behindMsMax = 2_000;

/** Every due instant of every schedule is decided, once: the chain has no gap, and each instant fired or is in a span. */
export function checkLedger({ timetables, runs, stoppedAt }: History): string[] {
  return timetables.flatMap((timetable) => {
    const { row } = timetable;
    const name = `${row.task}/${row.key}`;
    const wrong = [
      ...checkChain(timetable),
      ...checkInstants(timetable),
      ...checkReasons(timetable, runs),
      ...checkRuns(timetable, runs),
    ];
    const next = compile(JSON.parse(row.spec) as ScheduleSpec).next(row.cursor);
    if (next !== undefined && next < stoppedAt - behindMsMax) wrong.push(`${iso(next)} was due, and is not decided`);
    return wrong.map((text) => `${name}: ${text}`);
  });
}

function checkChain({ row, madeAt, decided }: Timetable): string[] {
  const wrong: string[] = [];
  for (const [index, item] of decided.entries()) {
    const before = decided[index - 1];
    const end = before?.upTo ?? madeAt;
    // Where the chain begins with a firing, the ledger cannot say after what.
    if ((before || item.decision !== "fired") && item.after !== end) {
      wrong.push(
        `${item.decision} ${iso(item.upTo)} begins after ${iso(item.after)}, and what came before ended at ${iso(end)}`,
      );
    }
    if (item.upTo <= end) wrong.push(`${item.decision} ${iso(item.upTo)} lies within what was decided before`);
  }
  const end = decided.at(-1)?.upTo ?? madeAt;
  if (end !== row.cursor) wrong.push(`the chain ends at ${iso(end)}, the cursor stands at ${iso(row.cursor)}`);
  return wrong;
}

function checkInstants({ due, decided }: Timetable): string[] {
  const wrong: string[] = [];
  const fired = new Map<number, number>();
  const spans = decided.filter(({ decision }) => decision !== "fired");
  for (const { decision, upTo } of decided) if (decision === "fired") fired.set(upTo, (fired.get(upTo) ?? 0) + 1);
  for (const instant of due) {
    const inSpans = spans.filter(({ after, upTo }) => after < instant && instant <= upTo).length;
    const decisions = (fired.get(instant) ?? 0) + inSpans;
    if (decisions !== 1) wrong.push(`${iso(instant)} was decided ${decisions} times`);
  }
  const dueSet = new Set(due);
  for (const instant of fired.keys()) if (!dueSet.has(instant)) wrong.push(`${iso(instant)} fired, and was not due`);
  return wrong;
}

/** A skip for overlap had a run in its way; of what was missed, a later instant answers for it. */
function checkReasons({ row, due, decided }: Timetable, runs: History["runs"]): string[] {
  const wrong: string[] = [];
  const own = [...runs.values()].filter(({ task, scheduleKey }) => task === row.task && scheduleKey === row.key);
  for (const [index, { decision, after, upTo }] of decided.entries()) {
    const next = decided[index + 1];
    if (decision === "missed" && next === undefined)
      wrong.push(`${iso(upTo)} was missed, and no later instant answers for it`);
    if (decision === "disabled" || decision === "removed")
      wrong.push(`${iso(upTo)} was ${decision}, and its task was neither`);
    if (decision !== "overlap") continue;
    if (row.overlap !== "skip") wrong.push(`${iso(upTo)} was skipped for overlap, which is allowed`);
    for (const instant of due.filter((at) => at > after && at <= upTo)) {
      const isHeld = own.some(
        (run) => (run.scheduledFor ?? instant) < instant && (run.completedAt ?? instant) >= instant,
      );
      if (!isHeld) wrong.push(`${iso(instant)} was skipped for overlap, and nothing was in its way`);
    }
  }
  return wrong;
}

/** The runs that the schedule made are those that its ledger names; under `skip` none begins before the last has ended. */
function checkRuns({ row, decided }: Timetable, runs: History["runs"]): string[] {
  const wrong: string[] = [];
  const own = [...runs.values()].filter(
    ({ trigger, task, scheduleKey }) => trigger === "schedule" && task === row.task && scheduleKey === row.key,
  );
  const fired = new Map(
    decided.flatMap(({ decision, trackingId, upTo }) => (decision === "fired" ? [[trackingId, upTo]] : [])),
  );
  for (const { id, scheduledFor } of own) {
    if (fired.get(id) !== scheduledFor)
      wrong.push(`${id} is a run for ${iso(scheduledFor ?? 0)}, and the ledger does not have it`);
  }
  if (fired.size !== own.length) wrong.push(`the ledger has ${fired.size} firings, and there are ${own.length} runs`);
  if (row.overlap !== "skip") return wrong;
  const sorted = own.toSorted((a, b) => (a.scheduledFor ?? 0) - (b.scheduledFor ?? 0));
  for (const [index, run] of sorted.slice(1).entries()) {
    const before = sorted[index];
    if (before && run.triggeredAt < (before.completedAt ?? Number.POSITIVE_INFINITY)) {
      wrong.push(`${run.id} was made while ${before.id} had not ended`);
    }
  }
  return wrong;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
