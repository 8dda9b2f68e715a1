import type { Command } from "commander";
import type { BelfryApi } from "../../api/api.ts";
import type { ScheduleInfo } from "../../api/schedules.ts";
import { BelfryError } from "../../base/errors.ts";
import { limits } from "../../base/limits.ts";
import { toIso } from "../../run/record.ts";
import { nextFirings } from "../../schedule/firings.ts";
import type { ScheduleTime } from "../../schedule/spec.ts";
import type { CliContext } from "../context.ts";
import { refuseUsage } from "../exit.ts";
import { addExamples, addRemoteFlags, instant, type RemoteFlags, wholeNumber } from "../flags.ts";
import { Output } from "../output.ts";
import { withApi } from "../remote.ts";
import { notesOfTime, toTime } from "../schedule-input.ts";
import { standsStill } from "../schedule-text.ts";
import type { Column } from "../table.ts";
import { addCronFlags, type CronFlags, cronOf } from "../time-flags.ts";

interface NextFlags extends RemoteFlags, CronFlags {
  readonly count: number;
  readonly from?: Date;
}

/** An instant that comes; `key` is its schedule's, where it is of a task. */
interface Next {
  readonly instant: string;
  readonly key?: string;
}

/** The instants that come, and what is worth a word about them. */
interface Coming {
  readonly items: readonly Next[];
  readonly notes: readonly string[];
}

/** `belfry next`: when a task, or a pattern, is due. */
export function registerNext(program: Command, context: CliContext): void {
  const command = program
    .command("next")
    .description("print the next instants of a task, or of a cron pattern")
    .argument("[task]", "the task's name")
    .option(
      "--cron <pattern>",
      'a pattern instead of a task, such as "0 2 * * *" (six fields: seconds first); asks nobody',
    );
  addCronFlags(command)
    .option("--count <count>", "how many instants, 1 to 1,000", wholeNumber("--count"), 5)
    .option("--from <instant>", "those after this instant, in ISO 8601 (default: now)", instant("--from"));
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry next billOnDemand", "its next five instants"],
    ['belfry next --cron "0 2 * * mon" --timezone Europe/Berlin --count 3', "of a pattern"],
    ['belfry next --cron "30 2 * * *" --timezone Europe/Berlin --from 2026-03-28 --dst-gap skip', "as clocks change"],
  ]);
  command.action(async (task: string | undefined, flags: NextFlags) => {
    const { cron, count } = flags;
    const range = { from: flags.from ?? new Date(context.clock.now()), count };
    if (task !== undefined && cron !== undefined) refuseUsage("a task and --cron exclude each other; give one");
    if (cron !== undefined) return show(ofPattern(flags, range), new Output(context, flags.json === true));
    const flag = (["timezone", "dstGap", "dstRepeat"] as const).find((name) => flags[name] !== undefined);
    if (flag !== undefined) refuseUsage(`${flagNames[flag]} needs --cron; a task has its own`);
    if (task === undefined) return refuseUsage('name a task, or give a pattern with --cron "…"');
    await withApi(flags, context, async ({ api, output }) => {
      const { name, enabled } = await api.tasks.get(task);
      if (!enabled) throw new BelfryError("E_TASK_DISABLED", { task: name });
      show(await ofTask(name, range, api), output);
    });
  });
}

const flagNames = { timezone: "--timezone", dstGap: "--dst-gap", dstRepeat: "--dst-repeat" } as const;

interface Range {
  readonly from: Date;
  readonly count: number;
}

function ofPattern(flags: CronFlags, range: Range): Coming {
  const time = cronOf(flags) as ScheduleTime;
  return { items: instantsOf(time, range).map((instant) => ({ instant })), notes: notesOfTime(time) };
}

/** Those of all its schedules, a page at a time: a task may have any number that were made at run time. */
async function ofTask(task: string, range: Range, api: BelfryApi): Promise<Coming> {
  let [items, notes]: [Next[], string[]] = [[], []];
  let cursor: string | undefined;
  do {
    const page = await api.schedules.list({ task, limit: limits.pageItemsMax, cursor });
    const coming = ofSchedules(page.items, range);
    items = soonest([...items, ...coming.items], range.count);
    notes = [...notes, ...coming.notes];
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { items, notes };
}

function soonest(items: Next[], count: number): Next[] {
  return items.sort((a, b) => (a.instant < b.instant ? -1 : Number(a.instant > b.instant))).slice(0, count);
}

/** The first instants of all the schedules together, without those that a pause or a skip takes. */
function ofSchedules(schedules: readonly ScheduleInfo[], { from, count }: Range): Coming {
  const items: Next[] = [];
  const notes: string[] = [];
  for (const one of schedules) {
    const still = standsStill(one);
    if (still !== "") notes.push(`${one.key} is ${still}`);
    const first = firstOf(one, from);
    if (first === undefined) continue;
    const time = toTime(one.schedule);
    items.push(...instantsOf(time, { from: first, count }).map((instant) => ({ instant, key: one.key })));
    notes.push(...notesOfTime(time).map((note) => `${one.key}: ${note}`));
  }
  return { items: soonest(items, count), notes };
}

/** After when a schedule may fire; undefined where nothing lets it. */
function firstOf({ paused, skippedUntil, invalid }: ScheduleInfo, from: Date): Date | undefined {
  if (invalid !== undefined || (paused && paused.until === undefined)) return undefined;
  const until = [paused?.until, skippedUntil].flatMap((one) =>
    one === undefined ? [] : [new Date(one).getTime() - 1],
  );
  return new Date(Math.max(from.getTime(), ...until));
}

function instantsOf(time: ScheduleTime, range: Range): string[] {
  return nextFirings(time, range).map((at) => toIso(at.getTime()));
}

function show({ items, notes }: Coming, output: Output): void {
  output.answer({ items, notes }, () => {
    output.table(columns, items, "it is not due any more");
    for (const note of notes) output.note(note);
  });
}

const columns: Column<Next>[] = [
  { title: "instant", of: (next) => next.instant },
  { title: "key", of: (next) => next.key },
];
