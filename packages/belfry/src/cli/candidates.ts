import type { Command, Option } from "commander";
import { formatDuration } from "../base/duration.ts";
import { sleep } from "../clock/clock.ts";
import type { CliContext } from "./context.ts";
import type { RemoteFlags } from "./flags.ts";
import { openRemote } from "./remote.ts";

/** How long a shell waits for the names of tasks, in milliseconds; later ones are of no use. */
const patienceMs = 1_500;
const namesMax = 1_000;

/** A command line that is being typed. */
interface Typed {
  /** The command that its words lead to. */
  readonly command: Command;
  /** How many arguments stand before the cursor. */
  readonly argumentsBefore: number;
  /** The flag whose value the cursor is at. */
  readonly flag: Option | undefined;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * What may stand for the last of these words: commands, flags, the words that a flag or an argument knows, names of
 * tasks. Never rejects: where nothing is known, nothing is offered.
 */
export async function candidates(program: Command, words: readonly string[], context: CliContext): Promise<string[]> {
  const last = (words.at(-1) ?? "").replaceAll("\\", "");
  const typed = read(program, words.slice(0, -1));
  const all = await offered(typed, last, context);
  return all.filter((word) => word.toLowerCase().startsWith(last.toLowerCase()));
}

async function offered(
  { command, argumentsBefore, flag, values }: Typed,
  last: string,
  context: CliContext,
): Promise<readonly string[]> {
  if (flag) return flag.name() === "task" ? taskNames(values, context) : (flag.argChoices ?? []);
  if (last.startsWith("-")) return ["--help", ...command.options.flatMap(({ long }) => (long ? [long] : []))];
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command).map((one) => one.name());
  if (subcommands.length > 0) return argumentsBefore === 0 ? subcommands : [];
  const argument = command.registeredArguments[argumentsBefore];
  if (argument?.name() === "task") return taskNames(values, context);
  return argument?.argChoices ?? [];
}

function read(program: Command, words: readonly string[]): Typed {
  let command = program;
  let argumentsBefore = 0;
  let flag: Option | undefined;
  const values: Record<string, string> = {};
  for (const word of words) {
    if (flag) {
      values[flag.attributeName()] = word;
      flag = undefined;
    } else if (word.startsWith("-")) {
      const [name = "", ...value] = word.split("=");
      const option = command.options.find(({ long, short }) => name === long || name === short);
      if (value.length > 0 && option) values[option.attributeName()] = value.join("=");
      else if (option?.required) flag = option;
    } else {
      const next = command.commands.find((one) => one.name() === word);
      if (next) command = next;
      else argumentsBefore++;
    }
  }
  return { command, argumentsBefore, flag, values };
}

/** The names of the tasks of whom the flags name, as far as they come soon. */
async function taskNames(flags: RemoteFlags, context: CliContext): Promise<string[]> {
  const over = new AbortController();
  const late = sleep(context.clock, patienceMs, over.signal).then(() => []);
  try {
    return await Promise.race([askNames(flags, context), late]);
  } catch {
    // A shell that completes has no place for what went wrong; the command itself will say it.
    return [];
  } finally {
    over.abort();
  }
}

async function askNames(flags: RemoteFlags, context: CliContext): Promise<string[]> {
  const remote = await openRemote({ ...flags, json: true }, context, { timeout: formatDuration(patienceMs) });
  try {
    const { items } = await remote.api.tasks.list({ limit: namesMax });
    return items.map(({ name }) => name);
  } finally {
    await remote.close();
  }
}
