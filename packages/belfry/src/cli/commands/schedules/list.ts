import type { Command } from "commander";
import type { FiringItem } from "../../../api/schedules.ts";
import { BelfryError } from "../../../base/errors.ts";
import { limits } from "../../../base/limits.ts";
import { didYouMean } from "../../../base/nearest.ts";
import type { CliContext } from "../../context.ts";
import { refuseUsage } from "../../exit.ts";
import {
  addDefaultCommand,
  addExamples,
  addPageFlags,
  addRemoteFlags,
  instant,
  type PageFlags,
  type RemoteFlags,
} from "../../flags.ts";
import { type Work, withApi } from "../../remote.ts";
import { scheduleColumns } from "../../schedule-text.ts";
import type { Column } from "../../table.ts";

interface SchedulesFlags extends RemoteFlags, PageFlags {
  readonly key?: string;
  readonly firings?: boolean;
  readonly from?: Date;
  readonly to?: Date;
}

/** `belfry schedules list`, which `belfry schedules` is: the schedules, and what was decided about their instants. */
export function registerList(schedules: Command, context: CliContext): void {
  const command = addDefaultCommand(schedules, "list")
    .description("list the schedules, or with --firings what was decided about the instants of one (the default)")
    .argument("[task]", "of this task")
    .option("--key <key>", 'the schedule with this key (default with --firings: "default")')
    .option("--firings", "its instants: which fired, and why the others did not")
    .option("--from <instant>", "with --firings: after this instant, in ISO 8601", instant("--from"))
    .option("--to <instant>", "with --firings: up to this instant, in ISO 8601", instant("--to"));
  addRemoteFlags(addPageFlags(command));
  addExamples(command, [
    ["belfry schedules list", "all of them"],
    ["belfry schedules list billOnDemand --firings --from 2026-11-01", "what became of this month's instants"],
  ]);
  command.action((task: string | undefined, flags: SchedulesFlags) => {
    checkFlags(task, flags);
    return withApi(flags, context, async (given) => {
      if (task !== undefined && flags.firings) return firings(task, flags, given);
      if (task !== undefined && flags.key !== undefined) return one(task, flags.key, given);
      return list(task, flags, given);
    });
  });
}

function checkFlags(task: string | undefined, { firings, key, from, to }: SchedulesFlags): void {
  if (task === undefined && firings) refuseUsage("--firings needs a task: `belfry schedules <task> --firings`");
  if (task === undefined && key !== undefined) refuseUsage("--key needs a task: `belfry schedules <task> --key <key>`");
  if (!firings && (from ?? to)) refuseUsage("--from and --to need --firings");
}

async function list(task: string | undefined, { limit, cursor }: PageFlags, { api, output }: Work): Promise<void> {
  const page = await api.schedules.list({ task, limit, cursor });
  output.answer(page, () => {
    output.table(scheduleColumns(), page.items, "no schedules");
    output.more(page.cursor);
  });
}

async function one(task: string, key: string, { api, output }: Work): Promise<void> {
  const schedule = await api.schedules.get(task, key);
  if (!schedule) {
    const { items } = await api.schedules.list({ task, limit: limits.pageItemsMax });
    const nearest = didYouMean(
      key,
      items.map((known) => known.key),
    );
    throw new BelfryError("E_SCHEDULE_UNKNOWN", { task, value: key, nearest });
  }
  output.answer(schedule, () => output.record(schedule));
}

async function firings(task: string, flags: SchedulesFlags, { api, output }: Work): Promise<void> {
  const { key, from, to, limit, cursor } = flags;
  const page = await api.schedules.firings(task, key, { from, to, limit, cursor });
  output.answer(page, () => {
    output.table(firingColumns, page.items, "no instants were decided");
    output.more(page.cursor);
  });
}

const firingColumns: Column<FiringItem>[] = [
  { title: "instant", of: (item) => item.instant },
  { title: "upTo", of: (item) => item.upTo },
  { title: "decision", of: (item) => item.decision },
  { title: "trackingId", of: (item) => item.trackingId },
  { title: "latenessMs", of: (item) => item.latenessMs },
];
