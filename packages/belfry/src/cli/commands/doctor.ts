import type { Command } from "commander";
import { counted } from "../../base/text.ts";
import { type Check, checkUp } from "../checkup.ts";
import type { CliContext } from "../context.ts";
import { refuseUsage } from "../exit.ts";
import { addExamples, addRemoteFlags, type RemoteFlags } from "../flags.ts";
import { Output } from "../output.ts";
import { findTarget, interruptible, openRemote } from "../remote.ts";
import type { Column } from "../table.ts";

/** `belfry doctor`: looks at what may be wrong. */
export function registerDoctor(program: Command, context: CliContext): void {
  const command = program
    .command("doctor")
    .description(
      "look at Node.js, SQLite and the store or server; exit code 1 when something is wrong, 3 when the store or server is not reached",
    );
  addRemoteFlags(command);
  command.option(
    "--rewind",
    "after the clock was ahead: set schedules that were decided further than now to now; needs the store itself",
  );
  addExamples(command, [
    ["belfry doctor", "the project's store"],
    ["belfry doctor --url http://127.0.0.1:7411", "a server"],
    ["belfry doctor --rewind --store sqlite:belfry.db", "go on from now, where the clock had been ahead"],
  ]);
  command.action((flags: RemoteFlags & { rewind?: boolean }) =>
    interruptible(context, async (signal) => {
      const rewound = flags.rewind ? await rewindStore(flags, context) : undefined;
      const { checks, exit } = await checkUp(flags, context, signal);
      const ok = exit === 0;
      const output = new Output(context, flags.json === true);
      output.answer({ ok, ...(rewound === undefined ? {} : { rewound }), checks }, () => {
        if (rewound !== undefined) output.line(rewoundText(rewound));
        output.table(columns(output), checks, "");
      });
      if (!ok) context.exit(exit);
    }),
  );
}

/** Sets what was decided further than now back to now. Throws E_USAGE where a server stands before the store. */
async function rewindStore(flags: RemoteFlags, context: CliContext): Promise<number> {
  if ("url" in (await findTarget(flags, context)))
    refuseUsage("--rewind needs the store itself; name it with --store, on the machine where it lies");
  const { engine, close } = await openRemote(flags, context);
  try {
    return (await engine?.schedules.rewind()) ?? 0;
  } finally {
    await close();
  }
}

function rewoundText(count: number): string {
  if (count === 0) return "no schedule was decided further than now; nothing was changed";
  return `${counted(count, "schedule")} ${count === 1 ? "was" : "were"} set to now: instants between now and where it stood are decided again, and those that have a run are not run twice`;
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
