import { formatDuration } from "../../../src/base/duration.ts";
import { isBelfryError } from "../../../src/base/errors.ts";
import type { Task } from "../../../src/task/definition.ts";
import { createTestBelfry, type TestBelfry } from "../../../src/testing/index.ts";
import { type Ground, type Sleep, stopGraceMs } from "./ground.ts";
import { firingLine, refusal, runLine } from "./lines.ts";

/** Tells stories on the kit. */
export class OnKit implements Ground {
  readonly #start: Date;
  #kit!: TestBelfry;
  readonly #refused: string[] = [];
  /** Tasks whose schedule `put` is gone: an engine does not list what it did. */
  readonly #gone = new Set<string>();

  constructor(start: Date) {
    this.#start = start;
  }

  async start(tasks: (sleep: Sleep) => readonly Task[]): Promise<void> {
    this.#kit = createTestBelfry({
      tasks: tasks(this.#sleep),
      start: this.#start,
      logger: silent,
      stopGrace: formatDuration(stopGraceMs),
    });
  }

  pass = (ms: number) => this.#kit.runFor(formatDuration(ms));
  outage = (ms: number) => this.#kit.outage(formatDuration(ms));

  jump(ms: number): void {
    this.#kit.jump(ms < 0 ? `-${formatDuration(-ms)}` : formatDuration(ms));
  }

  pause = (task: string) => this.#try(() => this.#kit.pause(task));
  resume = (task: string) => this.#try(() => this.#kit.resume(task));
  skip = (task: string, count: number) => this.#try(() => this.#kit.skip(task, undefined, { count }));
  run = (task: string) => this.#try(() => this.#kit.task(task).run());
  put = (task: string, schedule: string) =>
    this.#try(async () => {
      await this.#kit.put(task, "put", schedule);
      this.#gone.delete(task);
    });
  delete = (task: string) =>
    this.#try(() => {
      this.#kit.delete(task, "put");
      this.#gone.add(task);
    });
  redeploy = (tasks: (sleep: Sleep) => readonly Task[]) => this.#kit.redeploy(tasks(this.#sleep));

  async tell(tasks: readonly string[]) {
    const all = tasks.flatMap((task) => this.#kit.firings(task));
    const firings = all
      .filter(({ task, schedule }) => schedule !== "put" || !this.#gone.has(task))
      .map(firingLine)
      .sort();
    const runs = tasks.flatMap((task) => this.#kit.runs(task).map(runLine)).sort();
    return { firings, runs: [...runs, ...this.#refused] };
  }

  readonly #sleep: Sleep = (ms, signal) => this.#kit.sleep(formatDuration(ms), signal ? { signal } : {});

  async #try(call: () => unknown): Promise<void> {
    try {
      await call();
    } catch (error) {
      if (!isBelfryError(error)) throw error;
      this.#refused.push(refusal(error));
    }
  }
}

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
