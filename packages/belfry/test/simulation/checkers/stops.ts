import type { Process } from "../process.ts";
import type { Commit } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

/** Beyond the two graces: the calls that are under way, one after the other. */
const settlesWithinMs = 25_000;

/** The verbs that callers ask for, and no loop of an engine. */
const askedFor: ReadonlySet<string> = new Set([
  ...["runs.insert", "runs.cancel", "schedules.put", "schedules.remove", "schedules.amend"],
  ...["backfills.create", "backfills.set"],
]);

/** Rule 5.5: a stop gives back at once what is not done within its grace, and nothing of the process changes anything after it. */
export class Stops implements Checker {
  readonly #world: World;
  readonly #ownerOf = new Map<number, Process>();
  /** Those whose lease was given up in time. */
  readonly #left = new Set<Process>();
  readonly #stopped = new Set<Process>();

  constructor(world: World) {
    this.#world = world;
  }

  onCommit({ call, answer, runs, schedules }: Commit): void {
    const { process, verb } = call;
    if (verb === "nodes.register") this.#ownerOf.set((answer as { epoch: number }).epoch, process);
    // What a caller asked for may arrive late; what the engine writes by itself may change nothing any more.
    const isCallers = askedFor.has(verb);
    const changed =
      runs.find(({ before, after }) => (before ? !isCallers : after?.state === "running")) ??
      (isCallers ? undefined : schedules[0]);
    if (changed && this.#left.has(process) && this.#stopped.has(process))
      this.#fail(`${process.name} had stopped, and its ${verb} changed ${changed.id}`);
    if (verb === "nodes.leave") this.#left.add(process);
    for (const { id, before, after } of runs) {
      const isClaimed = after?.state === "running" && before?.state !== "running";
      if (isClaimed && call.issuedAt > process.stopCalledAt && process.stopCalledAt > process.upSince)
        this.#fail(`${process.name} claimed run ${id} after it was told to stop`);
    }
  }

  onTick(): void {
    const { time, processes, options } = this.#world;
    for (const process of processes) {
      if (process.phase !== "stopping" || !process.alive) continue;
      const waitedMs = Math.min(time - process.stopCalledAt, process.away.cleanMs(time));
      if (waitedMs > 2 * options.stopGraceMs + settlesWithinMs)
        this.#fail(`${process.name} has not stopped for ${waitedMs.toFixed(0)} ms`);
    }
  }

  onStopped(process: Process, error: unknown): void {
    if (error !== undefined)
      this.#fail(`stop() of ${process.name} rejected ${error instanceof Error ? error.stack : String(error)}`);
    this.#stopped.add(process);
    const { time, shadow } = this.#world;
    if (process.trouble.cleanMs(time) < time - process.stopCalledAt) return;
    for (const [epoch, owner] of this.#ownerOf) {
      const [held] = owner === process ? shadow.heldBy(epoch) : [];
      if (held) this.#fail(`${process.name} has stopped, and still holds ${held.task} ${held.id}`);
    }
  }

  #fail(what: string): void {
    this.#world.fail("stops", what);
  }
}
