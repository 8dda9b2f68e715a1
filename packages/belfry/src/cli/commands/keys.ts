import type { Command } from "commander";
import type { KeyInfo } from "../../api/keys.ts";
import { type KeyScope, keyScopes } from "../../store/keys.ts";
import type { CliContext } from "../context.ts";
import { addExamples, addRemoteFlags, oneOf, type RemoteFlags } from "../flags.ts";
import { withApi } from "../remote.ts";
import type { Column } from "../table.ts";

/** `belfry keys`: who may ask the server. */
export function registerKeys(program: Command, context: CliContext): void {
  const keys = program.command("keys").description("make, list and revoke the API keys of the server");
  addExamples(keys, [
    ["belfry keys create --name deploy --scope trigger", "make one; its secret is shown this once"],
    ["belfry keys list", "all of them, without their secrets"],
    ["belfry keys revoke 1f2e3d4c", "it opens nothing any more"],
  ]);
  registerCreate(keys, context);
  registerList(keys, context);
  registerRevoke(keys, context);
}

function registerCreate(keys: Command, context: CliContext): void {
  const command = keys
    .command("create")
    .description("make a key; from the first one on, every request to the server needs one")
    .requiredOption("--name <name>", "what it is for")
    .addOption(oneOf("--scope <scope>", "what it may do", keyScopes).default("read"));
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry keys create --name dashboard", "one that reads"],
    ["belfry keys create --name ops --scope admin --json", "one that may do everything, as JSON"],
  ]);
  command.action((flags: RemoteFlags & { name: string; scope: KeyScope }) =>
    withApi(
      flags,
      context,
      async ({ api, output }) => {
        const key = await api.keys.create({ name: flags.name, scope: flags.scope });
        output.answer(key, () => {
          output.record(key);
          output.note("the secret is shown this once; send it as `Authorization: Bearer <secret>`");
        });
      },
      // The first key may come before the first start.
      { migrate: true },
    ),
  );
}

function registerList(keys: Command, context: CliContext): void {
  const command = keys.command("list").description("list the keys, the revoked ones too");
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry keys list", "all of them"],
    ["belfry keys list --json | jq '.items[].id'", "their ids"],
  ]);
  command.action((flags: RemoteFlags) =>
    withApi(flags, context, async ({ api, output }) => {
      const items = await api.keys.list();
      output.answer({ items }, () => output.table(columns, items, "no keys"));
    }),
  );
}

function registerRevoke(keys: Command, context: CliContext): void {
  const command = keys
    .command("revoke")
    .description("end a key, for all processes within a second")
    .argument("<id>", "what `keys list` shows");
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry keys revoke 1f2e3d4c", "in the project's store"],
    ["belfry keys revoke 1f2e3d4c --url http://127.0.0.1:7411", "at a server, with an admin key"],
  ]);
  command.action((id: string, flags: RemoteFlags) =>
    withApi(flags, context, async ({ api, output }) => {
      const key = await api.keys.revoke(id);
      output.answer(key, () => output.record(key));
    }),
  );
}

const columns: Column<KeyInfo>[] = [
  { title: "id", of: (key) => key.id },
  { title: "name", of: (key) => key.name },
  { title: "scope", of: (key) => key.scope },
  { title: "createdAt", of: (key) => key.createdAt },
  { title: "revokedAt", of: (key) => key.revokedAt },
];
