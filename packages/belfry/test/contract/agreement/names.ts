import { nextId } from "../backfills/made.ts";
import { freshId } from "../context.ts";
import { counts } from "./verbs.ts";

/** What two stores must have in common for their answers to be comparable: the ids that callers choose. */
export class Names {
  readonly #prefix = freshId();
  readonly runs = Array.from({ length: counts.runs }, freshId);
  readonly taskIds = Array.from({ length: counts.apps * counts.tasksPerApp }, freshId);
  readonly backfills = Array.from({ length: counts.backfills }, nextId);
  readonly #made: string[] = [];

  app(index: number): string {
    return `app-${this.#prefix}-${index}`;
  }

  task(index: number): string {
    return `task-${this.#prefix}-${index}`;
  }

  /** The n-th id of a run that a schedule or a backfill makes, the same for whoever asks. */
  firing(n: number): string {
    this.#made[n] ??= freshId();
    return this.#made[n];
  }

  get all(): string[] {
    return [...this.runs, ...this.#made];
  }
}
