import { expect } from "vitest";
import type { PutAnswer, ScheduleDefinition, SchedulePut } from "../../../src/store/schedules.ts";
import type { TaskRow } from "../../../src/store/tasks.ts";
import { type Context, scheduleOf } from "../context.ts";
import { soon, type Timetable } from "../timetable.ts";

/** Puts one schedule. */
export async function putOne(
  c: Context,
  { id }: { id: string },
  definition: Partial<ScheduleDefinition>,
  rest: Partial<SchedulePut> = {},
): Promise<PutAnswer> {
  const item = { taskId: id, definition: scheduleOf(definition), draftedAt: 0, ...rest };
  const [answer] = await c.store.schedules.put([item]);
  return answer as PutAnswer;
}

/** The answer of a put that made or changed something. */
export function standing(answer: PutAnswer): Extract<PutAnswer, { row: object }> {
  if (!("row" in answer)) throw new Error(`the put is ${answer.outcome}`);
  return answer;
}

/** A task with a schedule that was made at run time, its first instants due and undecided. */
export async function putTimetable(
  c: Context,
  rules: Partial<ScheduleDefinition> = {},
  task?: TaskRow,
): Promise<Timetable> {
  const owner = task ?? (await c.task());
  for (let marginMs = 4; ; marginMs *= 2) {
    const first = c.store.now() + marginMs;
    const answer = await putOne(c, owner, { ...rules, ...soon(first) });
    if (answer.outcome === "stale") continue;
    expect(answer.outcome).toBe("created");
    await c.pass(first + 3);
    return { task: owner, schedule: standing(answer).row, instants: [first, first + 1, first + 2, first + 3] };
  }
}

export const later = (c: Context) => c.store.now() + 3_600_000;
