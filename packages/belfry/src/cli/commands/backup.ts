import { resolve } from "node:path";
import type { Command } from "commander";
import { backupStore } from "../../backup.ts";
import type { CliContext } from "../context.ts";
import { addExamples, addStoreFlags, type RemoteFlags } from "../flags.ts";
import { Output } from "../output.ts";
import { findStore } from "../remote.ts";

/** `belfry backup`: copies the store into a file while it is in use. */
export function registerBackup(program: Command, context: CliContext): void {
  const command = program
    .command("backup")
    .description("copy the store into a new file, while it is in use")
    .argument("<file>", "the file to make");
  addStoreFlags(command);
  addExamples(command, [
    ["belfry backup belfry-2026-11-24.db", "the project's store"],
    ["belfry backup /backups/belfry.db --store sqlite:/var/lib/belfry/belfry.db", "another one"],
  ]);
  command.action(async (name: string, flags: RemoteFlags) => {
    const store = await findStore(flags, context);
    const file = resolve(context.cwd, name);
    const { bytes } = await backupStore(store, file);
    const output = new Output(context, flags.json === true);
    output.answer({ store, file, bytes }, () => output.line(`${file} holds all of ${store} (${bytes} bytes)`));
  });
}
