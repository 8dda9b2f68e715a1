import type { MemoryTask } from "./rows.ts";

/** The tasks by their ids, those no longer defined included. */
export class TaskTable extends Map<string, MemoryTask> {
  /** By name, without regard to case: at most one of them is defined. */
  readonly #names = new Map<string, Set<string>>();
  readonly #apps = new Map<string, Set<string>>();

  override set(id: string, task: MemoryTask): this {
    const known = this.get(id);
    if (known) this.#apps.get(known.app)?.delete(id);
    super.set(id, task);
    put(this.#names, task.name.toLowerCase(), id);
    put(this.#apps, task.app, id);
    return this;
  }

  ofApp(app: string): MemoryTask[] {
    return this.#of(this.#apps.get(app));
  }

  /** Those that have this name, in any case. */
  named(name: string): MemoryTask[] {
    return this.#of(this.#names.get(name.toLowerCase()));
  }

  find(name: string): MemoryTask | undefined {
    return this.named(name).find((task) => task.name === name);
  }

  #of(ids: ReadonlySet<string> = new Set()): MemoryTask[] {
    return [...ids].flatMap((id) => this.get(id) ?? []);
  }
}

function put(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key) ?? new Set();
  index.set(key, ids.add(id));
}
