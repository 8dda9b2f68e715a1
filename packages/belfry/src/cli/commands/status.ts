import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { addExamples, addRemoteFlags, type RemoteFlags } from "../flags.ts";
import { getRun } from "../follow.ts";
import { withApi } from "../remote.ts";
import { toStatus } from "../wait.ts";

/** `belfry status`: where a run stands. */
export function registerStatus(program: Command, context: CliContext): void {
  const command = program
    .command("status")
    .description("print where a run stands")
    .argument("<trackingId>", "what `run` printed")
    .option("--full", "all that is known: payload, result, attempts");
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry status 6237b225b9a84d607cd79044", "its status and times"],
    ["belfry status 6237b225b9a84d607cd79044 --full --json", "the full record, as JSON"],
  ]);
  command.action((trackingId: string, flags: RemoteFlags & { full?: boolean }) =>
    withApi(flags, context, async ({ api, output }) => {
      const run = await getRun(api, trackingId);
      const record = flags.full ? run : toStatus(run);
      output.answer(record, () => output.record(record));
    }),
  );
}
