import type { Invocation } from "../invocations.ts";
import type { Commit, RunView } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

/** A process that nothing hinders learns that a run is no longer its own, or is to be cancelled, within a renewal and this time. */
const learnsWithinMs = 2_000;
/** Of the lease: how long a process has after a start, or a freeze, to tell its handlers that it cannot renew. */
const tellsWithinLeases = 0.2;

/** A handler whose run was lost, given back or cancelled sees its signal aborted, as soon as its process can know. */
export class Signals implements Checker {
  readonly #world: World;
  /** True time since when a handler's signal should be aborted. */
  readonly #since = new Map<Invocation, number>();
  readonly #cancelled = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  onCommit({ call, runs }: Commit): void {
    for (const { before, after } of runs) {
      if (after?.cancelRequested) this.#cancelled.add(after.id);
      if (before?.state === "running" && call.verb === "nodes.reap") this.#checkLost(before);
    }
  }

  /** A node that lives and cannot renew stops its handlers before others may take over. */
  #checkLost({ token, task, id }: RunView): void {
    const { invocations, time } = this.#world;
    const invocation = invocations.byToken.get(token);
    if (!invocation || invocation.settledAt !== undefined || invocation.abortedAt !== undefined) return;
    const { process, startedAt } = invocation;
    const couldTellMs = time - Math.max(startedAt, process.thawedAt);
    if (!process.alive || process.frozen || couldTellMs < tellsWithinLeases * process.machine.leaseMs) return;
    this.#world.fail("signals", `${task} ${id} of ${process.name} was taken over, and its handler had not been told`);
  }

  onTick(): void {
    const { invocations, time } = this.#world;
    for (const invocation of this.#since.keys()) if (invocation.settledAt !== undefined) this.#since.delete(invocation);
    for (const invocation of invocations.open) {
      if (!invocation.process.alive || invocation.abortedAt !== undefined || !this.#shouldEnd(invocation)) continue;
      const since = this.#since.get(invocation) ?? time;
      this.#since.set(invocation, since);
      const knowsFor = Math.min(time - since, invocation.process.trouble.cleanMs(time));
      if (knowsFor > learnsWithinMs + invocation.process.machine.leaseMs / 10) {
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
