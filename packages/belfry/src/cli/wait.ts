import type { BelfryApi } from "../api/api.ts";
import type { RunRecord, StatusRecord, TriggerRecord } from "../run/record.ts";
import type { CliContext } from "./context.ts";
import { refuseUsage } from "./exit.ts";
import { followRun, logLine, logReader, progressLine } from "./follow.ts";
import type { Output } from "./output.ts";
import type { Work } from "./remote.ts";

/** Whether a command waits for the run that it asked for, and shows its log meanwhile. */
export interface WaitFlags {
  readonly json?: boolean;
  readonly wait?: boolean;
  readonly logs?: boolean;
}

/** Throws E_USAGE for flags that do not go together. Called before anything is asked for. */
export function checkWaitFlags({ json, wait, logs }: WaitFlags): void {
  if (logs && !wait) refuseUsage("--logs needs --wait; `belfry logs -f` follows a run that was started before");
  if (logs && json)
    refuseUsage("--logs and --json exclude each other; `belfry logs -f --json` gives the lines as JSON");
}

/** Answers a trigger; with `--wait` once the run has ended, and with exit code 1 when it failed. */
export async function answerTrigger(
  record: TriggerRecord,
  flags: WaitFlags,
  { api, output, signal }: Pick<Work, "output" | "signal"> & { api: Pick<BelfryApi, "runs" | "nodes"> },
  context: CliContext,
): Promise<void> {
  if (!flags.wait) return output.answer(record, () => output.record(record));
  if (!output.isJson) output.record(record);
  const { trackingId } = record;
  await tellIfNobodyWorks(api, output);
  const readLog = logReader(api, trackingId, 0, (line) => {
    output.live("");
    output.line(logLine(line, output));
  });
  try {
    const run = await followRun({
      ...{ api, signal, trackingId, clock: context.clock },
      async onLook(run) {
        if (flags.logs) await readLog();
        output.live(progressLine(run));
      },
    });
    output.live("");
    output.answer(run, () => output.record(endOf(run)));
    if (run.status !== "completed") context.exit(1);
  } catch (error) {
    output.live("");
    // What is known is not lost with the wait: the run is kept, and has this id.
    if (output.isJson) output.line(JSON.stringify(record));
    throw error;
  }
}

/** A run that nobody can start would be waited for without a word. */
async function tellIfNobodyWorks(api: Pick<BelfryApi, "nodes">, output: Output): Promise<void> {
  if (output.isJson) return;
  // Asked for a hint only: the run is kept, and is waited for whether this is answered or not.
  const nodes = await api.nodes().catch(() => undefined);
  if (nodes?.length !== 0) return;
  output.note("no process works on the store: the run starts when one does, such as `belfry dev` or `belfry start`");
}

/** What was not known when the run was asked for. */
function endOf({ status, startedAt, completedAt, result, resultError, errors }: RunRecord): object {
  return { status, startedAt, completedAt, result, resultError, errors };
}

/** The seed's seven fields of a full record. */
export function toStatus(run: RunRecord): StatusRecord {
  const { trackingId, cronJobId, cronJobName, triggeredAt, status, startedAt, completedAt, errors } = run;
  return { trackingId, cronJobId, cronJobName, triggeredAt, status, startedAt, completedAt, errors };
}
