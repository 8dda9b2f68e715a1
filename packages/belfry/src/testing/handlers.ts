import { textOf } from "../base/text.ts";
import type { Clock } from "../clock/clock.ts";
import { type AbortCause, Attempt, type Voice } from "../engine/attempt.ts";
import { type GlobalEngine, shared } from "../engine/global.ts";
import type { Logger } from "../engine/logger.ts";
import { abortReason, type Settled, verdictOf } from "../engine/verdict.ts";
import { toRunRecord } from "../run/record.ts";
import { decodePayload } from "../task/payload.ts";
import { Activity } from "./activity.ts";
import type { Awake } from "./awake.ts";
import type { Book } from "./book.ts";
import { Handling, type TestClaim } from "./handling.ts";
import { Members } from "./members.ts";
import type { TestRun } from "./run.ts";
import type { VirtualTime } from "./time.ts";

interface HandlersDeps {
  readonly time: VirtualTime;
  readonly awake: Awake;
  readonly book: Book;
  readonly clock: Pick<Clock, "random">;
  readonly logger: Logger;
  /** What code inside of a handler reaches as its engine. */
  readonly engine: GlobalEngine;
  readonly stopGraceMs: number;
}

/** Runs the user's handlers on the path that the engine's executor takes: payload, handler, verdict, end. */
export class Handlers {
  readonly #deps: HandlersDeps;
  readonly #inside = shared().inside;
  /** Attempts and hooks that sleep or are awake; none of them outlives the process. */
  readonly #running = new Members<Handling>();
  readonly #voice: Voice;

  constructor(deps: HandlersDeps) {
    this.#deps = deps;
    this.#voice = {
      now: () => deps.time.wallMs,
      say: (claim, line) => {
        const { run } = claim as TestClaim;
        run.lines ??= [];
        run.lines.push(line);
      },
      progress: (claim, progress) => {
        const { run, token } = claim as TestClaim;
        if (run.current?.token === token) run.progress = progress;
      },
    };
  }

  /** Calls the handlers of what was claimed. */
  startAll(): void {
    const { book } = this.#deps;
    while (book.starting.length > 0) {
      const starting = book.starting;
      book.starting = [];
      for (const run of starting) this.#start(run);
    }
  }

  /** The run's signal is aborted, since its cancelling was asked for. */
  cancel({ handling, cancelReason }: TestRun): void {
    if (!handling) return;
    handling.attempt.cancelReason ??= cancelReason;
    this.#abort(handling, "cancel");
  }

  /** The process is gone, with all that it was running; answers those runs. */
  crash(): TestRun[] {
    const running = this.#running.drain();
    for (const handling of running) {
      handling.isGone = true;
      handling.run.handling = undefined;
      for (const cancel of handling.attempt.cancelTimers) cancel();
    }
    this.#deps.awake.dropAll();
    return running.filter(({ attempt }) => !attempt.abandoned).map(({ run }) => run);
  }

  /** Calls the task's `onFailure`, where it has one. */
  failed(run: TestRun): void {
    const { rules, row } = run.owner;
    if (!rules?.onFailure || !this.#deps.book.isUp) return;
    const { onFailure } = rules;
    const { engine, awake, logger } = this.#deps;
    const activity = new Activity(engine, `onFailure of task ${JSON.stringify(row.name)}`);
    awake.begin(activity);
    const call = this.#inside.run(activity, async () => onFailure(toRunRecord(run)));
    const failed = (error: unknown) =>
      logger.error(`belfry: onFailure of task ${JSON.stringify(row.name)} threw: ${textOf(error)}`);
    void call.then(undefined, failed).then(() => awake.finish(activity));
  }

  #start(run: TestRun): void {
    const { rules } = run.owner;
    if (!rules) throw new Error(`claimed a run of ${run.task}, for which there is no code`);
    const { engine, awake, time } = this.#deps;
    const attempt = new Attempt(claimOf(run), rules, this.#voice);
    const handling = new Handling(engine, run, attempt);
    run.handling = handling;
    this.#running.push(handling);
    awake.begin(handling);
    if (rules.timeoutMs !== undefined) {
      attempt.cancelTimers.push(time.after(rules.timeoutMs, () => this.#abort(handling, "timeout")));
    }
    if (!rules.schema && run.payload === undefined) return this.#call(handling, undefined);
    void decodePayload({ task: run.task }, rules.schema, run.payload).then(
      (payload) => this.#call(handling, payload),
      (thrown: unknown) => this.#settle(handling, { thrown, code: "E_PAYLOAD" }),
    );
  }

  /** A handler that answers at once is over at once; one that answers a promise, when that settles. */
  #call(handling: Handling, payload: unknown): void {
    const { attempt } = handling;
    let answer: unknown;
    try {
      if (attempt.abortCause !== undefined) throw attempt.controller.signal.reason;
      answer = this.#inside.run(handling, attempt.rules.handler, attempt.toRun(payload));
    } catch (thrown) {
      return this.#settle(handling, { thrown });
    }
    if (typeof answer !== "object" || answer === null || !("then" in answer)) {
      return this.#settle(handling, { value: answer });
    }
    Promise.resolve(answer).then(
      (value: unknown) => this.#settle(handling, { value }),
      (thrown: unknown) => this.#settle(handling, { thrown }),
    );
  }

  #settle(handling: Handling, settled: Settled): void {
    if (handling.isGone) return;
    const { attempt } = handling;
    const { book, awake } = this.#deps;
    this.#running.delete(handling);
    for (const cancel of attempt.cancelTimers) cancel();
    book.freeSlot();
    if (!attempt.abandoned) this.#end(handling, settled);
    awake.finish(handling);
  }

  #end({ run, attempt }: Handling, settled: Settled): void {
    run.handling = undefined;
    this.#deps.book.finish(run, verdictOf(attempt, settled, this.#deps));
  }

  #abort(handling: Handling, cause: AbortCause): void {
    const { attempt } = handling;
    if (attempt.abortCause !== undefined) return;
    attempt.abortCause = cause;
    attempt.cancelTimers.push(this.#deps.time.after(this.#deps.stopGraceMs, () => this.#abandon(handling)));
    attempt.controller.abort(abortReason(attempt, cause));
  }

  /** The handler ignored its signal: its end is written without it, and its slot stays taken until it settles. */
  #abandon(handling: Handling): void {
    const { attempt, run } = handling;
    for (const cancel of attempt.cancelTimers) cancel();
    attempt.abandoned = true;
    this.#deps.logger.warn(
      `belfry: ${run.task} ${run.id} ignores its signal; it is left alone, and keeps its slot until it ends`,
    );
    this.#end(handling, { thrown: attempt.controller.signal.reason });
  }
}

function claimOf(run: TestRun): TestClaim {
  return {
    id: run.id,
    taskId: run.taskId,
    task: run.task,
    token: run.current?.token ?? 0,
    attempt: run.attempt,
    failures: run.failures,
    trigger: run.trigger,
    priority: run.priority,
    triggeredAt: run.triggeredAt,
    claimedAt: run.current?.startedAt ?? 0,
    scheduleKey: run.scheduleKey,
    scheduledFor: run.scheduledFor,
    spec: run.schedule?.rules.spec,
    payload: run.payload,
    run,
  };
}
