import { hasEnded } from "../../../src/run/states.ts";
import type { Change, Commit, RunView } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

/**
 * What a handler said is kept before its end is, each line once and in order, where no call of its process failed and
 * its calls reach the store in the order in which they were made.
 */
export class Lines implements Checker {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  onCommit({ call, runs }: Commit): void {
    if (call.verb === "runs.finish" && this.#world.options.inOrder) for (const change of runs) this.#check(change);
  }

  #check({ before, after }: Change<RunView>): void {
    const invocation = before && this.#world.invocations.byToken.get(before.token);
    if (!invocation || !after || !hasEnded(after.state)) return;
    if (invocation.settledAt === undefined || invocation.abortedAt !== undefined) return;
    const { time, state } = this.#world;
    if (invocation.process.trouble.cleanMs(time) < time - invocation.startedAt) return;
    const kept = (state.logs.get(after.id)?.lines ?? []).filter(({ attempt }) => attempt === invocation.attempt);
    const shown = kept.map(({ message }) => message).join();
    const said = invocation.said.join();
    if (shown !== said) this.#world.fail("lines", `${after.task} ${after.id} said [${said}] and [${shown}] is kept`);
    const last = invocation.said.at(-1);
    if (last !== undefined && after.progress?.note !== last) {
      this.#world.fail(
        "lines",
        `${after.task} ${after.id} said ${last} last, and its progress is ${after.progress?.note}`,
      );
    }
  }
}
