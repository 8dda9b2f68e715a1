import type { AttemptRow, RunRow } from "../../../src/run/record.ts";
import type { History } from "../support/history.ts";
import { type Entry, type Handled, ofKind } from "../support/journal.ts";

/** One handler's life, as its process journaled it. */
interface Life {
  readonly process: string;
  readonly token: number;
  readonly attempt: number;
  readonly startedAt: number;
  /** Until when it ran for certain while its lease may have been valid; absent: it never said. */
  readonly until: number | undefined;
  readonly returned: boolean;
}

/** Tokens grow, no two handlers of a run are at work at once under valid leases, and no healthy run is taken away. */
export function checkAttempts({ entries, runs, ends }: History): string[] {
  const wrong: string[] = [];
  const lives = new Map<string, Life[]>();
  const seenTokens = new Map<number, string>();
  for (const [whose, lines] of Map.groupBy(ofKind(entries, "start", "aborted", "returned", "threw"), nameOf)) {
    const starts = lines.filter(({ kind }) => kind === "start");
    const [first] = starts;
    if (!first) {
      wrong.push(`${whose} ended without a start`);
      continue;
    }
    if (starts.length > 1) wrong.push(`${whose} was started ${starts.length} times`);
    const known = seenTokens.get(first.token);
    if (known !== undefined) wrong.push(`token ${first.token} was given to ${known} and ${whose}`);
    seenTokens.set(first.token, whose);
    lives.set(first.id, [...(lives.get(first.id) ?? []), lifeOf(first, lines, ends)]);
  }
  for (const [id, ofRun] of lives) {
    const run = runs.get(id);
    if (!run) wrong.push(`a handler ran for ${id}, which does not exist`);
    else wrong.push(...checkLives(run, ofRun, ends));
  }
  for (const run of runs.values()) wrong.push(...checkChain(run));
  return [...wrong, ...checkTokensOnce(runs)];
}

function nameOf({ process, id, token }: Entry<Handled>): string {
  return `${id} at ${process} under ${token}`;
}

function lifeOf(first: Entry<Handled>, lines: readonly Entry<Handled>[], ends: History["ends"]): Life {
  const { process, token, attempt, at } = first;
  const said = lines.filter(({ kind }) => kind !== "start").map((line) => line.at);
  const untils = [...said, ends.get(process) ?? Number.POSITIVE_INFINITY];
  const until = Math.min(...untils);
  const returned = lines.some(({ kind }) => kind === "returned");
  return { process, token, attempt, startedAt: at, until: Number.isFinite(until) ? until : undefined, returned };
}

function checkLives(run: RunRow, lives: readonly Life[], ends: History["ends"]): string[] {
  const wrong: string[] = [];
  const sorted = lives.toSorted((a, b) => a.token - b.token);
  const attempts = attemptsOf(run);
  for (const [index, life] of sorted.entries()) {
    const next = sorted[index + 1];
    const name = `attempt ${life.attempt} of ${run.id} at ${life.process}`;
    if (next && next.attempt <= life.attempt)
      wrong.push(`${name}: attempt ${next.attempt} came later, under a higher token`);
    if (next && next.startedAt < (life.until ?? Number.POSITIVE_INFINITY)) {
      wrong.push(`${name} was still at work when attempt ${next.attempt} started at ${next.process}`);
    }
    const kept = attempts.find(({ attempt }) => attempt === life.attempt);
    if (!kept) wrong.push(`${name} is not in the record`);
    else if (kept.token !== life.token)
      wrong.push(`${name} ran under token ${life.token}; the record says ${kept.token}`);
    else if (kept.outcome === "completed" && !life.returned)
      wrong.push(`${name} is on record as completed, and its handler did not return`);
    else if (kept.outcome === "lost" && !ends.has(life.process))
      wrong.push(`${name} was taken away, and its process was healthy`);
  }
  return wrong;
}

/** The attempts of a run as the record has them, the one under way included. */
function attemptsOf({ attempts, current }: RunRow): Pick<AttemptRow, "attempt" | "token" | "outcome" | "node">[] {
  const ended = attempts.filter(({ attempt }) => attempt > 0);
  return current ? [...ended, { ...current, outcome: "released" }] : ended;
}

/** Within a run tokens grow with the attempts, none is missing, and one at most completed it: the last. */
function checkChain(run: RunRow): string[] {
  const wrong: string[] = [];
  const attempts = attemptsOf(run);
  for (const [index, { attempt, token, outcome }] of attempts.entries()) {
    const before = attempts[index - 1];
    if (attempt !== index + 1) wrong.push(`attempt ${index + 1} of ${run.id} is missing from its record`);
    if (before && token <= before.token)
      wrong.push(`${run.id}: token ${token} of attempt ${attempt} came after ${before.token}`);
    const isLast = index === attempts.length - 1;
    if (outcome === "completed" && (!isLast || run.state !== "completed"))
      wrong.push(`${run.id}: attempt ${attempt} completed, and it went on`);
  }
  if (run.state === "completed" && attempts.at(-1)?.outcome !== "completed")
    wrong.push(`${run.id} completed by no attempt`);
  return wrong;
}

function checkTokensOnce(runs: History["runs"]): string[] {
  const wrong: string[] = [];
  const owners = new Map<number, string>();
  for (const run of runs.values()) {
    for (const { token, attempt } of attemptsOf(run)) {
      const other = owners.get(token);
      if (other) wrong.push(`token ${token} stands for ${other} and for attempt ${attempt} of ${run.id}`);
      owners.set(token, `attempt ${attempt} of ${run.id}`);
    }
  }
  return wrong;
}
