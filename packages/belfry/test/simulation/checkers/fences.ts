import { hasEnded } from "../../../src/run/states.ts";
import type { Claimant } from "../../../src/store/store.ts";
import { type Commit, type CommitOf, isCommitOf, type RunView } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

type Claiming = "runs.claim" | "runs.insert" | "ledger.fire";

/** Promise 3: tokens grow, are given to living claimants only, and a write under an old one changes nothing. */
export class Fences implements Checker {
  readonly #world: World;
  #newest = 0;
  readonly #lines = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  onCommit(commit: Commit): void {
    this.#checkTokens(commit);
    if (isCommitOf(commit, "runs.finish", "runs.progress", "logs.append")) this.#checkWrites(commit);
    else if (!isCommitOf(commit, "runs.claim", "runs.insert", "ledger.fire")) this.#checkNoClaims(commit);
    else this.#checkClaims(commit);
  }

  #checkTokens({ call, runs }: Commit): void {
    const byToken = runs.toSorted((a, b) => (a.after?.token ?? 0) - (b.after?.token ?? 0));
    for (const { id, before, after } of byToken) {
      if (!after || after.token === (before?.token ?? 0)) {
        if (after?.state === "running" && before?.state !== "running")
          this.#fail(`run ${id} runs without a new token`, call.verb);
        continue;
      }
      if (after.token <= this.#newest)
        this.#fail(`token ${after.token} of run ${id} came after ${this.#newest}`, call.verb);
      this.#newest = Math.max(this.#newest, after.token);
      if (before?.state === "running")
        this.#fail(`run ${id} was claimed while token ${before.token} held it`, call.verb);
    }
  }

  /** Every item under a token that does not hold must leave its run alone, and be told so. */
  #checkWrites(commit: CommitOf<"runs.finish" | "runs.progress" | "logs.append">): void {
    const { call, answer } = commit;
    const written = new Set<string>();
    for (const [index, { id, token }] of call.args[0].entries()) {
      const before = this.#world.shadow.runs.get(id);
      const holds =
        before?.state === "running" && before.token === token && !(call.verb === "runs.finish" && written.has(id));
      const wasDone = call.verb === "runs.finish" && endedUnder(before, token);
      if (holds) written.add(id);
      const told = answer[index];
      if (told !== (holds || wasDone ? "done" : "stale")) {
        if (!written.has(id))
          this.#fail(
            `token ${token} of run ${id} ${holds ? "holds" : "does not hold"} and was told ${told}`,
            call.verb,
          );
      }
    }
    for (const { id, before, after } of commit.runs) {
      const proceeds = before?.state === "held" && after?.cancelRequested === before.cancelRequested;
      if (!written.has(String(id)) && !proceeds)
        this.#fail(`run ${id} was changed under a token that does not hold it`, call.verb);
    }
    if (call.verb === "logs.append") this.#checkLines(call.args[0], written);
  }

  #checkLines(items: readonly { id: string }[], written: ReadonlySet<string>): void {
    for (const { id } of items) {
      const log = this.#world.state.logs.get(id);
      const count = (log?.lines.length ?? 0) + (log?.dropped ?? 0);
      // Fewer are a pruned run's.
      if (!written.has(id) && count > (this.#lines.get(id) ?? 0))
        this.#fail(`run ${id} got lines under a token that does not hold it`, "logs.append");
      this.#lines.set(id, count);
    }
  }

  #checkNoClaims({ call, runs }: Commit): void {
    for (const { id, before, after } of runs) {
      if (after?.state === "running" && before?.state !== "running")
        this.#fail(`run ${id} was claimed by a verb that does not claim`, call.verb);
    }
  }

  /** What was claimed is what was answered, is the claimant's, and is not more than it asked for. */
  #checkClaims({ call, answer, runs, nodes }: CommitOf<Claiming>): void {
    const by = claimantOf(call);
    const claimed = runs.filter(({ before, after }) => after?.state === "running" && before?.state !== "running");
    const told = [...new Set(claimedIn(answer).map(({ id, token }) => `${id}/${token}`))];
    const taken = claimed.map(({ after }) => `${after?.id}/${after?.token}`);
    if (told.toSorted().join() !== taken.toSorted().join())
      this.#fail(`claimed ${taken.join()} and answered ${told.join()}`, call.verb);
    if (claimed.length === 0 || !by) return;
    const alive = nodes.find(({ id }) => id === by.epoch)?.after ?? this.#world.shadow.nodes.get(by.epoch);
    if (!alive) this.#fail(`epoch ${by.epoch} was taken over, and claimed ${taken.join()}`, call.verb);
    if (claimed.length > by.slots) this.#fail(`${claimed.length} runs were claimed for ${by.slots} slots`, call.verb);
    const strange = claimed.find(({ after }) => !by.taskIds.includes(after?.taskId ?? "") || after?.epoch !== by.epoch);
    if (strange) this.#fail(`run ${strange.id} was claimed for a node that has no handler for it`, call.verb);
  }

  #fail(what: string, verb: string): void {
    this.#world.fail("fences", `${what} (${verb})`);
  }
}

/** Whether the attempt with this token ended the run, and was not lost. */
function endedUnder(run: RunView | undefined, token: number): boolean {
  const last = run && hasEnded(run.state) ? run.attempts.at(-1) : undefined;
  return last !== undefined && last.attempt > 0 && last.token === token && last.outcome !== "lost";
}

function claimantOf(call: CommitOf<Claiming>["call"]): Claimant | undefined {
  const [first, second] = call.args;
  return "epoch" in first ? first : (second as Claimant | undefined);
}

function claimedIn(answer: CommitOf<Claiming>["answer"]): readonly Pick<RunView, "id" | "token">[] {
  if (Array.isArray(answer)) {
    const items: readonly { readonly claimed?: Pick<RunView, "id" | "token"> }[] = answer.flatMap(
      (item): readonly object[] => ("links" in item ? item.links : [item]),
    );
    return items.flatMap(({ claimed }) => claimed ?? []);
  }
  return "runs" in answer ? answer.runs : [];
}
