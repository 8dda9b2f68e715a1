import type { Invocation } from "../invocations.ts";
import type { Commit } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

/** No more runs of a task at once than its concurrency, over all nodes; no more handlers in a process than its slots. */
export class Capacity implements Checker {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  onCommit({ runs }: Commit): void {
    const claimed = runs.flatMap(({ before, after }) =>
      after?.state === "running" && before?.state !== "running" ? [after.taskId] : [],
    );
    for (const taskId of new Set(claimed)) {
      const task = this.#world.state.tasks.get(taskId);
      const limit = task?.concurrency ?? Number.POSITIVE_INFINITY;
      const running = [...this.#world.state.runs.values()].filter(
        (run) => run.taskId === taskId && run.state === "running",
      ).length;
      if (running > limit)
        this.#world.fail("capacity", `${running} runs of ${task?.name} at once, and its concurrency is ${limit}`);
    }
  }

  onStart({ process, id }: Invocation): void {
    const running = this.#world.invocations.countIn(process) + 1;
    const { concurrency } = this.#world.options;
    if (running > concurrency)
      this.#world.fail("capacity", `${process.name} has ${concurrency} slots; ${id} is its handler number ${running}`);
  }
}
