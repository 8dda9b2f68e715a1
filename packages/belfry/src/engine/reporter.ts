import { textOf } from "../base/text.ts";
import { type Clock, sleep } from "../clock/clock.ts";
import type { Failure } from "../run/failure.ts";
import { type RunRecord, type RunRow, toIso, toRunRecord } from "../run/record.ts";
import type { Finish } from "../store/runs.ts";
import type { ClaimedRun, Store } from "../store/store.ts";
import type { TaskRules } from "../task/parse.ts";
import type { Registry } from "../task/registry.ts";
import type { Events } from "./events.ts";
import { type GlobalEngine, outside, shared } from "./global.ts";
import type { Logger } from "./logger.ts";

const retryMs = 500;

interface ReporterDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly events: Events;
  readonly logger: Logger;
  /** What code inside of `onFailure` reaches as its engine. */
  readonly engine: GlobalEngine;
}

/** Tells what happened, once it is durable: events, waiting callers, `onFailure`. */
export class Reporter {
  readonly #store: Store;
  readonly #registry: Registry;
  readonly #events: Events;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #engine: GlobalEngine;
  readonly #over = new AbortController();
  /** Callers that wait for a run's end, by id. */
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #hooks = new Set<Promise<unknown>>();

  constructor(deps: ReporterDeps) {
    this.#store = deps.store;
    this.#registry = deps.registry;
    this.#events = deps.events;
    this.#logger = deps.logger;
    this.#clock = deps.clock;
    this.#engine = deps.engine;
  }

  started({ id, task, attempt, trigger, scheduledFor }: ClaimedRun): void {
    const due = scheduledFor === undefined ? {} : { scheduledFor: toIso(scheduledFor) };
    this.#events.emit("run.started", { trackingId: id, task, attempt, trigger, ...due });
  }

  /** An attempt's end is durable. `thrown` is what the handler threw, for error trackers. */
  ended(run: ClaimedRun, rules: TaskRules, finish: Finish, thrown: unknown): void {
    const { id: trackingId, task, attempt } = run;
    switch (finish.event) {
      case "complete":
        this.#events.emit("run.completed", {
          trackingId,
          task,
          attempt,
          durationMs: Math.max(0, this.#store.now() - run.claimedAt),
        });
        this.#wakeWaiting(trackingId);
        break;
      case "retry":
        this.#events.emit("run.retrying", {
          trackingId,
          task,
          attempt,
          error: shortOf(finish.error),
          delayMs: finish.delayMs,
          cause: thrown,
        });
        break;
      case "fail":
        this.#failed({ trackingId, task, attempt, error: finish.error, cause: thrown }, rules);
        break;
      case "release":
    }
  }

  /** A run ended without success and without a handler of ours: cancelled while it waited, lost, or never handled. */
  failed(trackingId: string, task: string, error: Failure): void {
    this.#failed({ trackingId, task, attempt: 0, error }, this.#registry.get(task));
  }

  /** A cancelling has ended a run without its handler. It is told as soon as its record is known, in that one's words. */
  cancelled(trackingId: string): void {
    const told = outside(() => this.#read(trackingId)).then((run) => {
      const error = run?.attempts.at(-1)?.error;
      if (run && error) this.failed(trackingId, run.task, error);
    });
    this.#track(told.catch((thrown) => this.#logger.debug(`belfry: a cancelling is not told: ${textOf(thrown)}`)));
  }

  /** Resolves when the run ends on this node, and when `signal` is aborted. A hint: ask the store then. */
  ending(trackingId: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const set = this.#waiting.get(trackingId) ?? new Set();
      const done = () => {
        set.delete(done);
        if (set.size === 0) this.#waiting.delete(trackingId);
        resolve();
      };
      this.#waiting.set(trackingId, set.add(done));
      if (signal.aborted) done();
      else signal.addEventListener("abort", done, { once: true });
    });
  }

  /** Resolves when every `onFailure` under way has ended. */
  async idle(): Promise<void> {
    while (this.#hooks.size > 0) await Promise.all(this.#hooks);
  }

  /** Wakes every waiting caller: the engine stops. */
  wakeAll(): void {
    for (const trackingId of [...this.#waiting.keys()]) this.#wakeWaiting(trackingId);
  }

  /** Calls no hook more that has not read its run yet. */
  close(): void {
    this.#over.abort();
  }

  #failed(
    event: { trackingId: string; task: string; attempt: number; error: Failure; cause?: unknown },
    rules: TaskRules | undefined,
  ): void {
    outside(() => this.#events.emit("run.failed", { ...event, error: shortOf(event.error) }));
    this.#wakeWaiting(event.trackingId);
    if (!rules?.onFailure) return;
    const { onFailure } = rules;
    const inside = { engine: this.#engine };
    const call = shared().inside.run(inside, () => this.#callOnFailure(event.trackingId, onFailure));
    const hook = call.catch((error) => {
      this.#logger.error(`belfry: onFailure of task ${JSON.stringify(rules.name)} threw: ${textOf(error)}`);
    });
    this.#track(hook);
  }

  #track(hook: Promise<unknown>): void {
    this.#hooks.add(hook);
    void hook.finally(() => this.#hooks.delete(hook));
  }

  async #callOnFailure(trackingId: string, onFailure: (run: RunRecord) => unknown): Promise<void> {
    const run = await this.#read(trackingId);
    if (run) await onFailure(toRunRecord(run));
  }

  /** Asks again while the store is away. */
  async #read(trackingId: string): Promise<RunRow | undefined> {
    for (;;) {
      try {
        return (await this.#store.runs.get([trackingId]))[0];
      } catch (error) {
        if (this.#over.signal.aborted) throw error;
        await sleep(this.#clock, retryMs, this.#over.signal);
      }
    }
  }

  #wakeWaiting(trackingId: string): void {
    for (const done of this.#waiting.get(trackingId) ?? []) done();
  }
}

function shortOf({ code, name, message }: Failure) {
  return { code, name, message };
}
