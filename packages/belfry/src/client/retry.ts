import type { Outcome } from "./answer.ts";

/** How often a request is sent, at most. */
export const triesMax = 4;

const firstWaitMs = 100;
const growth = 4;

/** What a server or proxy says for now, not for good. */
const passing: readonly number[] = [429, 502, 503, 504];

/** Whether a status says that it may be otherwise soon. */
export function isPassing(status: number): boolean {
  return passing.includes(status);
}

/**
 * How long to wait before the next try, in milliseconds: 100, 400, 1,600, each down to its half at random, or longer
 * where the server asks for it; undefined where none is worth it. `tries` is how many there were.
 */
export function retryWaitMs(outcome: Outcome, tries: number, now: number, random: number): number | undefined {
  if (outcome.kind === "answer" || (outcome.kind !== "lost" && !isPassing(outcome.status))) return undefined;
  const waitMs = firstWaitMs * growth ** (tries - 1) * (1 - random / 2);
  return outcome.kind === "lost" ? waitMs : Math.max(waitMs, retryAfterMs(outcome.retryAfter, now));
}

/** A `Retry-After`, of seconds or a date, in milliseconds; 0 where it says neither. */
function retryAfterMs(value: string, now: number): number {
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now;
  return ms > 0 ? ms : 0;
}

/** Whether a request with this outcome may have done its work, although no answer of the server says so. */
export function mayHaveHappened(outcome: Outcome): boolean {
  if (outcome.kind === "lost") return outcome.wasSent;
  // The server answers, and does not know itself.
  if (outcome.kind === "refused") return outcome.error.code === "E_OUTCOME_UNKNOWN";
  return outcome.kind === "alien" && (outcome.status === 502 || outcome.status === 504);
}
