import type { BelfryApi } from "../api/api.ts";
import type { LogItem } from "../api/runs.ts";
import { formatDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { defaults } from "../base/limits.ts";
import { printable } from "../base/text.ts";
import { type Clock, sleep } from "../clock/clock.ts";
import type { RunRecord } from "../run/record.ts";
import { Interrupted } from "./exit.ts";
import type { Output } from "./output.ts";

/** How often a command that follows a run asks again: soon at first, then less often. In milliseconds. */
const askAgainMs = { first: 50, most: 500 };
const noteCharactersMax = 200;
const lineCharactersMax = 10_000;

/** A run to be followed. */
interface Followed {
  readonly api: Pick<BelfryApi, "runs">;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly trackingId: string;
  /** Called with the run each time it is looked at, and a last time once it has ended. */
  readonly onLook: (run: RunRecord) => void | Promise<void>;
}

/** Waits for a run's end and answers its full record. Rejects E_RUN_UNKNOWN, and `Interrupted` once the signal is aborted. */
export async function followRun({ api, clock, signal, trackingId, onLook }: Followed): Promise<RunRecord> {
  for (let waitMs = askAgainMs.first; ; waitMs = Math.min(waitMs * 2, askAgainMs.most)) {
    const run = await getRun(api, trackingId);
    await onLook(run);
    if (hasEnded(run)) return run;
    await sleep(clock, waitMs, signal);
    if (signal.aborted) throw new Interrupted(`the run goes on; \`belfry status ${trackingId}\` tells of it`);
  }
}

/** Whether a record is of a run that has ended. */
function hasEnded({ completedAt }: RunRecord): boolean {
  return completedAt !== undefined;
}

/** The full record. Rejects E_RUN_UNKNOWN. */
export async function getRun(api: Pick<BelfryApi, "runs">, trackingId: string): Promise<RunRecord> {
  const run = await api.runs.get(trackingId);
  if (run) return run;
  const retention = `${formatDuration(defaults.retentionMs)} unless the \`retention\` option says otherwise`;
  throw new BelfryError("E_RUN_UNKNOWN", { value: trackingId, retention });
}

/** Hands on a run's new lines each time it is called, starting after line number `after`. */
export function logReader(
  api: Pick<BelfryApi, "runs">,
  trackingId: string,
  after: number,
  onLine: (line: LogItem) => void,
): () => Promise<void> {
  let read = after;
  return async () => {
    for (let hasMore = true; hasMore; ) {
      const { items, cursor } = await api.runs.logs(trackingId, { after: String(read) });
      read += items.length;
      for (const line of items) onLine(line);
      hasMore = cursor !== undefined;
    }
  };
}

const levelStyles = { debug: "dim", info: "cyan", warn: "yellow", error: "red" } as const;

/** A line of a run's log, for people. */
export function logLine({ at, level, message, data }: LogItem, output: Output): string {
  const shown = printable(message, lineCharactersMax);
  const extra = data === undefined ? "" : ` ${output.style("dim", printable(JSON.stringify(data), lineCharactersMax))}`;
  return `${output.style("dim", at)} ${output.style(levelStyles[level], level.padEnd(5))} ${shown}${extra}`;
}

/** Where a run stands, on one line: its status, and what its handler said of its progress. */
export function progressLine({ trackingId, status, progress }: RunRecord): string {
  const value = progress ? ` ${Math.round(progress.value * 100)} %` : "";
  const note = progress?.note === undefined ? "" : ` ${printable(progress.note, noteCharactersMax)}`;
  return `${trackingId} ${status}${value}${note}`;
}
