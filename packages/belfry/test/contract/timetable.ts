import { expect } from "vitest";
import type { Decided, DecidedLink, Firing, FiringAnswer, LedgerItem, LinkAnswer } from "../../src/store/ledger.ts";
import type { ScheduleDefinition, ScheduleRow, Settlement, Upcoming } from "../../src/store/schedules.ts";
import type { Claimant, Store } from "../../src/store/store.ts";
import type { TaskRow } from "../../src/store/tasks.ts";
import { type Context, freshId, onlyOf, type TaskSketch, taskOf } from "./context.ts";

/** A task with one schedule that is due. */
export interface Timetable {
  readonly task: TaskRow;
  readonly schedule: ScheduleRow;
  /** Its instants, a millisecond apart, all of them past. */
  readonly instants: readonly [number, number, number, number];
}

/** A decision with one instant that fires at most, and the id of its run. */
export type One<Decision extends Partial<Decided>> = Decision & { readonly runId: string };

/** Deploys, in an app of its own, a task with a schedule whose first instants are due, and none of them decided. */
export async function timetable(
  c: Context,
  rules: Partial<ScheduleDefinition> = {},
  sketch: TaskSketch = {},
): Promise<Timetable> {
  const app = `app-${freshId()}`;
  const definition = { ...taskOf(sketch), newId: freshId() };
  for (let marginMs = 4; ; marginMs *= 2) {
    const first = c.store.now() + marginMs;
    const tasks = [taskOf({ ...definition, schedules: [{ ...rules, ...soon(first) }] })];
    const answer = await c.store.tasks.apply({ app, digest: freshId(), draftedAt: 0, tasks, settle: [] });
    if (answer.outcome === "stale") continue;
    const [task] = answer.outcome === "applied" ? answer.tasks : [];
    if (!task) throw new Error(`the deploy is ${answer.outcome}`);
    await c.pass(first + 3);
    const schedule = onlyOf(await c.schedules(app), task);
    return { task, schedule, instants: [first, first + 1, first + 2, first + 3] };
  }
}

/** A next instant whose run is due with it. */
export function soon(instant: number): Upcoming {
  return { nextAt: instant, dueAt: instant };
}

/** What a schedule is found by. */
type Named = Pick<ScheduleRow, "taskId" | "key">;

/** The schedule as it stands now. */
export async function rowOf(c: Context, { taskId, key }: Named): Promise<ScheduleRow> {
  const [row] = await c.store.schedules.get([{ taskId, key }]);
  if (!row) throw new Error("there is no such schedule");
  return row;
}

/** The decision that this instant fires, behind what was missed before it. */
export function decidedOf(
  { cursor }: { cursor: number },
  instant: number,
  { missedUpTo, queued }: { missedUpTo?: number; queued?: { delayMs: number } } = {},
): One<Decided> {
  const runId = freshId();
  const links: DecidedLink[] = [queued ? { instant, runId, queued } : { instant, runId }];
  if (missedUpTo !== undefined) links.unshift({ after: cursor, upTo: missedUpTo, reason: "missed" });
  return { links, newCursor: instant, wasDueAt: instant, runId };
}

/** The decision that this instant fires, and the one a millisecond later is the next. */
export function firingOf(
  schedule: ScheduleRow,
  instant: number,
  { missedUpTo, queued, ...rest }: Parameters<typeof decidedOf>[2] & Partial<Firing> = {},
): One<Firing> {
  const { id, version, cursor } = schedule;
  const decided = decidedOf(schedule, instant, { missedUpTo, queued });
  return { scheduleId: id, version, cursor, next: soon(instant + 1), ...decided, ...rest };
}

type SpanReason = Extract<DecidedLink, { upTo: number }>["reason"];

/** The decision that no instant up to this one fires. */
export function missingOf(schedule: ScheduleRow, upTo: number, reason: SpanReason = "missed"): Firing {
  const { runId: _, ...firing } = firingOf(schedule, upTo);
  return { ...firing, links: [{ after: schedule.cursor, upTo, reason }] };
}

/** Fires one decision. */
export async function fireOne(store: Store, by: Claimant, firing: Firing): Promise<FiringAnswer> {
  const [answer] = await store.ledger.fire(by, [firing]);
  return answer as FiringAnswer;
}

/** The answer to a decision with these answers to its links. */
export function decided(...links: LinkAnswer[]): FiringAnswer {
  return { outcome: "decided", links };
}

/** The answer that a run was made, which nobody holds. */
export function madeOf({ runId }: { runId: string }): FiringAnswer {
  return decided({ decision: "fired", trackingId: runId });
}

/** What an answer says: of each link whether it fired, is held or why not; or why nothing was decided. */
export function toldOf(answer: FiringAnswer | undefined): string[] {
  if (answer?.outcome !== "decided") return [answer?.outcome ?? "nothing"];
  return answer.links.map((link) => ("held" in link && link.held ? "held" : link.decision));
}

/** The run that the last link of a decision made. */
export function firedOf(answer: FiringAnswer | undefined): Extract<LinkAnswer, { decision: "fired" }> | undefined {
  const link = answer?.outcome === "decided" ? answer.links.at(-1) : undefined;
  return link?.decision === "fired" ? (link as Extract<LinkAnswer, { decision: "fired" }>) : undefined;
}

/** Fires the instant of the schedule as it stands; answers the id of the run, which nobody holds. */
export async function fired(c: Context, schedule: Named, instant: number): Promise<string> {
  const node = await c.node([]);
  const answer = await fireOne(c.store, node.by(), firingOf(await rowOf(c, schedule), instant));
  const run = firedOf(answer);
  if (!run) throw new Error(`the instant is ${toldOf(answer)}`);
  return run.trackingId;
}

/** Decides that this instant fires, as the schedule stands; answers what became of it. */
export async function tryFire(c: Context, schedule: Named, instant: number): Promise<string | undefined> {
  const node = await c.node([]);
  return toldOf(await fireOne(c.other, node.by(), firingOf(await rowOf(c, schedule), instant))).at(-1);
}

/** How a schedule's due instants are settled: none of them fires, unless a decision is given. */
export function settlementOf({ id, version, cursor }: ScheduleRow, rest: Partial<Settlement> = {}): Settlement {
  return { scheduleId: id, version, cursor, ...rest };
}

/** All decisions about a schedule, checked to be a chain without gaps. */
export async function chainOf(c: Context, { id }: { id: number }, store: Store = c.store): Promise<LedgerItem[]> {
  const items = await store.ledger.list(id, { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 10_000 });
  for (const [index, item] of items.entries()) {
    const before = items[index - 1];
    if (before) expect(item.after).toBe(before.upTo);
    if (index > 0 || item.decision !== "fired") expect(item.upTo).toBeGreaterThan(item.after);
  }
  return items;
}

/** The decisions of a chain and where each ends. */
export function decisionsOf(items: readonly LedgerItem[]): [LedgerItem["decision"], number][] {
  return items.map(({ decision, upTo }) => [decision, upTo]);
}
