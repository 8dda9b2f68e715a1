import { expect } from "vitest";
import type { Firing, FiringAnswer, LedgerItem } from "../../src/store/ledger.ts";
import type { ScheduleRow } from "../../src/store/schedules.ts";
import type { Claimant, Store } from "../../src/store/store.ts";
import type { ScheduleDefinition, Settlement, TaskRow } from "../../src/store/tasks.ts";
import { type Context, freshId, onlyOf, type TaskSketch, taskOf } from "./context.ts";

/** A task with one schedule that is due. */
export interface Timetable {
  readonly task: TaskRow;
  readonly schedule: ScheduleRow;
  /** Its instants, a millisecond apart, all of them past. */
  readonly instants: readonly [number, number, number, number];
}

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
    const tasks = [taskOf({ ...definition, schedules: [{ ...rules, nextAt: first }] })];
    const answer = await c.store.tasks.apply({ app, digest: freshId(), draftedAt: 0, tasks, settle: [] });
    if (answer.outcome === "stale") continue;
    const [task] = answer.outcome === "applied" ? answer.tasks : [];
    if (!task) throw new Error(`the deploy is ${answer.outcome}`);
    await c.pass(first + 3);
    return {
      task,
      schedule: onlyOf(await c.store.schedules.list(app), task),
      instants: [first, first + 1, first + 2, first + 3],
    };
  }
}

/** The schedule as it stands now. */
export async function rowOf(c: Context, { id }: { id: number }): Promise<ScheduleRow> {
  const row = (await c.store.schedules.list()).find((schedule) => schedule.id === id);
  if (!row) throw new Error("there is no such schedule");
  return row;
}

/** The decision that this instant fires, and the one a millisecond later is the next. */
export function firingOf(schedule: ScheduleRow, fire: number, rest: Partial<Firing> = {}): Firing {
  const { id, version, cursor } = schedule;
  return { scheduleId: id, version, cursor, fire, newCursor: fire, nextAt: fire + 1, runId: freshId(), ...rest };
}

/** The decision that all instants up to this one are missed. */
export function missingOf(schedule: ScheduleRow, upTo: number, rest: Partial<Firing> = {}): Firing {
  return firingOf(schedule, upTo, { fire: undefined, missed: { after: schedule.cursor, upTo }, ...rest });
}

/** Fires one decision. */
export async function fireOne(store: Store, by: Claimant, firing: Firing): Promise<FiringAnswer> {
  const [answer] = await store.ledger.fire(by, [firing]);
  return answer as FiringAnswer;
}

/** Fires the instant of the schedule as it stands; answers the id of the run, which nobody holds. */
export async function fired(c: Context, schedule: ScheduleRow, instant: number): Promise<string> {
  const node = await c.node([]);
  const answer = await fireOne(c.store, node.by(), firingOf(await rowOf(c, schedule), instant));
  if (answer.outcome !== "fired") throw new Error(`the instant is ${answer.outcome}`);
  return answer.trackingId;
}

export function settlementOf({ id, version, cursor }: ScheduleRow, rest: Partial<Settlement> = {}): Settlement {
  return { scheduleId: id, version, cursor, runId: freshId(), ...rest };
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
