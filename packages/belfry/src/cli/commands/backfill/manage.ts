import type { Command } from "commander";
import { answerBackfill, backfillColumns } from "../../backfills.ts";
import type { CliContext } from "../../context.ts";
import { addExamples, addPageFlags, addRemoteFlags, type PageFlags, type RemoteFlags } from "../../flags.ts";
import { withApi } from "../../remote.ts";

const exampleId = "6237b225b9a84d607cd79044";

export function registerList(backfill: Command, context: CliContext): void {
  const command = backfill
    .command("list")
    .description("list the backfills, newest first")
    .option("--task <name>", "of this task");
  addRemoteFlags(addPageFlags(command));
  addExamples(command, [
    ["belfry backfill list", "the newest 50"],
    ["belfry backfill list --task billOnDemand --json | jq '.items[].id'", "the ids of those of one task"],
  ]);
  command.action((flags: RemoteFlags & PageFlags & { task?: string }) =>
    withApi(flags, context, async ({ api, output }) => {
      const { task, limit, cursor } = flags;
      const page = await api.backfills.list({ task, limit, cursor });
      output.answer(page, () => {
        output.table(backfillColumns, page.items, "no backfills");
        output.more(page.cursor);
      });
    }),
  );
}

export function registerShow(backfill: Command, context: CliContext): void {
  const command = backfill.command("show").description("print how a backfill stands").argument("<backfill>", "its id");
  addRemoteFlags(command);
  addExamples(command, [
    [`belfry backfill show ${exampleId}`, "its state, and how many runs it made"],
    [`belfry backfill show ${exampleId} --json | jq .state`, "its state alone"],
  ]);
  command.action((id: string, flags: RemoteFlags) =>
    withApi(flags, context, async ({ api, output }) => answerBackfill(await api.backfills.get(id), output)),
  );
}

const verbs = {
  pause: { does: "make no more of a backfill's runs until it is resumed", why: "those that were made go on" },
  resume: { does: "go on with a backfill", why: "where it was paused" },
  cancel: { does: "end a backfill: it makes no more runs, those that were made stay", why: "for good" },
} as const;

export function registerVerbs(backfill: Command, context: CliContext): void {
  for (const verb of ["pause", "resume", "cancel"] as const) {
    const { does, why } = verbs[verb];
    const command = backfill.command(verb).description(does).argument("<backfill>", "its id");
    addRemoteFlags(command);
    addExamples(command, [
      [`belfry backfill ${verb} ${exampleId}`, why],
      [`belfry backfill ${verb} ${exampleId} --url http://127.0.0.1:7411`, "at a server"],
    ]);
    command.action((id: string, flags: RemoteFlags) =>
      withApi(flags, context, async ({ api, output }) => answerBackfill(await api.backfills[verb](id), output)),
    );
  }
}
