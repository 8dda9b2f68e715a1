import { hasEnded } from "../../../src/run/states.ts";
import type { Commit, RunView } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

/** Rule 5.6: what waits behind earlier runs of its schedule waits for them, in turn, and not a commit longer. */
export class Held implements Checker {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  onCommit({ runs, call }: Commit): void {
    const touched = new Set(
      runs.flatMap(({ before, after }) => {
        const run = after ?? before;
        return run?.trigger === "schedule" && run.scheduleId !== undefined ? [run.scheduleId] : [];
      }),
    );
    if (touched.size === 0) return;
    const unfinished = this.#world.shadow
      .unfinishedWith(runs)
      .filter(({ trigger, scheduleId = -1 }) => trigger === "schedule" && touched.has(scheduleId));
    const isEarlier = (other: RunView, run: RunView) => other.scheduleId === run.scheduleId && other.seq < run.seq;
    for (const run of unfinished) {
      if (run.state === "held" && !unfinished.some((other) => isEarlier(other, run)))
        this.#fail(run, `waits for nothing after ${call.verb}`);
    }
    for (const { before, after } of runs) {
      if (before?.state !== "held" || !after || after.state === "held" || hasEnded(after.state)) continue;
      const earlier = unfinished.find((other) => isEarlier(other, after));
      if (earlier) this.#fail(after, `went on before ${earlier.id}, which is ${earlier.state}`);
    }
  }

  #fail({ task, id }: RunView, what: string): void {
    this.#world.fail("held", `${task} ${id} ${what}`);
  }
}
