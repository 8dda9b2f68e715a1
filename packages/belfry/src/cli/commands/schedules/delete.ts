import type { Command } from "commander";
import { tellUnfinished } from "../../amended.ts";
import type { CliContext } from "../../context.ts";
import { addExamples, addRemoteFlags, type RemoteFlags } from "../../flags.ts";
import { withApi } from "../../remote.ts";

/** `belfry schedules delete`: removes a schedule that was made at run time. */
export function registerDelete(schedules: Command, context: CliContext): void {
  const command = schedules
    .command("delete")
    .description("delete a schedule that was made at run time; its runs and its ledger stay")
    .argument("<task>", "the task's name")
    .argument("<key>", "the schedule's key");
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry schedules delete billOnDemand noon", "in the project's store"],
    ["belfry schedules delete billOnDemand noon --url http://127.0.0.1:7411", "at a server, with an admin key"],
  ]);
  command.action((task: string, key: string, flags: RemoteFlags) =>
    withApi(flags, context, async ({ api, output }) => {
      const { runs } = await api.schedules.delete(task, key);
      output.answer({ task, key, runs }, () => {
        output.line(`${task} ${key} deleted`);
        tellUnfinished(runs, output);
      });
    }),
  );
}
