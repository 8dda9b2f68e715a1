import type { Command } from "commander";
import type { Explanation } from "../../api/account.ts";
import type { CliContext } from "../context.ts";
import { didRun, explanationLines } from "../explanation-text.ts";
import { addExamples, addRemoteFlags, type RemoteFlags } from "../flags.ts";
import { meantInstants } from "../local-time.ts";
import { withApi } from "../remote.ts";

interface ExplainFlags extends RemoteFlags {
  readonly at: string;
  readonly schedule?: string;
  readonly timezone?: string;
}

/** `belfry explain`: why a task did or did not run. */
export function registerExplain(program: Command, context: CliContext): void {
  const command = program
    .command("explain")
    .description("say why a task did or did not run at an instant; exit code 1 when it did not")
    .argument("<task>", "the task's name")
    .requiredOption("--at <time>", "an instant in ISO 8601, or a local time such as 2026-03-29T02:30")
    .option("--timezone <zone>", 'the zone of a local time, such as "Europe/Berlin" (default UTC)')
    .option("--schedule <key>", "the schedule with this key (default: each of the task's)");
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry explain billOnDemand --at 2026-11-24T02:00Z", "each of its schedules"],
    [
      "belfry explain billOnDemand --at 2026-03-29T02:30 --timezone Europe/Berlin",
      "a local time, here one that is left out",
    ],
  ]);
  command.action((task: string, flags: ExplainFlags) => {
    const { instants, note } = meantInstants(flags.at, flags.timezone);
    return withApi(flags, context, async ({ api, output }) => {
      const { schedule } = flags;
      const items: Explanation[] = [];
      for (const at of instants) items.push(await api.explain(task, { at, schedule }));
      const ran = didRun(items);
      if (note !== undefined) output.note(note);
      output.answer({ ran, ...(note === undefined ? {} : { note }), items }, () => {
        for (const item of items) for (const line of explanationLines(item, output)) output.line(line);
      });
      if (!ran) context.exit(1);
    });
  });
}
