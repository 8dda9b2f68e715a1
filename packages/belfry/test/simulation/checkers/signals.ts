import type { Invocation } from "../invocations.ts";
import type { Commit } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

/** A process that nothing hinders learns within this time that a run is no longer its own, or is to be cancelled. */
const learnsWithinMs = 4_000;

/** A handler whose run was lost, given back or cancelled sees its signal aborted, as soon as its process can know. */
export class Signals implements Checker {
  readonly #world: World;
  /** True time since when a handler's signal should be aborted. */
  readonly #since = new Map<Invocation, number>();
  readonly #cancelled = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  onCommit({ runs }: Commit): void {
    for (const { after } of runs) if (after?.cancelRequested) this.#cancelled.add(after.id);
  }

  onTick(): void {
    const { invocations, time } = this.#world;
    for (const invocation of this.#since.keys()) if (invocation.settledAt !== undefined) this.#since.delete(invocation);
    for (const invocation of invocations.open) {
      if (!invocation.process.alive || invocation.abortedAt !== undefined || !this.#shouldEnd(invocation)) continue;
      const since = this.#since.get(invocation) ?? time;
      this.#since.set(invocation, since);
      const knowsFor = Math.min(time - since, invocation.process.trouble.cleanMs(time));
      if (knowsFor > learnsWithinMs) {
        const { process, task, id, token } = invocation;
        this.#world.fail(
          "signals",
          `${task} ${id} has not been ${process.name}'s under ${token} for ${(time - since).toFixed(0)} ms, and its handler was not told`,
        );
      }
    }
  }

  #shouldEnd({ id, token }: Invocation): boolean {
    const run = this.#world.shadow.runs.get(id);
    return run?.state !== "running" || run.token !== token || this.#cancelled.has(id);
  }
}
