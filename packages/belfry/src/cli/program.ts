import { readFileSync } from "node:fs";
import { Command } from "commander";
import { registerAudit } from "./commands/audit.ts";
import { registerBackfill } from "./commands/backfill/backfill.ts";
import { registerBackup } from "./commands/backup.ts";
import { registerCancel } from "./commands/cancel.ts";
import { registerCompletion } from "./commands/completion.ts";
import { registerDeploys } from "./commands/deploys.ts";
import { registerDev } from "./commands/dev.ts";
import { registerDoctor } from "./commands/doctor.ts";
import { registerExplain } from "./commands/explain.ts";
import { registerForecast } from "./commands/forecast.ts";
import { registerInit } from "./commands/init.ts";
import { registerKeys } from "./commands/keys.ts";
import { registerLogs } from "./commands/logs.ts";
import { registerMigrate } from "./commands/migrate.ts";
import { registerNext } from "./commands/next.ts";
import { registerNodes } from "./commands/nodes.ts";
import { registerPause } from "./commands/pause.ts";
import { registerPlan } from "./commands/plan.ts";
import { registerRestore } from "./commands/restore.ts";
import { registerResume } from "./commands/resume.ts";
import { registerRetry } from "./commands/retry.ts";
import { registerRun } from "./commands/run.ts";
import { registerRuns } from "./commands/runs.ts";
import { registerSchedules } from "./commands/schedules/schedules.ts";
import { registerSkip } from "./commands/skip.ts";
import { registerStart } from "./commands/start.ts";
import { registerStatus } from "./commands/status.ts";
import { registerTasks } from "./commands/tasks.ts";
import type { CliContext } from "./context.ts";
import { reportError } from "./exit.ts";
import { addExamples } from "./flags.ts";
import { columnsOf } from "./output.ts";

/** Runs one command line, without the program's name. Never rejects: what went wrong is said, and is the exit code. */
export async function runProgram(argv: readonly string[], context: CliContext): Promise<void> {
  try {
    await makeProgram(context).parseAsync(argv, { from: "user" });
  } catch (error) {
    reportError(error, context, asksForJson(argv));
  }
}

/** Whether errors are to be JSON too, also those in the flags themselves. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end === -1 ? undefined : end).includes("--json");
}

/** The program with all its commands. */
export function makeProgram(context: CliContext): Command {
  const program = new Command("belfry");
  program
    .description("Durable scheduled tasks: every due instant ran, or the record says why not.")
    .version(ownVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      // Said once, in one line, by who reports every error.
      outputError: () => {},
      getOutHelpWidth: () => columnsOf(context.stdout),
      getErrHelpWidth: () => columnsOf(context.stderr),
    });
  addExamples(program, [
    ["belfry run billOnDemand --wait", "run a task, and wait for its end"],
    ["belfry runs --status errors", "what failed"],
    ["belfry tasks --url http://127.0.0.1:7411", "ask a server instead of the project's store"],
  ]);
  program.addHelpText("after", exitCodes);
  for (const register of registers) register(program, context);
  return program;
}

const exitCodes = `
Exit codes: 0 done, 1 a failed run or a negative answer, 2 wrong usage, 3 the store or the server cannot be reached.`;

/** In the order of the help. */
const registers = [
  registerInit,
  registerDev,
  registerStart,
  registerRun,
  registerStatus,
  registerCancel,
  registerRetry,
  registerRuns,
  registerLogs,
  registerTasks,
  registerSchedules,
  registerPause,
  registerResume,
  registerSkip,
  registerNext,
  registerExplain,
  registerForecast,
  registerAudit,
  registerBackfill,
  registerPlan,
  registerDeploys,
  registerNodes,
  registerKeys,
  registerMigrate,
  registerDoctor,
  registerBackup,
  registerRestore,
  registerCompletion,
];

function ownVersion(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
