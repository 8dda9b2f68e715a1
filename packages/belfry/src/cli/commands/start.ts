import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { refuseUsage, reportError } from "../exit.ts";
import { addExamples } from "../flags.ts";
import { projectFolder } from "../project/folder.ts";
import { leave } from "../project/leave.ts";
import { addProjectFlags } from "../project/project-flags.ts";
import type { StartFlags } from "../start.ts";

/** `belfry start`: a project's tasks in production. */
export function registerStart(program: Command, context: CliContext): void {
  const command = program
    .command("start")
    .description("run a project's tasks and its server in production, with JSON logs")
    .argument("[dir]", "the project's folder (default: this one)");
  addProjectFlags(command)
    .option("--log-level <level>", "silent, fatal, error, warn, info, debug or trace (BELFRY_LOG_LEVEL; default info)")
    .option("--json", "errors as JSON, too; the log always is")
    .option("--prune", "even where more than half of the tasks and schedules that were there are gone")
    .option("--no-work", "only serve: run no tasks here")
    .option("--no-server", "only run tasks: no HTTP server");
  addExamples(command, [
    ["belfry start", "the project in this folder; SIGTERM lets runs end, a second one does not"],
    ["belfry start --host 0.0.0.0", "for other machines too; needs an API key (BELFRY_BOOTSTRAP_KEY makes the first)"],
    ["BELFRY_RELEASE=2026.11.24 belfry start", "a release: its definitions are applied once"],
    ["belfry start --no-work", "the server alone, beside processes with --no-server"],
  ]);
  command.action(async (dir: string | undefined, flags: StartFlags) => {
    if (flags.work === false && flags.server === false) refuseUsage("--no-work and --no-server leave nothing to do");
    const folder = projectFolder(context.cwd, dir, flags.config);
    const { startProject } = await import("../start.ts");
    try {
      await startProject(context, flags, folder);
    } catch (error) {
      reportError(error, context, flags.json === true);
    }
    await leave(context);
  });
}
