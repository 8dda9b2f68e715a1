import type { Command } from "commander";
import type { LogItem } from "../../api/runs.ts";
import type { CliContext } from "../context.ts";
import { addExamples, addRemoteFlags, count, type RemoteFlags } from "../flags.ts";
import { followRun, logLine, logReader } from "../follow.ts";
import { type Work, withApi } from "../remote.ts";

interface LogsFlags extends RemoteFlags {
  readonly follow?: boolean;
  readonly after?: number;
}

/** `belfry logs`: what a run said. */
export function registerLogs(program: Command, context: CliContext): void {
  const command = program
    .command("logs")
    .description("print a run's log")
    .argument("<trackingId>", "the run")
    .option("-f, --follow", "go on until the run has ended; with --json one document a line")
    .option("--after <lines>", "leave out so many lines from the start", count("--after"));
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry logs 6237b225b9a84d607cd79044", "all lines so far"],
    ["belfry logs 6237b225b9a84d607cd79044 -f", "and those to come"],
  ]);
  command.action((trackingId: string, flags: LogsFlags) =>
    withApi(flags, context, (given) =>
      flags.follow ? follow(trackingId, flags.after ?? 0, given, context) : print(trackingId, flags.after, given),
    ),
  );
}

async function print(trackingId: string, after: number | undefined, { api, output }: Work): Promise<void> {
  const page = await api.runs.logs(trackingId, after === undefined ? {} : { after: String(after) });
  output.answer(page, () => {
    for (const line of page.items) output.line(logLine(line, output));
    if (page.items.length === 0) output.note("no lines");
    if (page.dropped !== undefined) output.note(`${page.dropped} more lines were too many to be kept`);
  });
}

async function follow(trackingId: string, after: number, { api, output, signal }: Work, context: CliContext) {
  const onLine = (line: LogItem) => output.line(output.isJson ? JSON.stringify(line) : logLine(line, output));
  const read = logReader(api, trackingId, after, onLine);
  await followRun({ api, signal, trackingId, clock: context.clock, onLook: read });
}
