import type { Overlap } from "../../schedule/overlap.ts";
import { type Candidate, type Place, placeBehind } from "./overlap.ts";
import { addRun } from "./rows.ts";
import { addSpan, type Chained, ranBefore } from "./spans.ts";
import { isFired, triggerNames, unfinished } from "./states.ts";
import type { Slots, Turn } from "./turn.ts";
import type { ClaimedTuple, LinkTuple, LinkWire } from "./wire.ts";

/** A schedule as deciding about it needs it. */
export interface Stand extends Chained {
  readonly task: number;
  readonly key: string;
  readonly version: number;
  cursor: number;
  readonly priority: number;
  readonly overlap: Overlap;
  readonly spec: string;
  readonly payload: string | null;
  /** Whether a run that it made has not ended. */
  isBusy: number;
}

/** What a `Stand` has, of the schedule `s`. */
export const standColumns = `s.schedule, s.task, s.key, s.version, s.cursor, s.rewound_from, s.priority, coalesce(s.overlap, 'skip') AS overlap,
  s.spec, s.payload, EXISTS (SELECT 1 FROM runs WHERE schedule = s.schedule AND ${isFired} AND ${unfinished}) AS isBusy`;

const scheduled = triggerNames.indexOf("schedule");

/** Writes down what is decided about a schedule's instants, from its cursor on; answers what became of each link. */
export function decideLinks(turn: Turn, stand: Stand, links: readonly LinkTuple[], by?: Slots): LinkWire[] {
  let after = stand.cursor;
  return links.map((link) => {
    const [answer, upTo] = decideLink(turn, stand, after, link, by);
    after = upTo;
    return answer;
  });
}

function decideLink(
  turn: Turn,
  stand: Stand,
  after: number,
  link: LinkTuple,
  by: Slots | undefined,
): [LinkWire, upTo: number] {
  const [instant, runId, third] = link;
  if (typeof runId === "number" || typeof third === "string") {
    const [from, upTo, reason] = link as Extract<LinkTuple, readonly [number, number, string]>;
    addSpan(turn, stand, from, upTo, reason);
    return [reason, upTo];
  }
  const before = ranBefore(turn, stand, instant);
  if (before !== undefined) return [{ ranBefore: before }, instant];
  const replaced: string[] = [];
  const place = placeOf(turn, stand, { instant, replaced }, third);
  if (place === "free" || place === "held") {
    const isHeld = place === "held";
    const run = { instant, runId, delayMs: third ?? 0, isHeld };
    const made = fireOne(turn, stand, run, by) ?? (isHeld ? "held" : "fired");
    return [replaced.length > 0 ? { made, replaced } : made, instant];
  }
  addSpan(turn, stand, after, instant, place);
  return [place, instant];
}

/** What is caught up waits for all that is unfinished, whatever the overlap rule says. */
function placeOf(
  turn: Turn,
  { schedule, overlap, isBusy }: Stand,
  candidate: Candidate,
  delayMs: number | undefined,
): Place {
  if (isBusy === 0) return "free";
  return delayMs === undefined ? placeBehind(turn, schedule, overlap, candidate) : "held";
}

/** Inserts the run of an instant, the ledger's proof that it fired; answers it where it was claimed. */
function fireOne(
  turn: Turn,
  stand: Stand,
  { instant, runId, delayMs, isHeld }: { instant: number; runId: string; delayMs: number; isHeld: boolean },
  by: Slots | undefined,
): ClaimedTuple | undefined {
  const { now } = turn;
  const { schedule, priority, key, spec } = stand;
  const task = turn.task(stand.task);
  if (!task) throw new Error(`schedule ${schedule} has no task`);
  const payload = stand.payload ?? undefined;
  const row = { id: runId, task, trigger: scheduled, priority, availableAt: Math.ceil(now + delayMs), payload, isHeld };
  const added = addRun(turn, { ...row, schedule, scheduledFor: instant }, by);
  if (!added) throw new Error(`run ${runId} exists`);
  stand.isBusy = 1;
  const { token } = added;
  if (token === undefined) return undefined;
  return [
    ...([runId, task.id, task.name, token, 1, 0, scheduled, priority, now, now] as const),
    ...([key, instant, null, stand.payload, spec] as const),
  ];
}
