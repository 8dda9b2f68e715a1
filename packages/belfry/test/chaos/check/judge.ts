import type { History } from "../support/history.ts";
import { checkAttempts } from "./attempts.ts";
import { checkLedger } from "./ledger.ts";
import { checkStatuses } from "./statuses.ts";
import { checkTriggers } from "./triggers.ts";

/** Everything in a history that the promises forbid; empty when they were kept. */
export function judge(history: History): string[] {
  return [
    ...history.damage.map((text) => `integrity_check: ${text}`),
    ...checkTriggers(history),
    ...checkStatuses(history),
    ...checkAttempts(history),
    ...checkLedger(history),
  ];
}
