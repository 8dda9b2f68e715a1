import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { guarded, readArray } from "../base/options.ts";
import { isTask } from "./definition.ts";
import type { TaskRules } from "./parse.ts";

/** The tasks that one engine has code for. */
export class Registry {
  readonly #byName = new Map<string, TaskRules>();

  /** Throws E_OPTION for what `defineTask` did not make, E_TASK_DUPLICATE for two of one name, case aside. */
  constructor(tasks: unknown) {
    const folded = new Set<string>();
    for (const [index, task] of readArray(
      tasks,
      "tasks",
      `an array of at most ${limits.tasksMax} tasks`,
      limits.tasksMax,
    ).entries()) {
      const rules = guarded(task, `tasks[${index}]`, "what defineTask({ … }) answers", () =>
        isTask(task) ? task.rules : undefined,
      );
      if (folded.has(rules.name.toLowerCase())) throw new BelfryError("E_TASK_DUPLICATE", { value: rules.name });
      folded.add(rules.name.toLowerCase());
      this.#byName.set(rules.name, rules);
    }
  }

  get(name: string): TaskRules | undefined {
    return this.#byName.get(name);
  }

  all(): TaskRules[] {
    return [...this.#byName.values()];
  }
}
