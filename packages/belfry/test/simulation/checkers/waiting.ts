import type { Process } from "../process.ts";
import type { Commit, RunView } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

/** A hint within a second, and a call or two. */
const takenWithinMs = 2_500;
/** A claim that was never answered is found again after five seconds, in looks a second apart. */
const foundWithinMs = 9_000;

/** Nothing waits while somebody could run it, and nothing is held by a node that does not know of it. */
export class Waiting implements Checker {
  readonly #world: World;
  /** True time since when a run could have been taken by a process, by both. */
  readonly #couldSince = new Map<string, number>();
  /** True time since when the process has claimed nothing of what waits: then it is not that others came first. */
  readonly #claimedAt = new Map<Process, number>();
  readonly #strangeSince = new Map<number, number>();
  readonly #ownerOf = new Map<number, Process>();

  constructor(world: World) {
    this.#world = world;
  }

  onCommit({ at, call, answer, runs }: Commit): void {
    const isClaim = call.verb === "runs.claim" && runs.some(({ after }) => after?.state === "running");
    if (isClaim) this.#claimedAt.set(call.process, at);
    if (call.verb === "nodes.register") this.#ownerOf.set((answer as { epoch: number }).epoch, call.process);
  }

  onTick(): void {
    const { shadow } = this.#world;
    const runs = [...shadow.unfinished].map((id) => shadow.runs.get(id) as RunView);
    this.#checkReady(runs);
    for (const run of runs) if (run.state === "running") this.#checkHeld(run);
  }

  #checkReady(runs: readonly RunView[]): void {
    const now = this.#world.storeNow();
    const waiting = runs.filter((run) => run.state === "ready" || (run.state === "delayed" && run.availableAt <= now));
    const able = this.#world.processes.filter(
      (one) => one.alive && one.phase === "up" && one.machine.works && this.#hasSlot(one),
    );
    const seen = new Set<string>();
    for (const run of waiting) {
      if (!this.#hasRoom(run, runs)) continue;
      for (const process of able) {
        if (!process.version.tasks.some(({ name }) => name === run.task)) continue;
        const pair = `${run.id}/${run.attemptCount}/${process.name}`;
        seen.add(pair);
        const since = this.#couldSince.get(pair) ?? this.#world.time;
        this.#couldSince.set(pair, since);
        this.#checkWait(run, process, since);
      }
    }
    for (const pair of this.#couldSince.keys()) if (!seen.has(pair)) this.#couldSince.delete(pair);
  }

  #checkWait(run: RunView, process: Process, since: number): void {
    const { time } = this.#world;
    const claimedMs = time - (this.#claimedAt.get(process) ?? 0);
    const waitedMs = Math.min(time - since, claimedMs, time - process.upSince, process.trouble.cleanMs(time));
    if (waitedMs <= takenWithinMs) return;
    this.#world.fail(
      "waiting",
      `${run.task} ${run.id} is ${run.state}, and ${process.name} has not taken it for ${waitedMs.toFixed(0)} ms`,
    );
  }

  #hasSlot(process: Process): boolean {
    return this.#world.invocations.countIn(process) < this.#world.options.concurrency;
  }

  #hasRoom(run: RunView, runs: readonly RunView[]): boolean {
    const limit = this.#world.state.tasks.get(run.taskId)?.concurrency;
    return (
      limit === undefined ||
      runs.filter((other) => other.taskId === run.taskId && other.state === "running").length < limit
    );
  }

  #checkHeld(run: RunView): void {
    const { time, invocations } = this.#world;
    const process = run.epoch === undefined ? undefined : this.#ownerOf.get(run.epoch);
    if (!process?.alive || process.phase !== "up" || invocations.byToken.has(run.token)) return;
    const since = this.#strangeSince.get(run.token) ?? time;
    this.#strangeSince.set(run.token, since);
    const lostMs = Math.min(time - since, process.trouble.cleanMs(time));
    if (lostMs > foundWithinMs) {
      this.#world.fail(
        "waiting",
        `${run.task} ${run.id} is held by ${process.name} under ${run.token}, which has not started it for ${lostMs.toFixed(0)} ms`,
      );
    }
  }
}
