import { BelfryError } from "../base/errors.ts";
import { didYouMean } from "../base/nearest.ts";
import type { Store } from "../store/store.ts";
import type { TaskRow } from "../store/tasks.ts";

/** The tasks of the store, by name: read once, and again when a name is not among them. */
export class Directory {
  readonly #store: Store;
  #rows = new Map<string, TaskRow>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The task of exactly this name. Throws E_TASK_UNKNOWN, offering the nearest. */
  async find(name: unknown): Promise<TaskRow> {
    const known = this.#rows.get(name as string);
    if (known) return known;
    const rows = (await this.#store.tasks.list()).filter((row) => row.defined);
    this.#rows = new Map(rows.map((row) => [row.name, row]));
    return findTask(rows, name);
  }

  /** A task turned out to be no longer there. */
  forget(name: string): void {
    this.#rows.delete(name);
  }
}

/** The task of exactly this name. Throws E_TASK_UNKNOWN, offering the nearest. */
export function findTask(rows: readonly TaskRow[], name: unknown): TaskRow {
  const found = rows.find((row) => row.name === name);
  if (found) return found;
  const near =
    typeof name === "string"
      ? didYouMean(
          name,
          rows.map((row) => row.name),
        )
      : "";
  throw new BelfryError("E_TASK_UNKNOWN", { value: name, nearest: near });
}
