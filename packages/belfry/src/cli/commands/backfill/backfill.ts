import type { Command } from "commander";
import type { CliContext } from "../../context.ts";
import { addExamples } from "../../flags.ts";
import { registerCreate } from "./create.ts";
import { registerList, registerShow, registerVerbs } from "./manage.ts";

/** `belfry backfill`: runs instants of the past again. */
export function registerBackfill(program: Command, context: CliContext): void {
  const backfill = program.command("backfill").description("run the instants of a range again, and look after that");
  addExamples(backfill, [
    ["belfry backfill billOnDemand --from 2026-11-01 --to 2026-11-08 --dry-run", "what it would do"],
    ["belfry backfill billOnDemand --from 2026-11-01 --to 2026-11-08 --wait", "do it, and wait for its end"],
    ["belfry backfill pause 6237b225b9a84d607cd79044", "make no more runs until `backfill resume`"],
  ]);
  registerCreate(backfill, context);
  registerList(backfill, context);
  registerShow(backfill, context);
  registerVerbs(backfill, context);
}
