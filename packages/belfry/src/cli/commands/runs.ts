import type { Command } from "commander";
import { type RunRecord, type RunTrigger, runTriggers } from "../../run/record.ts";
import { type RunStatus, runStatuses } from "../../run/states.ts";
import type { CliContext } from "../context.ts";
import {
  addExamples,
  addPageFlags,
  addRemoteFlags,
  instant,
  oneOf,
  type PageFlags,
  type RemoteFlags,
} from "../flags.ts";
import type { Output } from "../output.ts";
import { withApi } from "../remote.ts";
import type { Column } from "../table.ts";

interface RunsFlags extends RemoteFlags, PageFlags {
  readonly task?: string;
  readonly status?: RunStatus;
  readonly trigger?: RunTrigger;
  readonly from?: Date;
  readonly to?: Date;
}

/** `belfry runs`: the history, newest first. */
export function registerRuns(program: Command, context: CliContext): void {
  const command = program
    .command("runs")
    .description("list runs, newest first")
    .option("--task <name>", "of this task")
    .addOption(oneOf("--status <status>", "in this status", runStatuses))
    .addOption(oneOf("--trigger <trigger>", "made by this", runTriggers))
    .option("--from <instant>", "triggered at or after, in ISO 8601", instant("--from"))
    .option("--to <instant>", "triggered before, in ISO 8601", instant("--to"));
  addRemoteFlags(addPageFlags(command));
  addExamples(command, [
    ["belfry runs", "the newest 50"],
    ["belfry runs --task billOnDemand --status errors", "what failed of one task"],
    ["belfry runs --from 2026-11-24 --json | jq '.items[].trackingId'", "the ids of a day"],
  ]);
  command.action((flags: RunsFlags) =>
    withApi(flags, context, async ({ api, output }) => {
      const { task, status, trigger, from, to, limit, cursor } = flags;
      const page = await api.runs.list({ task, status, trigger, from, to, limit, cursor });
      output.answer(page, () => {
        output.table(columns(output), page.items, "no runs");
        output.more(page.cursor);
      });
    }),
  );
}

function columns(output: Output): Column<RunRecord>[] {
  return [
    { title: "trackingId", of: (run) => run.trackingId },
    { title: "task", of: (run) => run.cronJobName },
    { title: "status", of: (run) => run.status, style: (cell) => output.status(cell) },
    { title: "trigger", of: (run) => run.trigger },
    { title: "triggeredAt", of: (run) => run.triggeredAt },
    { title: "startedAt", of: (run) => run.startedAt },
    { title: "completedAt", of: (run) => run.completedAt },
    { title: "outcome", of: (run) => run.outcome },
  ];
}
