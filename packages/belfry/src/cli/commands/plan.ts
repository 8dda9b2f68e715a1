import type { Command } from "commander";
import type { ProjectFlags } from "../config.ts";
import type { CliContext } from "../context.ts";
import { reportError } from "../exit.ts";
import { addExamples } from "../flags.ts";
import { Output } from "../output.ts";
import { planLines } from "../plan-text.ts";
import { projectFolder } from "../project/folder.ts";
import { leave } from "../project/leave.ts";

/** `belfry plan`: what a start of the project would change. */
export function registerPlan(program: Command, context: CliContext): void {
  const command = program
    .command("plan")
    .description("say what a start of the project would change; writes nothing; exit code 1 when there are changes")
    .argument("[dir]", "the project's folder (default: this one)")
    .option("--config <file>", "the config (default: belfry.config.ts, .js or .mjs in the project's folder)")
    .option("--store <url>", 'the store (BELFRY_STORE; default "sqlite:belfry.db")')
    .option("--tasks-dir <dir>", "where the task files are (default: tasks in the project's folder)")
    .option("--json", "answer with one JSON document");
  addExamples(command, [
    ["belfry plan", "the project in this folder, against its store"],
    ["BELFRY_RELEASE=2026.11.24 belfry plan app", "as a start of this release would do it"],
  ]);
  command.action(async (dir: string | undefined, flags: ProjectFlags & { json?: boolean }) => {
    const folder = projectFolder(context.cwd, dir, flags.config);
    const { planProject } = await import("../plan.ts");
    try {
      const plan = await planProject(context, flags, folder);
      const output = new Output(context, flags.json === true);
      output.answer(plan, () => {
        for (const line of planLines(plan, output)) output.line(line);
      });
      if (plan.changes) context.exit(1);
    } catch (error) {
      reportError(error, context, flags.json === true);
    }
    await leave(context);
  });
}
