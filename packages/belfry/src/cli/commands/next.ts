import type { Command } from "commander";
import type { ScheduleInfo, ScheduleRule } from "../../api/schedules.ts";
import { BelfryError } from "../../base/errors.ts";
import { toIso } from "../../run/record.ts";
import { nextFirings } from "../../schedule/firings.ts";
import type { ScheduleTime } from "../../schedule/spec.ts";
import type { CliContext } from "../context.ts";
import { refuseUsage } from "../exit.ts";
import { addExamples, addRemoteFlags, instant, type RemoteFlags, wholeNumber } from "../flags.ts";
import { Output } from "../output.ts";
import { withApi } from "../remote.ts";
import type { Column } from "../table.ts";

interface NextFlags extends RemoteFlags {
  readonly cron?: string;
  readonly timezone?: string;
  readonly count: number;
  readonly from?: Date;
}

/** An instant that comes; `key` is its schedule's, where it is of a task. */
interface Next {
  readonly instant: string;
  readonly key?: string;
}

/** `belfry next`: when a task, or a pattern, is due. */
export function registerNext(program: Command, context: CliContext): void {
  const command = program
    .command("next")
    .description("print the next instants of a task, or of a cron pattern")
    .argument("[task]", "the task's name")
    .option("--cron <pattern>", 'a pattern instead of a task, such as "0 2 * * *"; asks nobody')
    .option("--timezone <zone>", 'with --cron: its zone, such as "Europe/Berlin" (default UTC)')
    .option("--count <count>", "how many instants, 1 to 1,000", wholeNumber("--count"), 5)
    .option("--from <instant>", "those after this instant, in ISO 8601 (default: now)", instant("--from"));
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry next billOnDemand", "its next five instants"],
    ['belfry next --cron "0 2 * * mon" --timezone Europe/Berlin --count 3', "of a pattern"],
  ]);
  command.action(async (task: string | undefined, flags: NextFlags) => {
    const { cron, timezone, count } = flags;
    if (task !== undefined && cron !== undefined) refuseUsage("a task and --cron exclude each other; give one");
    if (cron === undefined && timezone !== undefined) refuseUsage("--timezone needs --cron; a task has its own zone");
    const range = { from: flags.from ?? new Date(context.clock.now()), count };
    if (cron !== undefined) return show(ofPattern({ cron, timezone }, range), new Output(context, flags.json === true));
    if (task === undefined) return refuseUsage('name a task, or give a pattern with --cron "…"');
    await withApi(flags, context, async ({ api, output }) => {
      const { name, enabled, schedules } = await api.tasks.get(task);
      if (!enabled) throw new BelfryError("E_TASK_DISABLED", { task: name });
      show(ofSchedules(schedules, range), output);
    });
  });
}

interface Range {
  readonly from: Date;
  readonly count: number;
}

function ofPattern(schedule: ScheduleTime, range: Range): Next[] {
  return nextFirings(schedule, range).map((at) => ({ instant: toIso(at.getTime()) }));
}

/** The first instants of all the schedules together. */
function ofSchedules(schedules: readonly ScheduleInfo[], range: Range): Next[] {
  const all = schedules.flatMap(({ key, schedule }) =>
    ofPattern(toTime(schedule), range).map(({ instant }) => ({ instant, key })),
  );
  return all.sort((a, b) => (a.instant < b.instant ? -1 : Number(a.instant > b.instant))).slice(0, range.count);
}

/** What a schedule says in JSON, as `nextFirings` reads it. */
function toTime(rule: ScheduleRule): ScheduleTime {
  if ("cron" in rule) return rule;
  if ("at" in rule) return { at: new Date(rule.at) };
  return { every: rule.every, ...(rule.anchor === undefined ? {} : { anchor: new Date(rule.anchor) }) };
}

function show(items: readonly Next[], output: Output): void {
  output.answer({ items }, () => output.table(columns, items, "it is not due any more"));
}

const columns: Column<Next>[] = [
  { title: "instant", of: (next) => next.instant },
  { title: "key", of: (next) => next.key },
];
