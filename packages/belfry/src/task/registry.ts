import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import type { Task } from "./definition.ts";
import type { TaskRules } from "./parse.ts";

/** The tasks that one engine has code for. */
export class Registry {
  readonly #byName = new Map<string, TaskRules>();

  /** Throws E_OPTION for what `defineTask` did not make, E_TASK_DUPLICATE for two of one name, case aside. */
  constructor(tasks: readonly unknown[]) {
    if (tasks.length > limits.tasksMax) {
      throw new BelfryError("E_OPTION", { field: "tasks", value: tasks, expected: `at most ${limits.tasksMax} tasks` });
    }
    const folded = new Set<string>();
    for (const [index, task] of tasks.entries()) {
      const rules = (task as Partial<Task> | null | undefined)?.rules;
      if (!rules) throw new BelfryError("E_OPTION", { field: `tasks[${index}]`, value: task, expected: "what defineTask({ … }) answers" });
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
