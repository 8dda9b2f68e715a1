import type { Command } from "commander";
import type { Backfill, BackfillEstimate } from "../../../api/backfills.ts";
import { formatDuration } from "../../../base/duration.ts";
import { type Reprocess, reprocessRules } from "../../../store/backfills.ts";
import { type AuthorFlags, addReasonFlags, authorOf } from "../../author.ts";
import { answerBackfill, followBackfill } from "../../backfills.ts";
import type { CliContext } from "../../context.ts";
import { refuseUsage } from "../../exit.ts";
import {
  addDefaultCommand,
  addExamples,
  addRemoteFlags,
  instant,
  oneOf,
  type RemoteFlags,
  wholeNumber,
} from "../../flags.ts";
import type { Output } from "../../output.ts";
import { withApi } from "../../remote.ts";
import type { Column } from "../../table.ts";

interface CreateFlags extends RemoteFlags, AuthorFlags {
  readonly schedule: string;
  readonly from: Date;
  readonly to: Date;
  readonly order?: "oldest" | "newest";
  readonly concurrency?: number;
  readonly reprocess?: Reprocess;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly wait?: boolean;
}

/** `belfry backfill create`, which `belfry backfill <task>` is. */
export function registerCreate(backfill: Command, context: CliContext): void {
  const command = addDefaultCommand(backfill, "create")
    .description("make runs for the instants of a range, so many at a time (the default)")
    .argument("<task>", "the task's name")
    .requiredOption("--from <instant>", "the first instant that may run, in ISO 8601", instant("--from"))
    .requiredOption("--to <instant>", "the last one, itself included; not after now", instant("--to"))
    .option("--schedule <key>", "the schedule with this key", "default")
    .addOption(oneOf("--order <order>", "from which end (default: oldest)", ["oldest", "newest"]))
    .option("--concurrency <count>", "so many unfinished runs, 1 to 1,000 (default 1)", wholeNumber("--concurrency"))
    .addOption(oneOf("--reprocess <rule>", "of instants that have a run already (default: none)", reprocessRules))
    .option("--dry-run", "only say what it would do")
    .option("--force", "also where the range begins before what the ledger keeps")
    .option("--wait", "wait until all of its runs have ended; exit code 1 when one failed, or it was cancelled");
  addRemoteFlags(addReasonFlags(command));
  addExamples(command, [
    ["belfry backfill create billOnDemand --from 2026-11-01 --to 2026-11-08 --dry-run", "what it would do"],
    ["belfry backfill create billOnDemand --from 2026-11-01 --to 2026-11-08 --reprocess failed", "what failed, too"],
  ]);
  command.action((task: string, flags: CreateFlags) => {
    if (flags.dryRun && flags.wait) refuseUsage("--dry-run and --wait exclude each other; give one");
    return withApi(flags, context, async (given) => {
      const { schedule, from, to, order, concurrency, reprocess, force, reason, dryRun = false } = flags;
      const author = authorOf(flags, given, context);
      const options = { from, to, order, concurrency, reprocess, force, reason, author, dryRun };
      const answer = await given.api.schedules.backfill(task, schedule, options);
      if ("instants" in answer) return given.output.answer(answer, () => printEstimate(answer, given.output));
      if (!flags.wait) return answerBackfill(answer, given.output);
      await wait(answer, given, context);
    });
  });
}

async function wait(made: Backfill, given: Parameters<typeof followBackfill>[1], context: CliContext): Promise<void> {
  if (!given.output.isJson) given.output.record(made);
  const { backfill, failed } = await followBackfill(made, given, context.clock);
  const { state, made: runs, passed, endedAt } = backfill;
  given.output.answer({ ...backfill, failed }, () =>
    given.output.record({ state, made: runs, passed, failed, endedAt }),
  );
  if (state !== "done" || failed > 0) context.exit(1);
}

function printEstimate({ instants, runs, first, estimateMs }: BackfillEstimate, output: Output): void {
  const takes = estimateMs === undefined ? "unknown" : formatDuration(estimateMs);
  output.record({ instants, runs, takes });
  if (first.length > 0) output.line("");
  output.table(estimateColumns, first, "no instant of it is due");
  if (instants > first.length) output.line(`and ${instants - first.length} more`);
}

const estimateColumns: Column<BackfillEstimate["first"][number]>[] = [
  { title: "instant", of: (one) => one.instant },
  { title: "newestRun", of: (one) => one.outcome },
  { title: "runs", of: (one) => (one.runs ? "yes" : "no") },
];
