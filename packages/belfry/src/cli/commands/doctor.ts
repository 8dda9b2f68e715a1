import type { Command } from "commander";
import { errorTable } from "../../base/errors.ts";
import { type Check, checkUp } from "../checkup.ts";
import type { CliContext } from "../context.ts";
import { addExamples, addRemoteFlags, type RemoteFlags } from "../flags.ts";
import { Output } from "../output.ts";
import { interruptible } from "../remote.ts";
import type { Column } from "../table.ts";

/** The checks that fail where nothing can be reached. */
const reach: ReadonlySet<string> = new Set(["store", "server"]);

/** `belfry doctor`: looks at what may be wrong. */
export function registerDoctor(program: Command, context: CliContext): void {
  const command = program
    .command("doctor")
    .description(
      "look at Node.js, SQLite and the store or server; exit code 1 when something is wrong, 3 when none is reached",
    );
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry doctor", "the project's store"],
    ["belfry doctor --url http://127.0.0.1:7411", "a server"],
  ]);
  command.action((flags: RemoteFlags) =>
    interruptible(context, async (signal) => {
      const checks = await checkUp(flags, context, signal);
      const ok = checks.every((check) => check.ok);
      const output = new Output(context, flags.json === true);
      output.answer({ ok, checks }, () => output.table(columns(output), checks, ""));
      const isReached = checks.every((check) => check.ok || !reach.has(check.check));
      if (!ok) context.exit(isReached ? 1 : errorTable.E_UNREACHABLE.exit);
    }),
  );
}

function columns(output: Output): Column<Check>[] {
  return [
    { title: "check", of: ({ check }) => check },
    {
      title: "is",
      of: ({ ok }) => (ok ? "ok" : "wrong"),
      style: (cell, { ok }) => output.style(ok ? "green" : "red", cell),
    },
    { title: "detail", of: ({ detail }) => detail },
  ];
}
