import { isBelfryError } from "../../../src/base/errors.ts";
import type { Task } from "../../../src/task/definition.ts";
import { type TestNode, World } from "../../engine/support/world.ts";
import { type Ground, type Sleep, stopGraceMs } from "./ground.ts";
import { firingLine, refusal, runLine } from "./lines.ts";

/** Tells stories on a real engine and the memory store, in a world whose time the test moves. */
export class OnEngine implements Ground {
  readonly #world: World;
  #node!: TestNode;
  #tasks!: (sleep: Sleep) => readonly Task[];
  readonly #refused: string[] = [];

  constructor(start: Date) {
    this.#world = new World(start.toISOString());
  }

  async start(tasks: (sleep: Sleep) => readonly Task[]): Promise<void> {
    this.#tasks = tasks;
    await this.#boot();
  }

  pass = (ms: number) => this.#world.time.advance(ms);

  async outage(ms: number): Promise<void> {
    this.#crash();
    await this.#world.time.advance(ms);
    await this.#boot();
  }

  jump(ms: number): void {
    this.#world.time.jump(ms);
  }

  pause = (task: string) => this.#try(() => this.#node.belfry.schedules.pause(task));
  resume = (task: string) => this.#try(() => this.#node.belfry.schedules.resume(task));
  skip = (task: string, count: number) => this.#try(() => this.#node.belfry.schedules.skip(task, undefined, { count }));
  run = (task: string) => this.#try(() => this.#node.belfry.task(task).run());
  put = (task: string, schedule: string) => this.#try(() => this.#node.belfry.schedules.put(task, "put", schedule));
  delete = (task: string) => this.#try(() => this.#node.belfry.schedules.delete(task, "put"));

  /** A new process beside the old ones, as while a deploy rolls out: their handlers are the same. */
  async redeploy(tasks: (sleep: Sleep) => readonly Task[]): Promise<void> {
    this.#tasks = tasks;
    await this.#boot();
  }

  async tell(tasks: readonly string[]) {
    const { schedules, runs } = this.#node.belfry;
    const firings: string[] = [];
    const lines: string[] = [];
    for (const task of tasks) {
      for (const { key } of (await this.#during(schedules.list({ task, limit: 1_000 }))).items) {
        const { items } = await this.#during(schedules.firings(task, key, { limit: 1_000 }));
        firings.push(...items.map((item) => firingLine({ ...item, task, schedule: key })));
      }
      lines.push(...(await this.#during(runs.list({ task, limit: 1_000 }))).items.map(runLine));
    }
    // The story is over: handlers may sleep on, and nobody waits for them.
    this.#crash();
    return { firings: firings.sort(), runs: [...lines.sort(), ...this.#refused] };
  }

  #crash(): void {
    for (const node of this.#world.nodes) if (!node.clock.frozen) node.crash();
  }

  async #boot(): Promise<void> {
    const clock: { after?: TestNode["clock"]["after"] } = {};
    const sleep: Sleep = (ms, signal) => sleepOn(clock.after as TestNode["clock"]["after"], ms, signal);
    const node = this.#world.node({
      tasks: this.#tasks(sleep),
      sockets: true,
      stopGraceMs,
      retentionMs: 366 * 86_400_000,
    });
    clock.after = (ms, callback) => node.clock.after(ms, callback);
    await this.#world.time.during(node.belfry.start());
    await this.#world.time.settle();
    this.#node = node;
  }

  #during<T>(promise: Promise<T>): Promise<T> {
    return this.#world.time.during(promise);
  }

  async #try(call: () => Promise<unknown>): Promise<void> {
    try {
      await this.#during(call());
    } catch (error) {
      if (!isBelfryError(error)) throw error;
      this.#refused.push(refusal(error));
    }
    await this.#world.time.settle();
  }
}

function sleepOn(after: TestNode["clock"]["after"], ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = after(ms, resolve);
    const abort = () => {
      cancel();
      reject(signal?.reason);
    };
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
