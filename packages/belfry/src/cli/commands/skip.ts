import type { Command } from "commander";
import { answerAmended } from "../amended.ts";
import { type AuthorFlags, addReasonFlags, authorOf } from "../author.ts";
import type { CliContext } from "../context.ts";
import { refuseUsage } from "../exit.ts";
import { addExamples, addRemoteFlags, instant, type RemoteFlags, wholeNumber } from "../flags.ts";
import { withApi } from "../remote.ts";

interface SkipFlags extends RemoteFlags, AuthorFlags {
  readonly schedule?: string;
  readonly count?: number;
  readonly until?: Date;
}

/** `belfry skip`: the next instants do not fire. */
export function registerSkip(program: Command, context: CliContext): void {
  const command = program
    .command("skip")
    .description("skip the next instants of a task's schedules; those after them fire")
    .argument("<task>", "the task's name, or a pattern such as 'bill*'")
    .option("--schedule <key>", "the schedule with this key, or a pattern (default: all of them)")
    .option("--count <count>", "so many instants of each, 1 to 1,000 (default 1)", wholeNumber("--count"))
    .option("--until <instant>", "all instants before this one", instant("--until"));
  addRemoteFlags(addReasonFlags(command));
  addExamples(command, [
    ["belfry skip billOnDemand", "the next instant"],
    ["belfry skip billOnDemand --until 2026-12-27", "all before that day begins in UTC"],
  ]);
  command.action((task: string, flags: SkipFlags) => {
    const { schedule, count, until, reason } = flags;
    if (count !== undefined && until !== undefined) refuseUsage("--count and --until exclude each other; give one");
    return withApi(flags, context, async (given) => {
      const author = authorOf(flags, given, context);
      const result = await given.api.schedules.skip(task, schedule, { count, until, reason, author });
      answerAmended("skipped", result, given.output);
    });
  });
}
