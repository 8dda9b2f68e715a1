import type { Command } from "commander";
import type { Forecast, ForecastMinute } from "../../api/account.ts";
import { formatDuration } from "../../base/duration.ts";
import type { CliContext } from "../context.ts";
import { addExamples, addRemoteFlags, type RemoteFlags, wholeNumber } from "../flags.ts";
import { histogramLines } from "../histogram.ts";
import type { Output } from "../output.ts";
import { withApi } from "../remote.ts";
import type { Column } from "../table.ts";

type Overlapping = Forecast["overlapping"][number];

/** `belfry forecast`: what is due. */
export function registerForecast(program: Command, context: CliContext): void {
  const command = program
    .command("forecast")
    .description("say what is due in the hours to come: how much, when most, and what will overlap itself")
    .option("--hours <count>", "1 to 168 hours (default 24)", wholeNumber("--hours"));
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry forecast", "the next 24 hours"],
    ["belfry forecast --hours 168 --json | jq .worst", "the worst minutes of a week"],
  ]);
  command.action((flags: RemoteFlags & { hours?: number }) =>
    withApi(flags, context, async ({ api, output }) => {
      const { hours } = flags;
      const forecast = await api.forecast({ hours });
      output.answer(forecast, () => print(forecast, output));
    }),
  );
}

function print(forecast: Forecast, output: Output): void {
  const { from, to, schedules, firings, perMinute, peakConcurrency, worst, overlapping, unknownDurations } = forecast;
  output.record({ from, to, schedules, firings, peakConcurrency });
  if (firings > 0) section("firings by the hour", output);
  if (firings > 0) for (const line of histogramLines(from, perMinute)) output.line(line);
  if (worst.length > 0) section("the worst minutes", output);
  output.table(minuteColumns, worst, "nothing is due");
  if (overlapping.length > 0) section("runs that take longer than the time to the next instant", output);
  output.table(overlappingColumns, overlapping, "no schedule will overlap itself");
  if (unknownDurations.length > 0) {
    section("tasks of which no run has completed, so that nobody knows how long they take", output);
    for (const task of unknownDurations) output.line(task);
  }
}

function section(title: string, output: Output): void {
  output.line(`\n${output.style("bold", title)}`);
}

const minuteColumns: Column<ForecastMinute>[] = [
  { title: "at", of: (one) => one.at },
  { title: "firings", of: (one) => one.firings },
  { title: "concurrency", of: (one) => one.concurrency },
  { title: "tasks", of: (one) => one.tasks.map(({ task, firings }) => `${task} ${firings}`).join(", ") },
];

const overlappingColumns: Column<Overlapping>[] = [
  { title: "task", of: (one) => one.task },
  { title: "schedule", of: (one) => one.schedule },
  { title: "takes", of: (one) => formatDuration(one.durationMs) },
  { title: "every", of: (one) => formatDuration(one.everyMs) },
];
