import { CommanderError } from "commander";
import { BelfryError, errorTable, isBelfryError } from "../base/errors.ts";
import { printable, textOf } from "../base/text.ts";
import type { CliContext } from "./context.ts";

/** What a shell is told of a command that was ended by SIGINT. */
export const interruptedExit = 130;
const messageCharactersMax = 2_000;
/** What a server says of keys is said to all clients; this one has a flag. */
const keyHint = ", here with --api-key or BELFRY_API_KEY";

/** The command was interrupted; the message says what goes on without it. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Throws E_USAGE. */
export function refuseUsage(problem: string): never {
  throw new BelfryError("E_USAGE", { problem });
}

/** Says on stderr, in one line, what ended a command, and with which code the process is to end. */
export function reportError(error: unknown, context: CliContext, isJson: boolean): void {
  if (error instanceof CommanderError && isHelp(error)) return context.exit(error.exitCode === 0 ? 0 : 2);
  if (error instanceof Interrupted) {
    if (error.message && !isJson) context.stderr.write(`belfry: ${error.message}\n`);
    return context.exit(interruptedExit);
  }
  const { code, message, exit, stack } = explained(error);
  context.stderr.write(isJson ? `${JSON.stringify({ code, message })}\n` : `belfry: ${message}\n`);
  if (stack !== undefined && context.environment.BELFRY_LOG_LEVEL === "debug") context.stderr.write(`${stack}\n`);
  context.exit(exit);
}

function isHelp({ code }: CommanderError): boolean {
  return code === "commander.help" || code === "commander.helpDisplayed" || code === "commander.version";
}

interface Explained {
  readonly code: string;
  readonly message: string;
  readonly exit: number;
  readonly stack?: string;
}

function explained(error: unknown): Explained {
  if (isBelfryError(error)) {
    const hint = error.code === "E_KEY_REQUIRED" ? keyHint : "";
    return { code: error.code, message: printable(error.message, messageCharactersMax) + hint, exit: error.exitCode };
  }
  if (error instanceof CommanderError) {
    return { code: "E_USAGE", message: usageMessage(error.message), exit: errorTable.E_USAGE.exit };
  }
  const what = printable(textOf(error instanceof Error ? error.message : error), messageCharactersMax);
  const message = `${what}; this is a bug in Belfry: please report it (BELFRY_LOG_LEVEL=debug shows where it happened)`;
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  return { code: "E_INTERNAL", message, exit: errorTable.E_INTERNAL.exit, stack };
}

/** The command line's own words, on one line: what was wrong, and the nearest right name. */
function usageMessage(text: string): string {
  const line = text
    .replace(/^error: /, "")
    .replace(/\n\(Did/, " (did")
    .replace(/\.$/, "");
  return printable(`${line}; \`--help\` shows what there is`, messageCharactersMax);
}
