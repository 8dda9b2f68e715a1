import type { Process } from "../process.ts";
import type { Commit } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

/** Promise 5, each with what a look and its calls take: 2 s where the death is proved, else two leases. */
const provedMs = 2_000;
const unprovedLeases = 2;

interface Orphan {
  readonly id: string;
  readonly token: number;
  readonly process: Process;
}

/** What a dead process held is free again in time, as long as somebody lives whom nothing hinders. */
export class Recovery implements Checker {
  readonly #world: World;
  /** The process whose call brought this epoch. */
  readonly #ownerOf = new Map<number, Process>();
  /** True time of each process's newest call that reached the store: some do so after its death. */
  readonly #lastWord = new Map<Process, number>();

  constructor(world: World) {
    this.#world = world;
  }

  onCommit({ at, call, answer }: Commit): void {
    this.#lastWord.set(call.process, at);
    if (call.verb === "nodes.register") this.#ownerOf.set((answer as { epoch: number }).epoch, call.process);
  }

  onTick(): void {
    for (const orphan of this.#orphans()) this.#check(orphan);
  }

  *#orphans(): Generator<Orphan> {
    for (const id of this.#world.shadow.unfinished) {
      const run = this.#world.shadow.runs.get(id);
      const process = run?.state === "running" && run.epoch !== undefined ? this.#ownerOf.get(run.epoch) : undefined;
      if (run && process && !process.alive) yield { id, token: run.token, process };
    }
  }

  #check({ id, token, process: dead }: Orphan): void {
    const { time, options, processes } = this.#world;
    const since = Math.max(dead.endedAt, this.#lastWord.get(dead) ?? 0);
    const unprovedMs = unprovedLeases * dead.machine.leaseMs;
    for (const observer of processes) {
      if (!observer.alive || observer.phase !== "up" || !observer.machine.works) continue;
      const watchedMs = Math.min(time - since, time - observer.upSince, observer.trouble.cleanMs(time));
      const proves = dead.presence.bootId === observer.machine.bootId && options.probeFails === 0;
      if (watchedMs > (proves ? provedMs : unprovedMs)) {
        const how = proves ? "whose death is proved" : "whose death is not proved";
        this.#world.fail(
          "recovery",
          `run ${id} is still held under ${token} by ${dead.name}, ${how}, ${watchedMs.toFixed(0)} ms after ${observer.name} could know`,
        );
      }
    }
  }
}
