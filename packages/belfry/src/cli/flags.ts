import { type Command, Option } from "commander";
import { BelfryError } from "../base/errors.ts";

/** The flags of every command that asks a store or a server. */
export interface RemoteFlags {
  readonly json?: boolean;
  readonly url?: string;
  readonly store?: string;
  readonly config?: string;
  readonly apiKey?: string;
}

/** Gives a command the flags that say whom to ask, and `--json`. */
export function addRemoteFlags(command: Command): Command {
  return addStoreFlags(command)
    .option("--url <url>", "ask the server there (BELFRY_URL)")
    .option("--api-key <key>", "the server's API key (BELFRY_API_KEY)");
}

/** The same for commands that need the store itself. */
export function addStoreFlags(command: Command): Command {
  return command
    .option("--json", "answer with one JSON document")
    .option("--store <url>", 'open this store, such as "sqlite:belfry.db" (BELFRY_STORE)')
    .option("--config <file>", "the config that names the store (default: belfry.config.ts, .js or .mjs)");
}

/** The flags of every command that lists pages. */
export interface PageFlags {
  readonly limit?: number;
  readonly cursor?: string;
}

export function addPageFlags(command: Command): Command {
  return command
    .option("--limit <count>", "1 to 1,000 items (default 50)", wholeNumber("--limit"))
    .option("--cursor <cursor>", "go on after the page that named it");
}

const defaultCommands = new WeakMap<Command, Command>();

/** A command below another one that is meant where none of those below it is named. */
export function addDefaultCommand(parent: Command, name: string): Command {
  const command = parent.command(name, { isDefault: true });
  defaultCommands.set(parent, command);
  return command;
}

/** What is meant where none of the commands below this one is named. */
export function defaultCommandOf(parent: Command): Command | undefined {
  return defaultCommands.get(parent);
}

/** A flag that takes one of these words. */
export function oneOf(flags: string, description: string, words: readonly string[]): Option {
  return new Option(flags, description).choices(words);
}

/** Examples below a command's help: each a line of shell, and what it is for. */
export function addExamples(command: Command, examples: readonly (readonly [line: string, why: string])[]): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, why]) => `  ${line.padEnd(width)}  # ${why}`);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

/** Reads a count, 0 or more. Throws E_OPTION. */
export function count(field: string): (text: string) => number {
  return (value) => {
    if (/^\d{1,15}$/.test(value)) return Number(value);
    throw new BelfryError("E_OPTION", { field, value, expected: "a whole number from 0" });
  };
}

/** Reads a whole number; its bounds are the API's to check. Throws E_OPTION. */
export function wholeNumber(field: string): (text: string) => number {
  return (value) => {
    if (/^[+-]?\d{1,15}$/.test(value)) return Number(value);
    throw new BelfryError("E_OPTION", { field, value, expected: "a whole number" });
  };
}

const instantShape = /^(\d{4})-(\d\d)-(\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Reads an instant in ISO 8601, or a date, which is its first instant in UTC. Throws E_OPTION. */
export function instant(field: string): (text: string) => Date {
  return (value) => {
    const [, year, month, day] = instantShape.exec(value) ?? [];
    const date = new Date(value);
    const isReal = Number(day) >= 1 && Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
    if (isReal && !Number.isNaN(date.getTime())) return date;
    throw new BelfryError("E_OPTION", {
      field,
      value,
      expected: "an instant such as 2026-11-24T12:00:00Z or 2026-11-24T13:00+01:00, or a date",
    });
  };
}
