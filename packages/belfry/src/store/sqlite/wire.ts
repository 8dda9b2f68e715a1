import type { RunTrigger } from "../../run/record.ts";
import type { DecidedLink, Firing, FiringAnswer, LinkAnswer, SkipReason } from "../ledger.ts";
import type { Finish, InsertAnswer, NewRun } from "../runs.ts";
import type { Claimant, ClaimedRun } from "../store.ts";
import { triggerNames } from "./states.ts";

/*
 * What crosses the threads. Objects cost four times as much to copy as arrays, so the verbs that are called most send
 * tuples: this file is where they are packed and unpacked.
 */

/** A `Claimant`; `taskIds` is null where it is the same list as in the claimant sent before. */
export type ClaimantTuple = readonly [epoch: number, slots: number, taskIds: readonly string[] | null];

/** A `NewRun`. */
export type NewRunTuple = readonly [
  id: string,
  taskId: string,
  trigger: NewRun["trigger"],
  priority: number,
  payload: string | undefined,
  reason: string | undefined,
  delayMs: number | undefined,
  at: number | undefined,
  retryOf: string | undefined,
  rootId: string | undefined,
  scheduleKey: string | undefined,
  scheduledFor: number | undefined,
  idempotency: NewRun["idempotency"],
];

/** An `InsertAnswer`: a string for what was refused, a tuple for what was created, the answer itself for the rest. */
export type InsertWire =
  | Exclude<InsertAnswer, { run: object }>["outcome"]
  | readonly [task: string, triggeredAt: number, availableAt: number, token?: number, claimedAt?: number, spec?: string]
  | Extract<InsertAnswer, { run: object }>;

/** A `ClaimedRun` as its row; NULL is what is absent. */
export type ClaimedTuple = readonly [
  id: string,
  taskId: string,
  task: string,
  token: number,
  attempt: number,
  failures: number,
  trigger: number,
  priority: number,
  triggeredAt: number,
  claimedAt: number,
  scheduleKey: string | null,
  scheduledFor: number | null,
  rootId: string | null,
  payload: string | null,
  spec: string | null,
];

/** A `Finish`; `text` is the result or, as JSON, the failure. */
export type FinishTuple = readonly [
  id: string,
  token: number,
  event: Finish["event"],
  text?: string | undefined,
  resultError?: string | undefined,
  delayMs?: number,
];

/** A `DecidedLink`: a span, or an instant that fires. */
export type LinkTuple =
  | readonly [after: number, upTo: number, reason: SkipReason]
  | readonly [instant: number, runId: string, delayMs: number | undefined];

/** A `Firing`. */
export type FiringTuple = readonly [
  scheduleId: number,
  version: number,
  cursor: number,
  newCursor: number,
  wasDueAt: number,
  nextAt: number | undefined,
  dueAt: number | undefined,
  links: readonly LinkTuple[],
];

/** A `LinkAnswer`: the claimed run, whether another one was made, the one that there was already, or a reason. */
export type LinkWire =
  | Made
  | { readonly ranBefore: string }
  | { readonly made: Made; readonly replaced: readonly string[] }
  | SkipReason;

type Made = ClaimedTuple | "fired" | "held";

/** A `FiringAnswer`: what became of each link, or why nothing was decided. */
export type FiringWire = readonly LinkWire[] | "stale" | "early" | "dead";

export function packRun(run: NewRun): NewRunTuple {
  return [
    ...([run.id, run.taskId, run.trigger, run.priority, run.payload, run.reason, run.delayMs, run.at] as const),
    ...([run.retryOf, run.rootId, run.scheduleKey, run.scheduledFor, run.idempotency] as const),
  ];
}

export function unpackInsert(answer: InsertWire, run: NewRun): InsertAnswer {
  if (typeof answer === "string") return { outcome: answer };
  if ("outcome" in answer) return answer;
  const [task, triggeredAt, availableAt, token, claimedAt, spec] = answer;
  const { id, taskId, trigger, priority, scheduleKey, scheduledFor, rootId, payload } = run;
  const created = { outcome: "created", run: { id, taskId, task, triggeredAt }, availableAt } as const;
  if (token === undefined || claimedAt === undefined) return created;
  const first = { attempt: 1, failures: 0, trigger, priority, triggeredAt, claimedAt };
  const rest = { scheduleKey, scheduledFor, spec, rootId, payload };
  return { ...created, claimed: { id, taskId, task, token, ...first, ...rest } };
}

export function unpackClaimed(row: ClaimedTuple): ClaimedRun {
  return {
    id: row[0],
    taskId: row[1],
    task: row[2],
    token: row[3],
    attempt: row[4],
    failures: row[5],
    trigger: triggerNames[row[6]] as RunTrigger,
    priority: row[7],
    triggeredAt: row[8],
    claimedAt: row[9],
    scheduleKey: row[10] ?? undefined,
    scheduledFor: row[11] ?? undefined,
    rootId: row[12] ?? undefined,
    payload: row[13] ?? undefined,
    spec: row[14] ?? undefined,
  };
}

export function packFinish(item: Finish): FinishTuple {
  switch (item.event) {
    case "complete":
      return [item.id, item.token, item.event, item.result, item.resultError];
    case "fail":
      return [item.id, item.token, item.event, JSON.stringify(item.error)];
    case "retry":
      return [item.id, item.token, item.event, JSON.stringify(item.error), undefined, item.delayMs];
    case "release":
      return [item.id, item.token, item.event];
  }
}

export function packLink(link: DecidedLink): LinkTuple {
  return "reason" in link ? [link.after, link.upTo, link.reason] : [link.instant, link.runId, link.queued?.delayMs];
}

export function packFiring({ scheduleId, version, cursor, newCursor, wasDueAt, next, links }: Firing): FiringTuple {
  return [scheduleId, version, cursor, newCursor, wasDueAt, next?.nextAt, next?.dueAt, links.map(packLink)];
}

export function unpackFiring(answer: FiringWire, { links }: Firing): FiringAnswer {
  if (typeof answer === "string") return { outcome: answer };
  return { outcome: "decided", links: links.map((link, index) => unpackLink(answer[index] ?? "missed", link)) };
}

function unpackLink(answer: LinkWire, link: DecidedLink): LinkAnswer {
  const trackingId = "runId" in link ? link.runId : "";
  if (typeof answer !== "string" && "ranBefore" in answer) return { decision: "fired", trackingId: answer.ranBefore };
  if (typeof answer !== "string" && "made" in answer) {
    return { ...unpackLink(answer.made, link), decision: "fired", trackingId, replaced: answer.replaced };
  }
  if (typeof answer !== "string") return { decision: "fired", trackingId, claimed: unpackClaimed(answer) };
  if (answer === "held") return { decision: "fired", trackingId, held: true };
  return answer === "fired" ? { decision: "fired", trackingId } : { decision: answer };
}

/** Packs claimants, and leaves out a list of tasks that the thread has already. One for each life of a thread. */
export class ClaimantPacker {
  #sent: readonly string[] | undefined;

  pack({ epoch, slots, taskIds }: Claimant): ClaimantTuple {
    if (taskIds === this.#sent) return [epoch, slots, null];
    this.#sent = taskIds;
    return [epoch, slots, taskIds];
  }
}
