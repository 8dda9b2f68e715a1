import { type RunRow, toStatusRecord } from "../../../src/run/record.ts";
import { hasEnded, type RunState, type RunStatus, statusOf } from "../../../src/run/states.ts";
import type { History } from "../support/history.ts";
import { type Entry, ofKind, type Sighted, type Told } from "../support/journal.ts";

const ranks: Readonly<Record<RunStatus, number>> = { pending: 0, processing: 1, completed: 2, errors: 2 };
/** As the store numbers them. */
const states: readonly RunState[] = ["held", "delayed", "ready", "running", "completed", "failed"];

/** No status goes backward, and what has ended never changes: by the watcher, by every caller, and in the end. */
export function checkStatuses({ entries, runs }: History): string[] {
  const wrong: string[] = [];
  const seen = Map.groupBy(ofKind(entries, "sighted"), ({ process, id }) => `${id} by ${process}`);
  for (const lines of seen.values()) wrong.push(...checkSightings(lines, runs));
  const told = Map.groupBy(ofKind(entries, "told"), ({ process, id }) => `${id} by ${process}`);
  for (const [whose, lines] of told) wrong.push(...checkTold(whose, lines, runs.get(lines[0]?.id ?? "")));
  for (const run of runs.values()) wrong.push(...checkTimes(run));
  return wrong;
}

function checkSightings(lines: readonly Entry<Sighted>[], runs: History["runs"]): string[] {
  const wrong: string[] = [];
  const id = lines[0]?.id ?? "";
  const run = runs.get(id);
  for (const [index, line] of lines.slice(1).entries()) {
    const before = lines[index] as Entry<Sighted>;
    const [was, is] = [stateOf(before), stateOf(line)];
    if (ranks[seenAs(line)] < ranks[seenAs(before)]) wrong.push(`${id} went from ${was} back to ${is}`);
    if (hasEnded(was))
      wrong.push(`${id} had ended, and changed: ${JSON.stringify(before)} became ${JSON.stringify(line)}`);
    if (line.token < before.token) wrong.push(`${id} went from token ${before.token} back to ${line.token}`);
    if (line.attempt < before.attempt) wrong.push(`${id} went from attempt ${before.attempt} back to ${line.attempt}`);
    if (before.startedAt !== null && line.startedAt !== before.startedAt) wrong.push(`the start of ${id} moved`);
  }
  const last = lines.at(-1);
  if (!run) wrong.push(`${id} was seen, and is no more`);
  else if (last && hasEnded(stateOf(last))) {
    const isSame = stateOf(last) === run.state && (last.completedAt ?? undefined) === run.completedAt;
    if (!isSame)
      wrong.push(
        `${id} was last seen ${stateOf(last)} at ${last.completedAt}, and is ${run.state} at ${run.completedAt}`,
      );
  }
  return wrong;
}

function stateOf({ state }: Sighted): RunState {
  return states[state] ?? "delayed";
}

function seenAs(line: Sighted): RunStatus {
  return statusOf(stateOf(line), line.startedAt !== null);
}

function checkTold(whose: string, lines: readonly Entry<Told>[], run: RunRow | undefined): string[] {
  const wrong: string[] = [];
  const final = run && toStatusRecord(run);
  const steps = [...lines, ...(final ? [{ ...final, status: final.status as string | null }] : [])];
  for (const [index, line] of steps.entries()) {
    const before = steps[index - 1];
    if (line.status === null) wrong.push(`${whose}: acknowledged, and told that there is none`);
    else if (before?.status) {
      const isBack = rankOf(line.status) < rankOf(before.status);
      if (isBack) wrong.push(`${whose}: told ${before.status}, and later ${line.status}`);
      const isSame = line.status === before.status && line.completedAt === before.completedAt;
      if (before.completedAt !== undefined && !isSame) wrong.push(`${whose}: told its end, and later another`);
    }
  }
  return wrong;
}

function rankOf(status: string): number {
  return ranks[status as RunStatus] ?? -1;
}

function checkTimes({ id, state, triggeredAt, startedAt, completedAt }: RunRow): string[] {
  const wrong: string[] = [];
  if (hasEnded(state) !== (completedAt !== undefined)) wrong.push(`${id} is ${state} with completedAt ${completedAt}`);
  if (startedAt !== undefined && startedAt < triggeredAt) wrong.push(`${id} started before it was triggered`);
  if (completedAt !== undefined && completedAt < (startedAt ?? triggeredAt))
    wrong.push(`${id} ended before it started`);
  return wrong;
}
