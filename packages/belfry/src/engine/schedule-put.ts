import { BelfryError } from "../base/errors.ts";
import { sleep } from "../clock/clock.ts";
import { makeId } from "../run/id.ts";
import {
  type PutAnswer,
  type SchedulePut,
  type ScheduleRow,
  type ScheduleRules,
  standsAs,
} from "../store/schedules.ts";
import type { TaskRow } from "../store/tasks.ts";
import { untilAnswered } from "./again.ts";
import { settlementOf } from "./decision.ts";
import { upcomingOf } from "./draft.ts";
import type { Engine } from "./engine.ts";

const triesMax = 50;
const retryMs = 20;

/** A schedule that was checked, and is to be put. */
export interface CheckedPut {
  readonly task: TaskRow;
  readonly rules: ScheduleRules;
}

/** What became of it: it stands, or why not. */
export type PutOutcome = Extract<PutAnswer, { row: ScheduleRow }> | BelfryError;

/**
 * Puts up to 1,000 schedules: one read, one draft, one write; those that moved meanwhile again. Throws where the store
 * fails.
 */
export async function putChecked(
  engine: Pick<Engine, "store" | "clock">,
  items: readonly CheckedPut[],
  author: string | undefined,
): Promise<PutOutcome[]> {
  const outcomes = new Map<number, PutOutcome>();
  let waiting = items.map((item, index) => ({ item, index }));
  let now = engine.store.now();
  for (let tries = 0; waiting.length > 0 && tries < triesMax; tries++) {
    if (tries > 0) await sleep(engine.clock, retryMs);
    const wanted = waiting.map(({ item }) => item);
    const { answer } = await untilAnswered(engine.clock, () => putOnce(engine, wanted, author, now));
    const moved: typeof waiting = [];
    for (const [place, one] of answer.entries()) {
      const waited = waiting[place] as (typeof waiting)[number];
      if (one.outcome === "stale") {
        now = one.now;
        moved.push(waited);
      } else outcomes.set(waited.index, "row" in one ? one : refusal(waited.item, one.outcome));
    }
    waiting = moved;
  }
  return items.map((_, index) => outcomes.get(index) ?? restless());
}

function restless(): BelfryError {
  return new BelfryError("E_STORE_UNAVAILABLE", { detail: "the schedule kept moving while it was put" });
}

async function putOnce(
  { store, clock }: Pick<Engine, "store" | "clock">,
  items: readonly CheckedPut[],
  author: string | undefined,
  now: number,
): Promise<PutAnswer[]> {
  const newId = () => makeId(now, clock.randomHex(16));
  const rows = await store.schedules.get(items.map(({ task, rules }) => ({ taskId: task.id, key: rules.key })));
  const puts = items.map(({ task, rules }, index): SchedulePut => {
    const row = rows[index];
    const definition = { ...rules, ...upcomingOf(task.name, rules, now) };
    return {
      taskId: task.id,
      definition,
      draftedAt: now,
      ...(row && !standsAs(row, definition) ? { settle: settlementOf(row, now, newId) } : {}),
      ...(author === undefined ? {} : { author }),
    };
  });
  return store.schedules.put(puts);
}

function refusal({ task: { name }, rules: { key } }: CheckedPut, outcome: "unknownTask" | "code"): BelfryError {
  if (outcome === "code") return new BelfryError("E_SCHEDULE_CODE", { task: name, value: key });
  return new BelfryError("E_TASK_UNKNOWN", { value: name, nearest: "" });
}
