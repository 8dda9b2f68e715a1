import type { Command } from "commander";
import type { ProjectFlags } from "../config.ts";
import type { CliContext } from "../context.ts";
import { addExamples } from "../flags.ts";
import { projectFolder } from "../project/folder.ts";
import { addProjectFlags } from "../project/project-flags.ts";

/** `belfry dev`: a project's tasks while they are written. */
export function registerDev(program: Command, context: CliContext): void {
  const command = program
    .command("dev")
    .description("run a project's tasks and its server here, and load them again when a file changes")
    .argument("[dir]", "the project's folder (default: this one)");
  addProjectFlags(command).option("--json", "a line of JSON for each thing that happens");
  addExamples(command, [
    ["belfry dev", "the project in this folder"],
    ["belfry dev app --port 8080", "one in another folder, on another port"],
  ]);
  command.action(async (dir: string | undefined, flags: ProjectFlags & { json?: boolean }) => {
    const folder = projectFolder(context.cwd, dir, flags.config);
    const { Dev } = await import("../dev.ts");
    context.exit(await new Dev(context, flags, folder).run());
  });
}
