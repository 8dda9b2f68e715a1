import type { Clock } from "../clock/clock.ts";
import type { Cancelling, Finish } from "../store/runs.ts";
import type { ClaimedRun } from "../store/store.ts";
import { decodePayload } from "../task/payload.ts";
import type { Registry } from "../task/registry.ts";
import { type AbortCause, Attempt, type Voice } from "./attempt.ts";
import type { Finisher } from "./finisher.ts";
import { type GlobalEngine, shared } from "./global.ts";
import type { Logger } from "./logger.ts";
import type { Reporter } from "./reporter.ts";
import type { Slots } from "./slots.ts";
import { abortReason, type Settled, verdictOf } from "./verdict.ts";

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
      verdictOf(attempt, { thrown: attempt.controller.signal.reason }, this.#deps),
      attempt.controller.signal.reason,
    );
    this.#checkIdle();
  }

  #settle(attempt: Attempt, settled: Settled): void {
    for (const cancel of attempt.cancelTimers) cancel();
    this.#deps.slots.give(1);
    if (attempt.abandoned) return this.#deps.onReady();
    this.#attempts.delete(attempt.claimed.token);
    this.#end(attempt, verdictOf(attempt, settled, this.#deps), "thrown" in settled ? settled.thrown : undefined);
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
      const isAgain = finish.event === "retry" && answer !== "cancelled";
      if (isAgain) this.#deps.onReady(this.#deps.voice.now() + finish.delayMs);
      // Its task has room for another, and a run of a schedule that has ended may have held others back.
      const letsOthersGo = rules.concurrency !== undefined || (claimed.trigger === "schedule" && !isAgain);
      if (finish.event === "release" || letsOthersGo) this.#deps.onReady();
    });
  }
}
