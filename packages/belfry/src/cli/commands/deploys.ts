import type { Command } from "commander";
import type { DeployInfo } from "../../api/account.ts";
import type { CliContext } from "../context.ts";
import { addDefaultCommand, addExamples, addRemoteFlags, count, type RemoteFlags } from "../flags.ts";
import { withApi } from "../remote.ts";
import type { Column } from "../table.ts";

/** `belfry deploys`: the sets of definitions that an app had. */
export function registerDeploys(program: Command, context: CliContext): void {
  const deploys = program.command("deploys").description("list the sets of definitions that an app's code had");
  addExamples(deploys, [
    ["belfry deploys", "newest first, with their releases"],
    ["belfry deploys put-back 41", "the schedules of an earlier one, again"],
  ]);
  registerList(deploys, context);
  registerPutBack(deploys, context);
}

interface DeploysFlags extends RemoteFlags {
  readonly app?: string;
}

function registerList(deploys: Command, context: CliContext): void {
  const command = addDefaultCommand(deploys, "list")
    .description("list the sets, newest first (the default)")
    .option("--app <name>", 'the app (default: "default")');
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry deploys list", "of the app without a name"],
    ["belfry deploys list --app shop --json | jq '.items[0].release'", "the newest release of another one"],
  ]);
  command.action((flags: DeploysFlags) =>
    withApi(flags, context, async ({ api, output }) => {
      const { app } = flags;
      const page = await api.deploys.list({ app });
      output.answer(page, () => output.table(columns, page.items, "no deploys of this app; --app names another"));
    }),
  );
}

function registerPutBack(deploys: Command, context: CliContext): void {
  const command = deploys
    .command("put-back")
    .description("make an earlier set the current one again; schedules that were made at run time stay")
    .argument("<number>", "what `deploys` shows", count("number"))
    .option("--app <name>", 'the app (default: "default")');
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry deploys put-back 41", "until a start of another release"],
    ["belfry deploys put-back 41 --app shop", "of another app"],
  ]);
  command.action((number: number, flags: DeploysFlags) =>
    withApi(flags, context, async ({ api, output }) => {
      const { app } = flags;
      const deploy = await api.deploys.putBack(number, { app });
      output.answer(deploy, () => {
        output.record(deploy);
        output.note("it stays until a start of a new release, or of another set without a release (BELFRY_RELEASE)");
      });
    }),
  );
}

const columns: Column<DeployInfo>[] = [
  { title: "number", of: (one) => one.number },
  { title: "release", of: (one) => one.release },
  { title: "appliedAt", of: (one) => one.appliedAt },
  { title: "current", of: (one) => (one.current ? "yes" : "") },
  { title: "digest", of: (one) => one.digest.slice(0, 12) },
];
