import type { Entry } from "../callers.ts";
import type { Commit } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

/** Promise 1, and rules 5.9 and 5.12: what callers were told of their triggers is so, and stays so. */
export class Acknowledged implements Checker {
  readonly #world: World;
  /** The runs that were made, by what their callers marked them with. */
  readonly #made = new Map<string, string[]>();

  /** What was kept for as long as it must be. */
  readonly #pruned = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  onCommit({ runs, call }: Commit): void {
    for (const { id, before, after } of runs) {
      if (!after && call.verb === "runs.prune") this.#pruned.add(String(id));
      if (before || !after || after.reason === undefined) continue;
      const ids = this.#made.get(after.reason) ?? [];
      this.#made.set(after.reason, [...ids, after.id]);
      // A clock that steps over the whole retention while an answer is missing: the run is gone, and is asked for again.
      const isForgotten = ids.every((known) => known === after.id) && this.#pruned.has(after.id);
      if (ids.length > 0 && !isForgotten)
        this.#fail(`the request ${after.reason} made ${[...ids, after.id].join(" and ")}`);
    }
  }

  onAnswer(entry: Entry): void {
    const [made] = this.#made.get(entry.mark) ?? [];
    if (entry.code === undefined && made !== entry.id)
      this.#fail(`the request ${entry.mark} was acknowledged as ${entry.id}, and is kept as ${made}`);
  }

  atEnd(): void {
    for (const entry of this.#world.callers.journal) this.#check(entry);
    const byKey = new Map<string, Set<string | undefined>>();
    for (const { task, key, code, id } of this.#world.callers.journal) {
      if (key !== undefined && code === undefined && id)
        byKey.set(`${task}/${key}`, (byKey.get(`${task}/${key}`) ?? new Set()).add(id));
    }
    for (const [key, ids] of byKey)
      if (ids.size > 1) this.#fail(`the key ${key} was answered with ${[...ids].join(" and ")}`);
  }

  #check(entry: Entry): void {
    const { mark, code, id, key, settledAt } = entry;
    const [made] = this.#made.get(mark) ?? [];
    if (settledAt === undefined) return;
    const isKept = id !== undefined && (this.#world.shadow.runs.has(id) || this.#pruned.has(id));
    if (code === undefined && (made !== id || !isKept)) this.#fail(`${id} was acknowledged for ${mark}, and is gone`);
    if (code === "E_OUTCOME_UNKNOWN" && key === undefined && made !== undefined && made !== id)
      this.#fail(`nobody knew of ${mark}; it was said to be ${id} and is ${made}`);
    const others = this.#world.callers.journal.filter(
      (other) => other.mark === mark && other !== entry && !isRefusal(other.code),
    );
    if (isRefusal(code) && made !== undefined && others.length === 0)
      this.#fail(`${mark} was rejected ${code}, and is kept as ${made}`);
  }

  #fail(what: string): void {
    this.#world.fail("acknowledged", what);
  }
}

/** Whether the code says that nothing was kept. */
function isRefusal(code: string | undefined): boolean {
  return code !== undefined && code !== "E_OUTCOME_UNKNOWN";
}
