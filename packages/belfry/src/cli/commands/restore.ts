import { resolve } from "node:path";
import type { Command } from "commander";
import { type RestoreReport, restoreStore } from "../../backup.ts";
import type { CliContext } from "../context.ts";
import { addExamples, addStoreFlags, type RemoteFlags } from "../flags.ts";
import { Output } from "../output.ts";
import { findStore } from "../remote.ts";
import type { Column } from "../table.ts";

type Unfinished = RestoreReport["unfinished"]["items"][number];
type Reopened = RestoreReport["schedules"]["items"][number];

/** `belfry restore`: puts a backup in the store's place, and says what may run twice. */
export function registerRestore(program: Command, context: CliContext): void {
  const command = program
    .command("restore")
    .description("put a backup in the place of the store, which no process may use")
    .argument("<file>", "what `backup` made");
  addStoreFlags(command);
  addExamples(command, [
    ["belfry restore belfry-2026-11-24.db", "into the project's store; what stood there is kept beside it"],
    ["belfry restore belfry.db --store sqlite:/var/lib/belfry/belfry.db", "into another one"],
  ]);
  command.action(async (name: string, flags: RemoteFlags) => {
    const store = await findStore(flags, context, { mayBeNew: true });
    const file = resolve(context.cwd, name);
    const report = await restoreStore(file, store);
    const output = new Output(context, flags.json === true);
    output.answer({ store, file, ...report }, () => print(store, file, report, output));
  });
}

function print(store: string, file: string, report: RestoreReport, output: Output): void {
  const { bytes, keptAs, unfinished, lost, schedules } = report;
  output.line(`${store} holds all of ${file} (${bytes} bytes)`);
  if (keptAs !== undefined) output.line(`what stood there is kept as ${keptAs}`);
  section("runs that had not ended at the backup, and run (again)", unfinished, runColumns, output);
  section("runs that were under way and may not start twice: they ended with E_LOST", lost, runColumns, output);
  section("schedules whose instants may fire again, as their catchUp says", schedules, scheduleColumns, output);
}

function section<Item>(
  title: string,
  { count, items }: { count: number; items: readonly Item[] },
  columns: readonly Column<Item>[],
  output: Output,
): void {
  output.line(`\n${title}: ${count === 0 ? "none" : count}`);
  if (items.length > 0) output.table(columns, items, "");
  if (count > items.length) output.line(`and ${count - items.length} more`);
}

const runColumns: Column<Unfinished>[] = [
  { title: "trackingId", of: (run) => run.trackingId },
  { title: "task", of: (run) => run.task },
];

const scheduleColumns: Column<Reopened>[] = [
  { title: "task", of: (one) => one.task },
  { title: "key", of: (one) => one.key },
  { title: "after", of: (one) => one.after },
  { title: "upTo", of: (one) => one.upTo },
];
