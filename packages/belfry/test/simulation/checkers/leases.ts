import type { Invocation } from "../invocations.ts";
import type { Process } from "../process.ts";
import { type Change, type Commit, type CommitOf, isCommitOf, type NodeView } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

/** A node that was away for no longer than this many leases keeps all that it holds. */
const healthyLeases = 1.5;
/** With less time than this between them, two absences leave no time to renew: a call, a pause, and a call again. */
const gapLeases = 0.4;
/** An observer that was away for longer than this has not watched without a gap. */
const unwatchedLeases = 0.5;

/** Rule 5.3, promise 5: who may be declared dead, by whom, and that nobody healthy is. */
export class Leases implements Checker {
  readonly #world: World;
  /** True time of each epoch's newest renewal. */
  readonly #renewedAt = new Map<number, number>();
  readonly #ownerOf = new Map<number, Process>();
  readonly #buried = new Set<number>();

  constructor(world: World) {
    this.#world = world;
  }

  onCommit(commit: Commit): void {
    if (isCommitOf(commit, "nodes.reap")) this.#checkReap(commit);
    else if (commit.call.verb === "nodes.renew" && (commit.answer as { outcome: string }).outcome === "renewed") {
      this.#renewedAt.set(commit.call.args[0] as number, commit.at);
    }
    for (const change of commit.nodes) this.#note(commit, change);
  }

  /** A signal that says E_LOST is right only where the lease is gone, or could not be renewed for long. */
  onAbort(invocation: Invocation): void {
    if (invocation.abortCode !== "E_LOST") return;
    const { process, id, token } = invocation;
    const run = this.#world.shadow.runs.get(id);
    if (run?.state !== "running" || run.token !== token) return;
    const { leaseMs } = process.machine;
    const awayMs = this.#awayWithin(process, this.#world.time - 2 * leaseMs);
    if (awayMs <= healthyLeases * leaseMs) {
      this.#fail(`${process.name} was away for ${awayMs.toFixed(0)} ms at most, and stopped ${run.task} ${id} as lost`);
    }
  }

  #note({ call, now, at }: Commit, { id, before, after }: Change<NodeView>): void {
    const epoch = Number(id);
    if (after && !before) {
      if (call.verb !== "nodes.register") this.#fail(`node ${after.name} appeared by ${call.verb}`);
      this.#ownerOf.set(epoch, call.process);
    }
    if (!after && !["nodes.reap", "nodes.leave"].includes(call.verb))
      this.#fail(`node ${before?.name} went by ${call.verb}`);
    if (!after && call.verb === "nodes.leave" && this.#ownerOf.get(epoch) !== call.process)
      this.#fail(`${call.process.name} left for ${before?.name}`);
    if (!after) return;
    if (after.expiresAt !== before?.expiresAt) {
      if (this.#ownerOf.get(epoch) !== call.process)
        this.#fail(`${call.process.name} renewed the lease of ${after.name}`);
      if (after.expiresAt > now + after.leaseMs)
        this.#fail(`the lease of ${after.name} lasts ${after.expiresAt - now} ms from now`);
      this.#renewedAt.set(epoch, at);
    }
  }

  #checkReap(commit: CommitOf<"nodes.reap">): void {
    const [by, suspects] = commit.call.args;
    const gone = commit.nodes.filter(({ after }) => !after);
    if (gone.length === 0 && commit.runs.length === 0) return;
    const { process } = commit.call;
    const own = this.#world.state.nodes.get(by);
    if (!own || !this.#world.shadow.nodes.has(by))
      this.#fail(`${process.name} found nodes dead under epoch ${by}, which is over`);
    else if (own.expiresAt < commit.now + own.leaseMs)
      this.#fail(`${process.name} found nodes dead without renewing its own lease in the same step`);
    for (const { before } of gone) {
      if (!before) continue;
      this.#checkVictim(commit, before, suspects.find(({ epoch }) => epoch === before.epoch)?.expiresAt === undefined);
    }
    // What is held goes on where the run before it ended with its attempt.
    const lost = commit.runs.find(
      ({ before }) => before?.state !== "held" && !gone.some(({ id }) => id === before?.epoch),
    );
    if (lost) this.#fail(`run ${lost.id} was lost, and its node was not found dead`);
  }

  #checkVictim({ call, now, at }: CommitOf<"nodes.reap">, victim: NodeView, isProved: boolean): void {
    const owner = this.#ownerOf.get(victim.epoch);
    const { process } = call;
    this.#buried.add(victim.epoch);
    if (!owner?.alive) return;
    if (isProved) return this.#fail(`${process.name} held the death of ${victim.name} for proved, and it lives`);
    const isOver = victim.expiresAt <= now || victim.expiresAt > now + victim.leaseMs;
    if (!isOver)
      this.#fail(
        `${process.name} found ${victim.name} dead, whose lease lasts for another ${victim.expiresAt - now} ms`,
      );
    const awayMs = this.#awayWithin(owner, this.#renewedAt.get(victim.epoch) ?? 0);
    const holds = this.#world.shadow.heldBy(victim.epoch).length;
    if (holds > 0 && owner.phase !== "stopped" && awayMs <= healthyLeases * victim.leaseMs) {
      this.#fail(
        `${process.name} found ${victim.name} dead with ${holds} runs, and it was away for ${awayMs.toFixed(0)} ms at most`,
      );
    }
    const unwatchedMs = process.away.longest(at - victim.leaseMs, call.issuedAt, 0);
    if (unwatchedMs > unwatchedLeases * victim.leaseMs + this.#world.callMsMax + 1_500) {
      this.#fail(
        `${process.name} found ${victim.name} dead, and had itself been away for ${unwatchedMs.toFixed(0)} ms within the last lease`,
      );
    }
  }

  /** For how long at a stretch a process has been away since then. */
  #awayWithin(process: Process, since: number): number {
    return process.away.longest(since, this.#world.time, gapLeases * process.machine.leaseMs);
  }

  #fail(what: string): void {
    this.#world.fail("leases", what);
  }
}
