import { limits } from "../../../src/base/limits.ts";
import { hasEnded } from "../../../src/run/states.ts";
import type { TaskPlan } from "../definitions.ts";
import type { Invocation } from "../invocations.ts";
import type { Change, Commit, RunView } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

interface Count {
  failures: number;
  losses: number;
}

/** Rules 5.5 and 5.1: one handler for a token; how attempts end, and what that spends. */
export class Attempts implements Checker {
  readonly #world: World;
  readonly #counts = new Map<string, Count>();
  /** The claims, by token. */
  readonly #claims = new Map<number, { id: string; attempt: number; node: string | undefined }>();
  readonly #cancelled = new Set<string>();
  readonly #failureTold = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  onStart({ id, token, attempt, process }: Invocation): void {
    const claim = this.#claims.get(token);
    if (this.#world.invocations.byToken.has(token)) this.#fail(id, `was started twice under token ${token}`);
    if (!claim || claim.id !== id || claim.attempt !== attempt)
      this.#fail(id, `was started as attempt ${attempt} under token ${token}, which is not its claim`);
    if (claim && claim.node !== process.name)
      this.#fail(id, `was started at ${process.name}, and claimed for ${claim.node}`);
  }

  onCommit(commit: Commit): void {
    for (const change of commit.runs) this.#check(commit, change);
  }

  onCancel(id: string, answer: "ended" | "requested"): void {
    const run = this.#world.shadow.runs.get(id);
    // A run that is gone by now had ended long ago.
    if (answer === "ended" && run && !hasEnded(run.state))
      this.#fail(id, `was said to have ended, and is ${run.state}`);
  }

  /** An end is told only once it is durable, and `onFailure` is called once at most. */
  onEnd(event: "run.completed" | "run.failed" | "onFailure", id: string): void {
    const state = this.#world.shadow.runs.get(id)?.state;
    if (state !== undefined && state !== (event === "run.completed" ? "completed" : "failed"))
      this.#fail(id, `was told of by ${event}, and is ${state}`);
    if (event === "onFailure" && this.#failureTold.has(id)) this.#fail(id, "was told to onFailure twice");
    if (event === "onFailure") this.#failureTold.add(id);
  }

  #check({ call }: Commit, { id, before, after }: Change<RunView>): void {
    if (!after) return;
    if (after.cancelRequested) this.#cancelled.add(after.id);
    if (after.state === "running" && before?.state !== "running") {
      const node = after.current?.node;
      const attempts = (before?.attemptCount ?? 0) + 1;
      if (after.attemptCount !== attempts || after.current?.attempt !== attempts)
        this.#fail(after.id, `began attempt ${after.attemptCount} after ${attempts - 1}`);
      this.#claims.set(after.token, { id: String(id), attempt: attempts, node });
      return;
    }
    if (before?.state !== "running" || after.state === "running") {
      const ends = after.state === "failed" && before && !["E_CANCELLED", "E_NO_HANDLER"].includes(after.outcome ?? "");
      if (ends) this.#fail(after.id, `ended ${after.outcome} while no attempt was under way`);
      return;
    }
    this.#checkEnd(call.verb, before, after);
  }

  /** An attempt is over. A run that would go on, and was to be cancelled, ends in the same step: two entries. */
  #checkEnd(verb: string, before: RunView, after: RunView): void {
    const count = this.#counts.get(after.id) ?? { failures: 0, losses: 0 };
    this.#counts.set(after.id, count);
    const isCut = after.outcome === "E_CANCELLED" && after.attempts.at(-1)?.attempt === 0;
    const last = after.attempts.at(isCut ? -2 : -1);
    const fail = (what: string) => this.#fail(after.id, `${what} (attempt ${before.attemptCount}, ${verb})`);
    if (!last || last.token !== before.token || last.attempt !== before.attemptCount)
      return fail("ended an attempt that is not in its record");
    if (before.cancelRequested && !hasEnded(after.state)) return fail("goes on, and was to be cancelled");
    if (isCut) return before.cancelRequested ? undefined : fail("ended E_CANCELLED, and nobody cancelled it");
    const plan = this.#planOf(after.task);
    switch (last.outcome) {
      case "lost":
        count.losses += 1;
        if (verb !== "nodes.reap") fail("was lost by a verb that finds no dead");
        if ((plan.onLost === "fail" || count.losses >= limits.lossesMax) !== (after.state === "failed"))
          fail(`is ${after.state} after ${count.losses} losses`);
        return;
      case "released":
        if (verb !== "runs.finish" && verb !== "nodes.leave") fail("was given back by a verb that gives nothing back");
        if (after.state !== "ready") fail(`was given back, and is ${after.state}`);
        return;
      case "completed":
        this.#checkCompleted(this.#world.invocations.byToken.get(before.token), fail);
        return;
      default:
        this.#checkFailure(plan, count, before, after, fail);
    }
  }

  #checkCompleted(invocation: Invocation | undefined, fail: (what: string) => void): void {
    if (invocation?.outcome !== "returned") fail("completed, and its handler did not return");
    if (invocation?.abortCode === "E_TIMEOUT") fail("completed, and had timed out");
  }

  /** A failure: spends a retry where one is left, and ends the run where none is. */
  #checkFailure(plan: TaskPlan, count: Count, before: RunView, after: RunView, fail: (what: string) => void): void {
    const { outcome, error } = after.attempts.at(-1) as RunView["attempts"][0];
    const invocation = this.#world.invocations.byToken.get(before.token);
    if (outcome === "E_CANCELLED") {
      if (!this.#cancelled.has(after.id)) fail("ended E_CANCELLED, and nobody cancelled it");
      return;
    }
    if (outcome === "E_TIMEOUT") {
      if (plan.timeoutMs === undefined || invocation?.abortCode !== "E_TIMEOUT") fail("timed out without a timeout");
    } else if (outcome !== "E_HANDLER") fail(`ended ${outcome}`);
    else if (invocation?.outcome !== "threw") fail("failed, and its handler did not throw");
    const hopeless = error?.name === "Hopeless";
    if (after.state === "failed" && count.failures < plan.retries && !hopeless)
      fail(`ended ${outcome} with ${count.failures} of ${plan.retries} retries spent`);
    if (after.state === "delayed" || after.state === "ready") {
      count.failures += 1;
      if (count.failures > plan.retries || hopeless)
        fail(`is retried for the ${count.failures}. time of ${plan.retries}`);
      const plannedMs = Math.min(5_000, plan.backoffMs * 2 ** (count.failures - 1));
      const waitMs = after.availableAt - this.#world.storeNow();
      if (waitMs < plannedMs * 0.75 - 1 || waitMs > plannedMs * 1.25 + 1)
        fail(`waits ${waitMs} ms instead of ${plannedMs} before its next attempt`);
    }
  }

  #planOf(name: string): TaskPlan {
    return this.#world.versions[0]?.tasks.find((task) => task.name === name) as TaskPlan;
  }

  #fail(id: string, what: string): void {
    this.#world.fail("attempts", `run ${id} ${what}`);
  }
}
