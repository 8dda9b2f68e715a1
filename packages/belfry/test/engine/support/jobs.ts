import { defineTask } from "../../../src/task/definition.ts";
import type { Run } from "../../../src/task/run.ts";

/** An attempt whose handler does what the test says. */
export interface HeldAttempt {
  readonly run: Run<unknown>;
  /** The handler returns this. */
  complete(result?: unknown): void;
  /** The handler throws this. */
  fail(thrown: unknown): void;
}

/** The attempts of a task whose handler waits for the test. */
export class Job {
  readonly attempts: HeldAttempt[] = [];
  /** Whether its handlers throw as soon as their signal is aborted. */
  readonly #obeys: boolean;

  constructor({ obeys = false } = {}) {
    this.#obeys = obeys;
  }

  readonly handler = (run: Run<unknown>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      this.attempts.push({ run, complete: resolve, fail: reject });
      if (this.#obeys) run.signal.addEventListener("abort", () => reject(run.signal.reason));
    });

  /** The newest attempt. */
  get last(): HeldAttempt {
    return this.at(-1);
  }

  at(index: number): HeldAttempt {
    const attempt = this.attempts.at(index);
    if (!attempt) throw new Error(`no attempt ${index} was started; there are ${this.attempts.length}`);
    return attempt;
  }
}

type Rules = Partial<Omit<Parameters<typeof defineTask>[0], "handler">>;

/** A task whose handler waits for the test. Named `job` where nothing else is said. */
export function heldTask(job: Job, rules: Rules = {}) {
  return defineTask({ name: "job", ...rules, handler: job.handler });
}

/** A task whose handler this is. */
export function task(handler: (run: Run<unknown>) => unknown, rules: Rules = {}) {
  return defineTask({ name: "task", ...rules, handler });
}
