import type { InstantAccount } from "../api/account.ts";
import { counted } from "../base/text.ts";
import { say } from "./say.ts";

/** How many schedules are named in one sentence. */
const namedMax = 3;

/** An explanation in a sentence: what became of the schedules that were due, and how many were not. */
export function summaryOf({
  task,
  at,
  due,
  notDue,
  count,
  byHand,
}: {
  task: string;
  at: number;
  due: readonly InstantAccount[];
  notDue: readonly InstantAccount[];
  /** How many schedules the task has. */
  count: number;
  byHand: number;
}): string {
  const hand = byHand === 0 ? "" : `; run by hand in that minute: ${counted(byHand, "time")}`;
  return `${task} at ${say(at)}: ${sayAll(due, notDue, count)}${hand}`;
}

function sayAll(due: readonly InstantAccount[], notDue: readonly InstantAccount[], count: number): string {
  const [only] = [...due, ...notDue];
  if (!only) return "it has no schedule";
  if (count === 1) return only.text;
  if (due.length === 0) return `none of its ${count} schedules is due then`;
  const named = due.slice(0, namedMax).map(({ schedule, text }) => `${schedule} ${text}`);
  const others = count - named.length;
  if (others === 0) return named.join("; ");
  const rest = due.length > named.length ? "see each of the others" : `${counted(others, "schedule")} not due then`;
  return [...named, rest].join("; ");
}
