import { hasEnded, type RunEvent, type RunState, statusOf, transitions } from "../../../src/run/states.ts";
import type { Change, Commit, RunView } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

const ranks = { pending: 0, processing: 1, completed: 2, errors: 2 } as const;
/** How many ticks pass between two looks at everything. */
const ticksPerLook = 40;

/** Promise 4: a run moves only along the transition table, its times are in order, and once ended it never changes. */
export class Lifecycle implements Checker {
  readonly #world: World;
  #ticks = 0;

  constructor(world: World) {
    this.#world = world;
  }

  onCommit(commit: Commit): void {
    for (const change of commit.runs) this.#check(commit, change);
  }

  onTick(): void {
    this.#ticks += 1;
    if (this.#ticks % ticksPerLook === 0) this.atEnd();
  }

  atEnd(): void {
    const [stray] = this.#world.shadow.strays();
    if (stray) this.#world.fail("lifecycle", `${stray} changed without a call that said so`);
  }

  #check({ call, now }: Commit, { id, before, after }: Change<RunView>): void {
    const fail = (what: string) => this.#world.fail("lifecycle", `run ${id} ${what} by ${call.verb} ${call.number}`);
    if (!after) {
      if (
        call.verb !== "runs.prune" ||
        !before ||
        !hasEnded(before.state) ||
        (before.completedAt ?? 0) > now - 3_600_000
      )
        fail("was deleted");
      return;
    }
    if (before && before.seq !== after.seq) return fail("was made a second time");
    if (before && hasEnded(before.state))
      return fail(`had ended ${before.outcome} and changed to ${after.state} ${after.outcome}`);
    if (!before && !["held", "delayed", "ready", "running"].includes(after.state)) fail(`began as ${after.state}`);
    if (before && !leadsTo(before.state, after.state)) fail(`moved from ${before.state} to ${after.state}`);
    if (before && rankOf(after) < rankOf(before)) fail(`moved back from ${rankOf(before)} to ${rankOf(after)}`);
    this.#checkTimes(after, fail);
    if (before) {
      const kept = [
        "id",
        "taskId",
        "task",
        "trigger",
        "triggeredAt",
        "priority",
        "payload",
        "scheduledFor",
        "scheduleKey",
        "rootId",
        "retryOf",
      ] as const;
      const lost = kept.find((field) => before[field] !== after[field]);
      if (lost) fail(`had its ${lost} changed`);
      if (before.startedAt !== undefined && before.startedAt !== after.startedAt) fail("had its startedAt changed");
    }
  }

  #checkTimes(run: RunView, fail: (what: string) => void): void {
    const { triggeredAt, startedAt, completedAt } = run;
    if (startedAt !== undefined && startedAt < triggeredAt) fail("started before it was triggered");
    if ((completedAt !== undefined) !== hasEnded(run.state)) fail(`is ${run.state} and has completedAt ${completedAt}`);
    if (completedAt !== undefined && completedAt < (startedAt ?? triggeredAt)) fail("ended before it started");
    if (hasEnded(run.state) && (run.state === "completed") !== (run.outcome === "completed"))
      fail(`is ${run.state} with ${run.outcome}`);
  }
}

function rankOf(run: RunView): number {
  return ranks[statusOf(run.state, run.startedAt !== undefined)];
}

/** Along one arrow, or along those that are taken in one step: a run that proceeds, is due and is claimed. */
function leadsTo(from: RunState, to: RunState): boolean {
  if (from === to) return true;
  const arrows = Object.keys(transitions) as RunEvent[];
  const direct = arrows.some((event) => transitions[event].from.includes(from) && transitions[event].to === to);
  return direct || (from === "delayed" && to === "running") || (from === "held" && to === "ready");
}
