import type { Command } from "commander";
import type { CliContext } from "./context.ts";
import type { Work } from "./remote.ts";

/** Who does something, and why, for the record. */
export interface AuthorFlags {
  readonly author?: string;
  readonly reason?: string;
}

/** Gives a command `--author`. */
export function addAuthorFlag(command: Command): Command {
  return command.option(
    "--author <name>",
    "who does it, for the record (default: you; at a server the API key's name)",
  );
}

/** Gives a command `--reason` and `--author`. */
export function addReasonFlags(command: Command): Command {
  return addAuthorFlag(command.option("--reason <text>", "why, for the record"));
}

/**
 * Who does it: what `--author` says, else the user's name where this process opens the store itself. A server is told
 * nothing then: it puts in the name of the API key.
 */
export function authorOf(
  { author }: AuthorFlags,
  { isLocal }: Pick<Work, "isLocal">,
  { environment }: Pick<CliContext, "environment">,
): string | undefined {
  if (author !== undefined || !isLocal) return author;
  const { USER, LOGNAME, USERNAME } = environment;
  return USER || LOGNAME || USERNAME || undefined;
}
