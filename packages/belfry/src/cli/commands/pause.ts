import type { Command } from "commander";
import { answerAmended } from "../amended.ts";
import { type AuthorFlags, addReasonFlags, authorOf } from "../author.ts";
import type { CliContext } from "../context.ts";
import { addExamples, addRemoteFlags, instant, type RemoteFlags } from "../flags.ts";
import { withApi } from "../remote.ts";

interface PauseFlags extends RemoteFlags, AuthorFlags {
  readonly schedule?: string;
  readonly until?: Date;
}

/** `belfry pause`: schedules do not fire until they are resumed. */
export function registerPause(program: Command, context: CliContext): void {
  const command = program
    .command("pause")
    .description("pause the schedules of a task: their instants are recorded and do not fire; it still runs by hand")
    .argument("<task>", "the task's name, or a pattern such as 'bill*'")
    .option("--schedule <key>", "the schedule with this key, or a pattern (default: all of them)")
    .option("--until <instant>", "the first instant that may fire again (default: until resumed)", instant("--until"));
  addRemoteFlags(addReasonFlags(command));
  addExamples(command, [
    ['belfry pause billOnDemand --reason "the bank is down"', "until `belfry resume`"],
    ["belfry pause '*' --until 2026-11-25T06:00Z", "everything, until then"],
  ]);
  command.action((task: string, flags: PauseFlags) =>
    withApi(flags, context, async (given) => {
      const { schedule, until, reason } = flags;
      const author = authorOf(flags, given, context);
      const result = await given.api.schedules.pause(task, schedule, { until, reason, author });
      answerAmended("paused", result, given.output);
    }),
  );
}
