import type { Command } from "commander";
import { answerAmended } from "../amended.ts";
import { type AuthorFlags, addReasonFlags, authorOf } from "../author.ts";
import type { CliContext } from "../context.ts";
import { addExamples, addRemoteFlags, type RemoteFlags } from "../flags.ts";
import { withApi } from "../remote.ts";

interface ResumeFlags extends RemoteFlags, AuthorFlags {
  readonly schedule?: string;
}

/** `belfry resume`: ends pauses. */
export function registerResume(program: Command, context: CliContext): void {
  const command = program
    .command("resume")
    .description("end the pause of a task's schedules; what was due meanwhile is not caught up")
    .argument("<task>", "the task's name, or a pattern such as 'bill*'")
    .option("--schedule <key>", "the schedule with this key, or a pattern (default: all of them)");
  addRemoteFlags(addReasonFlags(command));
  addExamples(command, [
    ["belfry resume billOnDemand", "all of its schedules"],
    ["belfry resume '*' --schedule nightly", "those of this key, of every task"],
  ]);
  command.action((task: string, flags: ResumeFlags) =>
    withApi(flags, context, async (given) => {
      const { schedule, reason } = flags;
      const author = authorOf(flags, given, context);
      answerAmended("resumed", await given.api.schedules.resume(task, schedule, { reason, author }), given.output);
    }),
  );
}
