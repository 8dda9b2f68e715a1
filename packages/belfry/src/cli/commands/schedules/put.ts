import type { Command } from "commander";
import type { PutResult, ScheduleInput } from "../../../api/schedules.ts";
import { type CatchUp, catchUps } from "../../../schedule/catchup.ts";
import { type Overlap, overlaps } from "../../../schedule/overlap.ts";
import { tellUnfinished } from "../../amended.ts";
import { type AuthorFlags, addAuthorFlag, authorOf } from "../../author.ts";
import { bulkItems } from "../../bulk-items.ts";
import { BulkPut } from "../../bulk-put.ts";
import type { CliContext } from "../../context.ts";
import { refuseUsage } from "../../exit.ts";
import { addExamples, addRemoteFlags, instant, oneOf, type RemoteFlags, wholeNumber } from "../../flags.ts";
import type { Output } from "../../output.ts";
import { nameOf, openFile, type PayloadFlags, readPayload } from "../../payload.ts";
import { withApi } from "../../remote.ts";
import { notesOfTime, readCalendars, toTime } from "../../schedule-input.ts";
import { ruleText, standsStill } from "../../schedule-text.ts";
import { addCronFlags, type CronFlags, cronOf } from "../../time-flags.ts";

interface PutFlags extends RemoteFlags, PayloadFlags, AuthorFlags, CronFlags {
  readonly every?: string;
  readonly anchor?: Date;
  readonly at?: Date;
  readonly start?: Date;
  readonly end?: Date;
  readonly spread?: string;
  readonly exclude?: readonly string[];
  readonly overlap?: Overlap;
  readonly catchUp?: CatchUp;
  readonly priority?: number;
  readonly pauseOnFailure?: number;
  readonly file?: string;
}

/** `belfry schedules put`: makes or changes schedules at run time. */
export function registerPut(schedules: Command, context: CliContext): void {
  const command = schedules
    .command("put")
    .description("make or change a schedule at run time, or with --file many; exit code 1 when one of them failed")
    .argument("[task]", "the task's name")
    .argument("[key]", "the schedule's key");
  addTimeFlags(command);
  command
    .option("--payload <json>", "the payload of its runs, as JSON; - reads it from stdin")
    .option("--payload-file <file>", "the same, from a file; - reads stdin")
    .addOption(oneOf("--overlap <rule>", "what an instant does while a run is unfinished", overlaps))
    .addOption(oneOf("--catch-up <policy>", "which missed instants run", catchUps))
    .option("--priority <number>", "-100 to 100; higher goes first", wholeNumber("--priority"))
    .option("--pause-on-failure <count>", "pause it after so many failures in a row", wholeNumber("--pause-on-failure"))
    .option(
      "--file <file>",
      'many: a JSON document {"task", "key", "schedule"} a line, or an array of them; - reads stdin; --json answers a line for each that failed, and the counts',
    );
  addRemoteFlags(addAuthorFlag(command));
  addExamples(command, [
    ['belfry schedules put billOnDemand noon --cron "0 12 * * *" --timezone Europe/Berlin', "a pattern in a zone"],
    ["belfry schedules put billOnDemand often --every 15m --end 2026-12-31", "an interval, for some time"],
    ["belfry schedules put billOnDemand once --at 2026-12-24T18:00Z", "once"],
    ["belfry schedules put --file schedules.ndjson", "many"],
  ]);
  command.action((task: string | undefined, key: string | undefined, flags: PutFlags) =>
    flags.file === undefined ? putOne(task, key, flags, context) : putMany(task, flags.file, flags, context),
  );
}

function addTimeFlags(command: Command): void {
  addCronFlags(command.option("--cron <pattern>", 'when it is due, such as "0 2 * * *"'))
    .option("--every <duration>", 'or an interval, such as "15m"')
    .option("--anchor <instant>", "with --every: where it is counted from (default: 1970)", instant("--anchor"))
    .option("--at <instant>", "or one instant, in ISO 8601", instant("--at"))
    .option("--start <instant>", "the first instant that it may be due", instant("--start"))
    .option("--end <instant>", "the last one", instant("--end"))
    .option("--spread <duration>", "its runs start somewhere within this after their instant")
    .option(
      "--exclude <file>",
      "dates on which it is not due: JSON, a list of dates or {name, dates}; may be repeated",
      (file: string, before: readonly string[] = []) => [...before, file],
    );
}

const timeFlags = ["cron", "every", "at"] as const;

async function putOne(
  task: string | undefined,
  key: string | undefined,
  flags: PutFlags,
  context: CliContext,
): Promise<void> {
  if (task === undefined || key === undefined) {
    return refuseUsage("name the task and the schedule's key: `belfry schedules put <task> <key>`; or give a --file");
  }
  const given = timeFlags.filter((flag) => flags[flag] !== undefined);
  if (given.length !== 1) refuseUsage("say when it is due: one of --cron, --every and --at");
  const schedule = await readSchedule(flags, context);
  await withApi(flags, context, async (work) => {
    const author = authorOf(flags, work, context);
    const result = await work.api.schedules.put(task, key, schedule, { author });
    work.output.answer(result, () => print(result, work.output));
  });
}

/** What the flags say; what they do not say is not there. */
async function readSchedule(flags: PutFlags, context: CliContext): Promise<ScheduleInput> {
  const { every, anchor, at, start, end, spread, overlap, catchUp, priority, pauseOnFailure } = flags;
  const exclude = flags.exclude && (await readCalendars(flags.exclude, context));
  const payload = await readPayload(flags, context);
  const terms = { payload, overlap, catchUp, priority, pauseOnFailure };
  const fields = { ...cronOf(flags), every, anchor, at, start, end, exclude, spread, ...terms };
  const said = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as unknown as ScheduleInput;
}

function print({ outcome, schedule, runs }: PutResult, output: Output): void {
  const { task, key, nextFirings } = schedule;
  output.line(`${task} ${key} ${outcome}: ${ruleText(schedule.schedule)}`);
  const still = standsStill(schedule);
  if (still !== "") output.line(still);
  for (const next of nextFirings) output.line(`  ${next}`);
  for (const note of notesOfTime(toTime(schedule.schedule))) output.note(note);
  tellUnfinished(runs, output);
}

/** What may stand beside `--file`. */
const bulkFlags = new Set(["file", "author", "json", "url", "store", "config", "apiKey"]);

async function putMany(task: string | undefined, file: string, flags: PutFlags, context: CliContext): Promise<void> {
  if (task !== undefined) refuseUsage("a task and --file exclude each other: the file names its tasks");
  const other = Object.keys(flags).find((flag) => !bulkFlags.has(flag));
  if (other !== undefined) refuseUsage(`--file and the flags of one schedule exclude each other (${other} is given)`);
  await withApi(flags, context, async (work) => {
    const items = bulkItems(openFile(file, context), nameOf(file));
    const failed = await new BulkPut(work, authorOf(flags, work, context)).run(items);
    if (failed > 0) context.exit(1);
  });
}
