import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { addExamples, addRemoteFlags, type RemoteFlags } from "../flags.ts";
import { withApi } from "../remote.ts";
import { answerTrigger, checkWaitFlags, type WaitFlags } from "../wait.ts";

interface RetryFlags extends RemoteFlags, WaitFlags {
  readonly reason?: string;
  readonly idempotencyKey?: string;
}

/** `belfry retry`: runs an ended run again. */
export function registerRetry(program: Command, context: CliContext): void {
  const command = program
    .command("retry")
    .description("run an ended run again, as a new one with the same payload")
    .argument("<trackingId>", "the ended run")
    .option("--reason <text>", "why, for the record")
    .option("--idempotency-key <key>", "the same key again, within a day, answers the same run")
    .option("--wait", "wait for the end; exit code 1 when the run failed")
    .option("--logs", "with --wait: show the run's log meanwhile");
  addRemoteFlags(command);
  addExamples(command, [
    ["belfry retry 6237b225b9a84d607cd79044", "ask for it"],
    ["belfry retry 6237b225b9a84d607cd79044 --wait", "and wait for its end"],
  ]);
  command.action((trackingId: string, flags: RetryFlags) => {
    checkWaitFlags(flags);
    return withApi(flags, context, async (given) => {
      const { reason, idempotencyKey } = flags;
      const record = await given.api.runs.retry(trackingId, { reason, idempotencyKey });
      await answerTrigger(record, flags, given, context);
    });
  });
}
