import type { BackfillEstimate, BackfillOptions } from "../api/backfills.ts";
import { formatDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { defaults, limits } from "../base/limits.ts";
import {
  checkBoolean,
  checkInstant,
  checkInteger,
  checkOneOf,
  checkOptions,
  checkText,
  refuseOption,
} from "../base/options.ts";
import { toIso } from "../run/record.ts";
import { compile } from "../schedule/compile.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import { instantExpected } from "../schedule/spec.ts";
import type { NewBackfill } from "../store/backfills.ts";
import { reprocessRules } from "../store/backfills.ts";
import type { InstantOutcome } from "../store/ledger.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";
import { isWanted, nextInstants } from "./backfill-step.ts";
import { pastDurations } from "./past-durations.ts";

const optionNames: readonly (keyof BackfillOptions)[] = [
  "from",
  "to",
  "order",
  "concurrency",
  "reprocess",
  "reason",
  "author",
  "force",
  "dryRun",
];

/** How many instants of its range a dry run shows, and asks the store about at once. */
const shownMax = 100;
const askedMax = 500;

/** Options of a backfill, checked. */
export interface CheckedBackfill extends Omit<NewBackfill, "id" | "scheduleId"> {
  readonly dryRun: boolean;
}

/**
 * Checks what `schedules.backfill` was given. Its range ends at the schedule's newest decided instant at the latest:
 * what comes after is the planner's. Throws E_OPTION, E_OPTION_UNKNOWN, E_BACKFILL_RANGE.
 */
export function checkBackfill(
  input: unknown,
  schedule: ScheduleRow,
  now: number,
  retentionMs: number,
): CheckedBackfill {
  const given = checkOptions(input, "schedules.backfill", optionNames);
  const from = checkInstant(given.from, "from") ?? refuseOption("from", given.from, instantExpected);
  const to = checkInstant(given.to, "to") ?? refuseOption("to", given.to, instantExpected);
  if (to < from) refuseOption("to", given.to, "a Date not before `from`");
  if (to > now) refuseOption("to", given.to, `a Date not after now, ${toIso(now)}`);
  if (from < now - retentionMs && !checkBoolean(given.force, "force")) {
    const kept = formatDuration(retentionMs);
    const problem = `the ledger is kept for ${kept}, so what ran before is not known: begin later, or say \`force\``;
    throw new BelfryError("E_BACKFILL_RANGE", { field: "from", value: toIso(from), problem });
  }
  const checked = {
    from,
    // A range that begins behind the cursor is empty.
    to: Math.max(from - 1, Math.min(to, schedule.cursor)),
    order: checkOneOf(given.order, "order", ["oldest", "newest"]) ?? "oldest",
    concurrency:
      checkInteger(given.concurrency, "concurrency", 1, limits.backfillConcurrencyMax) ?? defaults.backfillConcurrency,
    reprocess: checkOneOf(given.reprocess, "reprocess", reprocessRules) ?? "none",
    reason: checkText(given.reason, "reason", limits.reasonCharactersMax),
    author: checkText(given.author, "author", limits.authorCharactersMax),
    dryRun: checkBoolean(given.dryRun, "dryRun") ?? false,
  } as const;
  const count = instantsOf(schedule, checked, limits.backfillInstantsMax + 1).length;
  if (count > limits.backfillInstantsMax) {
    const problem = `the range has more than ${limits.backfillInstantsMax} instants: split it`;
    throw new BelfryError("E_BACKFILL_RANGE", { field: "to", value: toIso(to), problem });
  }
  return checked;
}

function instantsOf(schedule: ScheduleRow, range: Pick<NewBackfill, "from" | "to" | "order">, limit: number): number[] {
  return nextInstants(compile(JSON.parse(schedule.spec) as ScheduleSpec), range, limit);
}

/** What a backfill would do, and how long it would take by how long the task's newest runs took. */
export async function estimate(
  store: Store,
  schedule: ScheduleRow,
  wanted: CheckedBackfill,
): Promise<BackfillEstimate> {
  const instants = instantsOf(schedule, wanted, limits.backfillInstantsMax);
  const outcomes: InstantOutcome[] = [];
  for (let at = 0; at < instants.length; at += askedMax) {
    outcomes.push(...(await store.ledger.outcomes(schedule.id, instants.slice(at, at + askedMax))));
  }
  const runs = outcomes.filter((outcome) => isWanted(outcome, wanted.reprocess)).length;
  const first = instants.slice(0, shownMax).map((instant, index) => {
    const outcome = outcomes[index] ?? "none";
    return { instant: toIso(instant), outcome, runs: isWanted(outcome, wanted.reprocess) };
  });
  const durations = await pastDurations(store, schedule.task);
  const estimateMs = durations && Math.ceil((runs * durations.meanMs) / wanted.concurrency);
  return { instants: instants.length, runs, first, ...(estimateMs === undefined ? {} : { estimateMs }) };
}
