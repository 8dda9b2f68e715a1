import { PassThrough } from "node:stream";
import type { CliContext } from "../../packages/belfry/src/cli/context.ts";
import { makeProgram } from "../../packages/belfry/src/cli/program.ts";
import { systemClock } from "../../packages/belfry/src/clock/system.ts";

type Command = ReturnType<typeof makeProgram>;

const columns = 100;

/** The reference of the command line: what `--help` prints, for every command. */
export function cliPage(): string {
  const program = makeProgram(silentContext());
  const sections = commandsOf(program, program.name()).map(
    ([name, command]) => `## ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``,
  );
  return `# Command line

What \`belfry <command> --help\` prints. Every command answers with one JSON document where \`--json\` is given.

${sections.join("\n\n")}
`;
}

/** A command and all those below it, in the order of the help. */
function commandsOf(command: Command, name: string): [name: string, command: Command][] {
  const below = command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== "help");
  return [[name, command], ...below.flatMap((one) => commandsOf(one, `${name} ${one.name()}`))];
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => columns,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trim().replaceAll(/[ \t]+$/gm, "");
}

/** A context that nothing is read from: help needs none. */
function silentContext(): CliContext {
  return {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    environment: {},
    cwd: "/",
    clock: systemClock,
    isTty: false,
    exit: () => {},
    onSignal: () => () => {},
  };
}
