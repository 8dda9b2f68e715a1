import type { Command } from "commander";
import type { TaskHealth, TaskInfo } from "../../api/tasks.ts";
import type { CliContext } from "../context.ts";
import { addExamples, addPageFlags, addRemoteFlags, type PageFlags, type RemoteFlags } from "../flags.ts";
import type { Output } from "../output.ts";
import { withApi } from "../remote.ts";
import { ruleText, scheduleColumns } from "../schedule-text.ts";
import type { Column } from "../table.ts";

const healthStyles = {
  ok: "green",
  failing: "red",
  late: "yellow",
  invalid: "red",
  paused: "dim",
  disabled: "dim",
} as const satisfies Record<TaskHealth, unknown>;

/** `belfry tasks`: the tasks of the store, or one of them. */
export function registerTasks(program: Command, context: CliContext): void {
  const command = program
    .command("tasks")
    .description("list the tasks, or print one with its schedules")
    .argument("[task]", "the task's name");
  addRemoteFlags(addPageFlags(command));
  addExamples(command, [
    ["belfry tasks", "all of them, with their next firing and health"],
    ["belfry tasks billOnDemand", "one of them"],
  ]);
  command.action((name: string | undefined, flags: RemoteFlags & PageFlags) =>
    withApi(flags, context, async ({ api, output }) => {
      if (name !== undefined) {
        const task = await api.tasks.get(name);
        return output.answer(task, () => printTask(task, output));
      }
      const page = await api.tasks.list({ limit: flags.limit, cursor: flags.cursor });
      output.answer(page, () => {
        output.table(columns(output), page.items, "no tasks");
        output.more(page.cursor);
      });
    }),
  );
}

function columns(output: Output): Column<TaskInfo>[] {
  const styleHealth = (cell: string) => output.style(healthStyles[cell as TaskHealth], cell);
  return [
    { title: "task", of: (task) => task.name },
    { title: "health", of: (task) => task.health, style: styleHealth },
    { title: "schedule", of: schedulesText },
    { title: "nextFiring", of: (task) => task.nextFiring },
    { title: "lastRun", of: (task) => task.lastRun?.triggeredAt },
    { title: "lastStatus", of: (task) => task.lastRun?.status, style: (cell) => output.status(cell) },
  ];
}

const schedulesShown = 3;

function schedulesText({ schedules, scheduleCount }: TaskInfo): string {
  const shown = schedules.slice(0, schedulesShown).map(({ schedule }) => ruleText(schedule));
  const more = scheduleCount - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

function printTask({ schedules, lastRun, ...task }: TaskInfo, output: Output): void {
  output.record({ ...task, ...(lastRun ? { lastRun: `${lastRun.trackingId} ${lastRun.status}` } : {}) });
  if (schedules.length > 0) output.line("");
  output.table(scheduleColumns(), schedules, "no schedules");
  if (task.scheduleCount > schedules.length) {
    output.note(`the first ${schedules.length} of ${task.scheduleCount}: \`belfry schedules ${task.name}\` has all`);
  }
}
