import type { Command } from "commander";
import type { CliContext } from "../../context.ts";
import { addExamples } from "../../flags.ts";
import { registerDelete } from "./delete.ts";
import { registerList } from "./list.ts";
import { registerPut } from "./put.ts";

/** `belfry schedules`: when tasks are due, and schedules that are made at run time. */
export function registerSchedules(program: Command, context: CliContext): void {
  const schedules = program
    .command("schedules")
    .description("list schedules and what was decided about their instants; make, change and delete them");
  addExamples(schedules, [
    ["belfry schedules billOnDemand", "those of a task"],
    ["belfry schedules billOnDemand --firings", "what became of its instants"],
    ['belfry schedules put billOnDemand noon --cron "0 12 * * *"', "one that no code defines"],
  ]);
  registerList(schedules, context);
  registerPut(schedules, context);
  registerDelete(schedules, context);
}
