import { formatDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { encodeJson } from "../base/json.ts";
import { limits } from "../base/limits.ts";
import { textOf } from "../base/text.ts";
import type { Clock } from "../clock/clock.ts";
import { cancelledFailure, type Failure, timeoutFailure, toFailure } from "../run/failure.ts";
import type { Cancelling, Finish } from "../store/runs.ts";
import type { ClaimedRun } from "../store/store.ts";
import type { BackoffRule } from "../task/parse.ts";
import { decodePayload } from "../task/payload.ts";
import type { Registry } from "../task/registry.ts";
import { type AbortCause, Attempt, type Voice } from "./attempt.ts";
import type { Finisher } from "./finisher.ts";
import { type GlobalEngine, shared } from "./global.ts";
import type { Logger } from "./logger.ts";
import type { Reporter } from "./reporter.ts";
import type { Slots } from "./slots.ts";

interface ExecutorDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly slots: Slots;
  readonly finisher: Finisher;
  readonly reporter: Reporter;
  readonly voice: Voice;
  readonly stopGraceMs: number;
  readonly engine: GlobalEngine;
  /** Something may be claimable now, or at an instant of the store's clock. */
  readonly onReady: (at?: number) => void;
}

type Settled = { readonly value: unknown } | { readonly thrown: unknown; readonly code?: "E_PAYLOAD" };

/** Runs the attempts that this node claimed, each on the one path: payload, handler, verdict, end. */
export class Executor {
  readonly #deps: ExecutorDeps;
  /** Under way, by token. */
  readonly #attempts = new Map<number, Attempt>();
  /** The tokens that are under way, or whose end is not durable yet. */
  readonly #held = new Set<number>();
  #idle: (() => void)[] = [];

  constructor(deps: ExecutorDeps) {
    this.#deps = deps;
  }

  /** How many runs this node holds: under way, or with an end that is not durable yet. */
  get holding(): number {
    return this.#held.size;
  }

  /** Whether this very attempt is held: it must not be started twice. */
  holds(token: number): boolean {
    return this.#held.has(token);
  }

  /** Starts a claimed run, whose slot is already taken. */
  start(claimed: ClaimedRun): void {
    const rules = this.#deps.registry.get(claimed.task);
    if (!rules) throw new Error(`claimed a run of ${claimed.task}, which is none of this node's tasks`);
    const attempt = new Attempt(claimed, rules, this.#deps.voice);
    this.#held.add(claimed.token);
    this.#attempts.set(claimed.token, attempt);
    this.#deps.reporter.started(claimed);
    if (rules.timeoutMs !== undefined) {
      attempt.cancelTimers.push(this.#deps.clock.after(rules.timeoutMs, () => this.#abort(attempt, "timeout")));
    }
    void this.#call(attempt).then((settled) => this.#settle(attempt, settled));
  }

  /** Aborts the signals of these runs, because their cancelling was asked for. */
  cancel(items: readonly Cancelling[]): void {
    for (const attempt of this.#attempts.values()) {
      const asked = items.find(({ id }) => id === attempt.claimed.id);
      if (!asked) continue;
      attempt.cancelReason ??= asked.reason;
      this.#abort(attempt, "cancel");
    }
  }

  /** Aborts every signal: what they hold is lost, or may be. */
  loseAll(): void {
    for (const attempt of this.#attempts.values()) this.#abort(attempt, "lost");
  }

  /** Aborts every signal and gives the runs back at once, without waiting for their handlers. */
  giveBackAll(): void {
    for (const attempt of [...this.#attempts.values()]) {
      this.#abort(attempt, "stop");
      this.#abandon(attempt);
    }
  }

  /** Resolves when no attempt is under way. */
  idle(): Promise<void> {
    if (this.#attempts.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  async #call(attempt: Attempt): Promise<Settled> {
    const { claimed, rules } = attempt;
    const inside = { engine: this.#deps.engine, print: rules.captureConsole ? attempt.say : undefined };
    let payload: unknown;
    try {
      if (rules.schema || claimed.payload !== undefined)
        payload = await decodePayload({ task: claimed.task }, rules.schema, claimed.payload);
    } catch (thrown) {
      return { thrown, code: "E_PAYLOAD" };
    }
    try {
      attempt.controller.signal.throwIfAborted();
      return { value: await shared().inside.run(inside, () => rules.handler(attempt.toRun(payload))) };
    } catch (thrown) {
      return { thrown };
    }
  }

  #abort(attempt: Attempt, cause: AbortCause): void {
    if (attempt.abortCause !== undefined) return;
    attempt.abortCause = cause;
    attempt.cancelTimers.push(this.#deps.clock.after(this.#deps.stopGraceMs, () => this.#abandon(attempt)));
    attempt.controller.abort(abortReason(attempt, cause));
  }

  /** The handler ignored its signal: its end is written without it, and its slot stays taken until it settles. */
  #abandon(attempt: Attempt): void {
    for (const cancel of attempt.cancelTimers) cancel();
    attempt.abandoned = true;
    this.#attempts.delete(attempt.claimed.token);
    this.#deps.logger.warn(
      `belfry: ${attempt.claimed.task} ${attempt.claimed.id} ignores its signal; it is left alone, and keeps its slot until it ends`,
    );
    this.#end(
      attempt,
      this.#verdict(attempt, { thrown: attempt.controller.signal.reason }),
      attempt.controller.signal.reason,
    );
    this.#checkIdle();
  }

  #settle(attempt: Attempt, settled: Settled): void {
    for (const cancel of attempt.cancelTimers) cancel();
    this.#deps.slots.give(1);
    if (attempt.abandoned) return this.#deps.onReady();
    this.#attempts.delete(attempt.claimed.token);
    this.#end(attempt, this.#verdict(attempt, settled), "thrown" in settled ? settled.thrown : undefined);
    this.#checkIdle();
  }

  #checkIdle(): void {
    if (this.#attempts.size > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }

  #end(attempt: Attempt, finish: Finish, thrown: unknown): void {
    const { claimed, rules } = attempt;
    this.#deps.finisher.end(finish, (answer) => {
      this.#held.delete(claimed.token);
      if (answer === "done") this.#deps.reporter.ended(claimed, rules, finish, thrown);
      if (answer === "cancelled") this.#deps.reporter.cancelled(claimed.id);
      if (finish.event === "retry") this.#deps.onReady(this.#deps.voice.now() + finish.delayMs);
      else if (finish.event === "release" || rules.concurrency !== undefined) this.#deps.onReady();
    });
  }

  /** How the attempt ended, in the store's words. A timeout stands even when the handler returned after it. */
  #verdict(attempt: Attempt, settled: Settled): Finish {
    const { claimed, rules, abortCause } = attempt;
    const { id, token } = claimed;
    if (abortCause === "timeout")
      return this.#failed(attempt, timeoutFailure(rules.timeoutMs ?? 0), attempt.controller.signal.reason);
    if ("value" in settled) return { id, token, event: "complete", ...resultOf(settled.value) };
    if (abortCause === "cancel") return { id, token, event: "fail", error: cancelledFailure(attempt.cancelReason) };
    if (abortCause !== undefined) return { id, token, event: "release" };
    return this.#failed(attempt, toFailure(settled.thrown, settled.code), settled.thrown);
  }

  #failed(attempt: Attempt, error: Failure, thrown: unknown): Finish {
    const { id, token, failures, attempt: number } = attempt.claimed;
    const { retries, backoff } = attempt.rules;
    const again = error.code !== "E_PAYLOAD" && failures < retries && this.#isWorthRetrying(attempt, thrown, number);
    if (!again) return { id, token, event: "fail", error };
    return { id, token, event: "retry", error, delayMs: backoffMs(backoff, failures, this.#deps.clock.random()) };
  }

  #isWorthRetrying({ rules }: Attempt, thrown: unknown, attempt: number): boolean {
    if (!rules.retryOn) return true;
    try {
      return rules.retryOn(thrown, attempt) === true;
    } catch (error) {
      this.#deps.logger.error(
        `belfry: retryOn of task ${JSON.stringify(rules.name)} threw, and counts as no: ${textOf(error)}`,
      );
      return false;
    }
  }
}

function abortReason(attempt: Attempt, cause: AbortCause): BelfryError {
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
