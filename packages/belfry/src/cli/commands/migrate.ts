import type { Command } from "commander";
import { schemaOf } from "../../schema.ts";
import type { CliContext } from "../context.ts";
import { addExamples, addStoreFlags, type RemoteFlags } from "../flags.ts";
import { findStore, type Work, withApi } from "../remote.ts";

/** `belfry migrate`: makes a store, or brings its schema up to date. */
export function registerMigrate(program: Command, context: CliContext): void {
  const command = program.command("migrate").description("make the store, or bring its schema up to date");
  addStoreFlags(command);
  addExamples(command, [
    ["belfry migrate", "the project's store"],
    ["belfry migrate --store sqlite:/var/lib/belfry/belfry.db", "another one"],
  ]);
  command.action(async (flags: RemoteFlags) => {
    const store = await findStore(flags, context, { mayBeNew: true });
    const named = { ...flags, config: undefined, store };
    const work = async ({ output }: Work) => {
      const { found: schema } = await schemaOf(store);
      output.answer({ store, schema }, () => output.line(`${store} has schema ${schema}`));
    };
    await withApi(named, context, work, { migrate: true });
  });
}
