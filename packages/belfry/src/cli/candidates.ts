import type { Argument, Command, Option } from "commander";
import { formatDuration } from "../base/duration.ts";
import { sleep } from "../clock/clock.ts";
import type { CliContext } from "./context.ts";
import { defaultCommandOf, type RemoteFlags } from "./flags.ts";
import { isName, type Names, namesOf } from "./names.ts";
import { openRemote } from "./remote.ts";

/** How long a shell waits for names, in milliseconds; later ones are of no use. */
const patienceMs = 1_500;

/** A command line that is being typed. */
interface Typed {
  /** The command that its words lead to. */
  readonly command: Command;
  /** The arguments before the cursor. */
  readonly before: readonly string[];
  /** The flag whose value the cursor is at. */
  readonly flag: Option | undefined;
  readonly values: Readonly<Record<string, string>>;
}

/**
 * What may stand for the last of these words: commands, flags, the words that a flag or an argument knows, names of
 * tasks, keys of schedules, ids of backfills. Never rejects: where nothing is known, nothing is offered.
 */
export async function candidates(program: Command, words: readonly string[], context: CliContext): Promise<string[]> {
  const last = (words.at(-1) ?? "").replaceAll("\\", "");
  const typed = read(program, words.slice(0, -1));
  const all = await offered(typed, last, context);
  return all.filter((word) => word.toLowerCase().startsWith(last.toLowerCase()));
}

async function offered(typed: Typed, last: string, context: CliContext): Promise<readonly string[]> {
  const { command, flag, before } = typed;
  if (flag) {
    const name = flag.name();
    return isName(name) ? askNames(name, typed, context) : (flag.argChoices ?? []);
  }
  const meant = defaultCommandOf(command) ?? command;
  if (last.startsWith("-")) return ["--help", ...meant.options.flatMap(({ long }) => (long ? [long] : []))];
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command).map((one) => one.name());
  if (subcommands.length > 0 && before.length > 0) return [];
  return [...subcommands, ...(await ofArgument(meant.registeredArguments[before.length], typed, context))];
}

async function ofArgument(
  argument: Argument | undefined,
  typed: Typed,
  context: CliContext,
): Promise<readonly string[]> {
  const name = argument?.name() ?? "";
  return isName(name) ? askNames(name, typed, context) : (argument?.argChoices ?? []);
}

function read(program: Command, words: readonly string[]): Typed {
  let command = program;
  const before: string[] = [];
  let flag: Option | undefined;
  const values: Record<string, string> = {};
  for (const typed of words) {
    const word = typed.replaceAll("\\", "");
    if (flag) {
      values[flag.attributeName()] = word;
      flag = undefined;
      continue;
    }
    const next = command.commands.find((one) => one.name() === word);
    command = next ?? defaultCommandOf(command) ?? command;
    if (next) continue;
    if (!word.startsWith("-")) before.push(word);
    else {
      const [name = "", ...value] = word.split("=");
      const option = command.options.find(({ long, short }) => name === long || name === short);
      if (value.length > 0 && option) values[option.attributeName()] = value.join("=");
      else if (option?.required) flag = option;
    }
  }
  return { command, before, flag, values };
}

/** The names that whom the flags name knows, as far as they come soon. */
async function askNames(kind: Names, { command, before, values }: Typed, context: CliContext): Promise<string[]> {
  const flags: RemoteFlags = values;
  const place = command.registeredArguments.findIndex((one) => one.name() === "task");
  const task = before[place] ?? values.task;
  const over = new AbortController();
  const late = sleep(context.clock, patienceMs, over.signal).then(() => []);
  const ask = async () => {
    const remote = await openRemote({ ...flags, json: true }, context, { timeout: formatDuration(patienceMs) });
    try {
      return await namesOf[kind](remote.api, task);
    } finally {
      await remote.close();
    }
  };
  try {
    return await Promise.race([ask(), late]);
  } catch {
    // A shell that completes has no place for what went wrong; the command itself will say it.
    return [];
  } finally {
    over.abort();
  }
}
