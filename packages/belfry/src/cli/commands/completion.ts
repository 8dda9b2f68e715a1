import { Argument, type Command } from "commander";
import { candidates } from "../candidates.ts";
import { completionScripts, type Shell } from "../completion-scripts.ts";
import type { CliContext } from "../context.ts";
import { addExamples } from "../flags.ts";

/** `belfry completion`, and the hidden `belfry complete` that its scripts ask. */
export function registerCompletion(program: Command, context: CliContext): void {
  const command = program
    .command("completion")
    .description("print a script that completes commands, flags and names: tasks, schedules, backfills")
    .addArgument(new Argument("<shell>", "the shell").choices(Object.keys(completionScripts)));
  addExamples(command, [
    ['eval "$(belfry completion bash)"', "in ~/.bashrc"],
    ['eval "$(belfry completion zsh)"', "in ~/.zshrc, after compinit"],
    ["belfry completion fish > ~/.config/fish/completions/belfry.fish", "once"],
  ]);
  command.action((shell: Shell) => {
    context.stdout.write(completionScripts[shell]);
  });

  program
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action(async (words: string[]) => {
      for (const word of await candidates(program, words, context)) context.stdout.write(`${word}\n`);
    });
}
