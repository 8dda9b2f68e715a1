import type { Command } from "commander";
import { type Check, checkUp } from "../checkup.ts";
import type { CliContext } from "../context.ts";
import { addExamples, addRemoteFlags, type RemoteFlags } from "../flags.ts";
import { Output } from "../output.ts";
import { interruptible } from "../remote.ts";
import type { Column } from "../table.ts";

/** `belfry doctor`: looks at what may be wrong. */
export function registerDoctor(program: Command, context: CliContext): void {
  const command = program
    .command("doctor")
    .description(
      "look at Node.js, SQLite and the store or server; exit code 1 when something is wrong, 3 when the store or server is not reached",
    );
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry doctor", "the project's store"],
    ["belfry doctor --url http://127.0.0.1:7411", "a server"],
  ]);
  command.action((flags: RemoteFlags) =>
    interruptible(context, async (signal) => {
      const { checks, exit } = await checkUp(flags, context, signal);
      const ok = exit === 0;
      const output = new Output(context, flags.json === true);
      output.answer({ ok, checks }, () => output.table(columns(output), checks, ""));
      if (!ok) context.exit(exit);
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
