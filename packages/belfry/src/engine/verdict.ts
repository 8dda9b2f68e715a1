import { formatDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { encodeJson } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { textOf } from "../base/text.ts";
import type { Clock } from "../clock/clock.ts";
import { cancelledFailure, type Failure, timeoutFailure, toFailure } from "../run/failure.ts";
import type { Finish } from "../store/runs.ts";
import type { BackoffRule } from "../task/parse.ts";
import type { AbortCause, Attempt } from "./attempt.ts";
import type { Logger } from "./logger.ts";

/** How the call of a handler ended. */
export type Settled = { readonly value: unknown } | { readonly thrown: unknown; readonly code?: "E_PAYLOAD" };

/** What a verdict needs beside the attempt: chance, for the backoff, and where to say that `retryOn` threw. */
export interface Bench {
  readonly clock: Pick<Clock, "random">;
  readonly logger: Pick<Logger, "error">;
}

/** How an attempt ended, in the store's words. A timeout stands even when the handler returned after it. */
export function verdictOf(attempt: Attempt, settled: Settled, bench: Bench): Finish {
  const { claimed, rules, abortCause } = attempt;
  const { id, token } = claimed;
  if (abortCause === "timeout")
    return failed(attempt, timeoutFailure(rules.timeoutMs ?? 0), attempt.controller.signal.reason, bench);
  if ("value" in settled) return { id, token, event: "complete", ...resultOf(settled.value) };
  if (abortCause === "cancel") return { id, token, event: "fail", error: cancelledFailure(attempt.cancelReason) };
  if (abortCause !== undefined) return { id, token, event: "release" };
  return failed(attempt, toFailure(settled.thrown, settled.code), settled.thrown, bench);
}

function failed(attempt: Attempt, error: Failure, thrown: unknown, bench: Bench): Finish {
  const { id, token, failures, attempt: number } = attempt.claimed;
  const { retries, backoff } = attempt.rules;
  const again = error.code !== "E_PAYLOAD" && failures < retries && isWorthRetrying(attempt, thrown, number, bench);
  if (!again) return { id, token, event: "fail", error };
  return { id, token, event: "retry", error, delayMs: backoffMs(backoff, failures, bench.clock.random()) };
}

function isWorthRetrying({ rules }: Attempt, thrown: unknown, attempt: number, { logger }: Bench): boolean {
  if (!rules.retryOn) return true;
  try {
    return rules.retryOn(thrown, attempt) === true;
  } catch (error) {
    logger.error(`belfry: retryOn of task ${JSON.stringify(rules.name)} threw, and counts as no: ${textOf(error)}`);
    return false;
  }
}

/** What an aborted signal gives as its reason. */
export function abortReason(attempt: Attempt, cause: AbortCause): BelfryError {
  const { attempt: number } = attempt.claimed;
  if (cause === "timeout")
    return new BelfryError("E_TIMEOUT", { duration: formatDuration(attempt.rules.timeoutMs ?? 0) });
  const { cancelReason } = attempt;
  if (cause === "cancel") return new BelfryError("E_CANCELLED", { reason: cancelReason ? `: ${cancelReason}` : "" });
  return cause === "stop"
    ? new BelfryError("E_STOPPED", { call: "the handler" })
    : new BelfryError("E_LOST", { attempt: number });
}

function resultOf(value: unknown): { result?: string; resultError?: string } {
  if (value === undefined) return {};
  const encoded = encodeJson(value, limits.resultBytesMax);
  return "text" in encoded ? { result: encoded.text } : { resultError: `result${encoded.path} ${encoded.problem}` };
}

/** The wait before retry number `failures` + 1: growing from the first by the factor up to the maximum, ±25 %. */
export function backoffMs({ firstMs, factor, maxMs }: BackoffRule, failures: number, random: number): number {
  const plain = firstMs === 0 ? 0 : Math.min(maxMs, firstMs * factor ** failures);
  return Math.round(Math.min(maxMs, plain * (0.75 + random / 2)));
}
