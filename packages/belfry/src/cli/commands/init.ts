import { resolve } from "node:path";
import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { addExamples } from "../flags.ts";
import { initProject } from "../init.ts";
import { Output } from "../output.ts";

/** `belfry init`: the files of a first project. */
export function registerInit(program: Command, context: CliContext): void {
  const command = program
    .command("init")
    .description("write a first task, its test and a config; nothing that is there is overwritten")
    .argument("[dir]", "the project's folder (default: this one)")
    .option("--json", "answer with one JSON document");
  addExamples(command, [
    ["belfry init", "in this folder"],
    ["belfry init app", "in a folder that is made where it does not exist"],
  ]);
  command.action((dir: string | undefined, flags: { json?: boolean }) => {
    const output = new Output(context, flags.json === true);
    const report = initProject(resolve(context.cwd, dir ?? "."), context.cwd);
    output.answer(report, () => {
      for (const { file, what } of report.steps) {
        output.line(`${output.style(what === "kept" ? "dim" : "green", what.padEnd(9))} ${file}`);
      }
      output.line("\nNext:");
      for (const line of report.next) output.line(`  ${line}`);
      output.line("\nFor types in the editor: npm install --save-dev typescript @types/node");
    });
  });
}
