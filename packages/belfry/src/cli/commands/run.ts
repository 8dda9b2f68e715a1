import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { addExamples, addRemoteFlags, instant, type RemoteFlags, wholeNumber } from "../flags.ts";
import { type PayloadFlags, readPayload } from "../payload.ts";
import { withApi } from "../remote.ts";
import { answerTrigger, checkWaitFlags, type WaitFlags } from "../wait.ts";

interface RunFlags extends RemoteFlags, PayloadFlags, WaitFlags {
  readonly delay?: string;
  readonly at?: Date;
  readonly priority?: number;
  readonly reason?: string;
  readonly idempotencyKey?: string;
}

/** `belfry run`: asks for a run of a task. */
export function registerRun(program: Command, context: CliContext): void {
  const command = program
    .command("run")
    .description("run a task now, ahead of its schedule, and print its tracking id")
    .argument("<task>", "the task's name")
    .option("--payload <json>", "the payload, as JSON; - reads it from stdin")
    .option("--payload-file <file>", "the same, from a file; - reads stdin")
    .option("--delay <duration>", 'start so long from now at the earliest, such as "10m"')
    .option("--at <instant>", "start then at the earliest, in ISO 8601", instant("--at"))
    .option("--priority <number>", "-100 to 100; higher goes first", wholeNumber("--priority"))
    .option("--reason <text>", "why, for the record")
    .option("--idempotency-key <key>", "the same key again, within a day, answers the same run")
    .option("--wait", "wait for the end; exit code 1 when the run failed")
    .option("--logs", "with --wait: show the run's log meanwhile");
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry run billOnDemand", "ask for a run"],
    [`belfry run billOnDemand --payload '{"month":"2026-11"}' --wait --logs`, "and watch it to its end"],
    ["belfry run billOnDemand --payload - < payload.json", "the payload from stdin"],
  ]);
  command.action(async (task: string, flags: RunFlags) => {
    checkWaitFlags(flags);
    const payload = await readPayload(flags, context);
    await withApi(flags, context, async (given) => {
      const { delay, at, priority, reason, idempotencyKey } = flags;
      const options = { payload, delay, at, priority, reason, idempotencyKey };
      await answerTrigger(await given.api.task(task).run(options), flags, given, context);
    });
  });
}
