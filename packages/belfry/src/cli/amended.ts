import type { AmendResult } from "../api/schedules.ts";
import { counted } from "../base/text.ts";
import type { Output } from "./output.ts";
import { amendedColumns } from "./schedule-text.ts";

/** Answers what a pause, a resuming or a skip changed, and which unfinished runs stay all the same. */
export function answerAmended(verb: "paused" | "resumed" | "skipped", result: AmendResult, output: Output): void {
  output.answer(result, () => {
    const { count, schedules, runs } = result;
    output.table(amendedColumns(), schedules, "no schedule was changed");
    if (count > 0) output.line(`${counted(count, "schedule")} ${verb}${listed(count, schedules.length)}`);
    tellUnfinished(runs, output);
  });
}

/** Says which unfinished runs a change left as they are. */
export function tellUnfinished(runs: readonly string[], output: Output): void {
  if (runs.length === 0) return;
  output.line(`unfinished, and left as they are (\`belfry cancel\` ends one): ${counted(runs.length, "run")}`);
  for (const run of runs) output.line(`  ${run}`);
}

function listed(count: number, shown: number): string {
  return count > shown ? `; the first ${shown} are listed` : "";
}
