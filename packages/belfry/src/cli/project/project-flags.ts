import type { Command } from "commander";

/** Gives a command the flags that stand above a project's config. */
export function addProjectFlags(command: Command): Command {
  return command
    .option("--config <file>", "the config (default: belfry.config.ts, .js or .mjs in the project's folder)")
    .option("--store <url>", 'the store (BELFRY_STORE; default "sqlite:belfry.db")')
    .option("--host <host>", "the address to listen on (BELFRY_HOST; default 127.0.0.1)")
    .option("--port <port>", "the port to listen on; 0 takes a free one (BELFRY_PORT; default 7411)")
    .option("--tasks-dir <dir>", "where the task files are (default: tasks in the project's folder)");
}
