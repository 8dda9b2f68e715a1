import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { addExamples, addRemoteFlags, type RemoteFlags } from "../flags.ts";
import { withApi } from "../remote.ts";

const said = {
  ended: "the run has ended",
  requested: "its handler was told to stop; the run ends when it has",
} as const;

/** `belfry cancel`: ends a run, or tells its handler to stop. */
export function registerCancel(program: Command, context: CliContext): void {
  const command = program
    .command("cancel")
    .description("cancel a run")
    .argument("<trackingId>", "the run")
    .option("--reason <text>", "why, for the record");
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry cancel 6237b225b9a84d607cd79044", "cancel it"],
    ['belfry cancel 6237b225b9a84d607cd79044 --reason "wrong month"', "and say why"],
  ]);
  command.action((trackingId: string, flags: RemoteFlags & { reason?: string }) =>
    withApi(flags, context, async ({ api, output }) => {
      const { reason } = flags;
      const outcome = await api.runs.cancel(trackingId, { reason });
      output.answer({ trackingId, outcome }, () => output.line(`${trackingId} ${outcome}: ${said[outcome]}`));
    }),
  );
}
