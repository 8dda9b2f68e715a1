import { limits } from "../../base/limits.ts";
import { cancelledFailure, type Failure } from "../../run/failure.ts";
import type { AttemptOutcome } from "../../run/record.ts";
import { after, hasEnded, type RunEvent } from "../../run/states.ts";
import type { CancelAnswer, Cancelling } from "../runs.ts";
import type { Claimant, ClaimedRun } from "../store.ts";
import { countEnd } from "./failing.ts";
import { type MemoryRun, type MemorySchedule, type MemoryTask, type RunSeed, toClaimed } from "./rows.ts";
import { MemoryTables } from "./tables.ts";

export type { MemoryNode, MemoryRun, MemorySchedule } from "./rows.ts";

/** The tables, and the steps that more than one verb takes. Every method is one atomic step: nothing in it awaits. */
export class MemoryState extends MemoryTables {
  #token = 0;

  findRun(id: string): MemoryRun | undefined {
    return this.runs.get(id);
  }

  /** The fence: whether this token is the one that holds the run now. */
  holds(run: MemoryRun | undefined, token: number): run is MemoryRun {
    return run?.state === "running" && run.token === token;
  }

  /** Whether the schedule is still as was believed when something was computed for it. */
  stands(
    schedule: MemorySchedule | undefined,
    believed: { version: number; cursor: number },
  ): schedule is MemorySchedule {
    return (
      schedule !== undefined &&
      !schedule.removed &&
      schedule.version === believed.version &&
      schedule.cursor === believed.cursor
    );
  }

  /** Whether the lease was neither taken over nor given up. */
  isLive(epoch: number): boolean {
    return this.nodes.has(epoch);
  }

  /** Renews the lease; false where it was taken over. */
  renew(epoch: number): boolean {
    const node = this.nodes.get(epoch);
    if (node) node.expiresAt = this.now() + node.leaseMs;
    return this.isLive(epoch);
  }

  heldBy(epoch: number): MemoryRun[] {
    return [...this.runs.running].filter((run) => run.epoch === epoch);
  }

  /**
   * Moves a run along the transition table, with what changes beside; false (and nothing changed) where the table has
   * no such arrow. What waits for its end goes on at once.
   */
  move(run: MemoryRun, event: RunEvent, beside: Partial<MemoryRun> = {}): boolean {
    const state = after(run.state, event);
    if (!state) return false;
    const now = this.now();
    const isBack = run.state === "running" && state === "ready";
    const isEnd = hasEnded(state);
    const completedAt = Math.max(now, run.startedAt ?? run.triggeredAt, run.current?.startedAt ?? 0);
    this.runs.update(run, {
      ...{ state, ...beside },
      ...(isBack ? { availableAt: now } : {}),
      ...(isEnd ? { completedAt } : {}),
    });
    this.changes += 1;
    if (isEnd) this.countEnd(run, event);
    if (isEnd && run.trigger === "schedule" && run.scheduleId !== undefined) this.proceed(run.scheduleId);
    return true;
  }

  /** Counts an end where its schedule or its backfill counts. */
  countEnd(run: MemoryRun, event: RunEvent): void {
    countEnd(this, run, event);
  }

  /** The schedule's oldest held run goes on, once none that came before it is left. */
  proceed(scheduleId: number): void {
    const run = this.runs.unfinished.of(scheduleId).first;
    if (run?.state !== "held") return;
    // It waited for others until now: for a handler it waits from now on.
    this.move(run, "proceed", { availableAt: Math.max(run.availableAt, this.now()) });
    if (run.availableAt <= this.now()) this.move(run, "due");
  }

  addRun({ delayMs, at, isHeld = false, ...seed }: RunSeed): MemoryRun {
    const now = this.now();
    const task = this.tasks.get(seed.taskId) as MemoryTask;
    const availableAt = Math.max(now, at ?? now + (delayMs ?? 0));
    const state = isHeld ? "held" : availableAt > now ? "delayed" : "ready";
    const run: MemoryRun = {
      ...seed,
      ...{ task: task.name, app: task.app, seq: this.nextNumber(), state, triggeredAt: now, availableAt },
      ...{ attempts: [], cancelRequested: false, attemptCount: 0, failures: 0, losses: 0, token: 0 },
    };
    this.runs.set(run.id, run);
    this.changes += 1;
    return run;
  }

  /** What is delayed and due becomes ready. */
  promote(): void {
    const now = this.now();
    for (let run = this.runs.delayed.first; run && run.availableAt <= now; run = this.runs.delayed.first)
      this.move(run, "due");
  }

  /** Ready runs of these tasks, in the order in which they are claimed; what is claimed meanwhile does not matter. */
  *readyOf(taskIds: readonly string[]): Iterable<MemoryRun> {
    const own = new Set(taskIds);
    for (const run of this.runs.ready) if (own.has(run.taskId)) yield run;
  }

  /** Claims the run for `by`, unless its task is not the claimant's or has as many running as it may. */
  tryClaim(run: MemoryRun, by: Claimant): ClaimedRun | undefined {
    const { concurrency } = this.tasks.get(run.taskId) ?? {};
    if (!by.taskIds.includes(run.taskId) || (concurrency !== undefined && this.#runningOf(run.taskId) >= concurrency))
      return undefined;
    const claimedAt = Math.max(this.now(), run.triggeredAt);
    if (!this.move(run, "claim", { startedAt: run.startedAt ?? claimedAt })) return undefined;
    run.token = ++this.#token;
    run.epoch = by.epoch;
    run.attemptCount += 1;
    const node = this.nodes.get(by.epoch)?.name ?? "";
    run.current = { attempt: run.attemptCount, node, token: run.token, startedAt: claimedAt };
    return this.toClaimed(run);
  }

  toClaimed(run: MemoryRun): ClaimedRun {
    return toClaimed(run, this.schedules.current(run.taskId, run.scheduleKey)?.spec);
  }

  #runningOf(taskId: string): number {
    let count = 0;
    for (const run of this.runs.running) if (run.taskId === taskId) count += 1;
    return count;
  }

  /** Notes how the current attempt ended. */
  endAttempt(run: MemoryRun, outcome: AttemptOutcome, error?: Failure): void {
    if (!run.current) return;
    const endedAt = run.completedAt ?? Math.max(this.now(), run.current.startedAt);
    run.attempts.push({ ...run.current, endedAt, outcome, ...(error ? { error } : {}) });
    if (run.attempts.length > limits.attemptsKept) run.attempts.shift();
    delete run.current;
    delete run.epoch;
  }

  /** Notes an end that no attempt brought: cancelled while waiting, or never any handler. */
  endWithoutAttempt(run: MemoryRun, error: Failure): void {
    const at = run.completedAt ?? this.now();
    run.outcome = error.code;
    run.attempts.push({ attempt: 0, node: "", token: 0, startedAt: at, endedAt: at, outcome: error.code, error });
  }

  /** Ends what waits, marks what runs: its first reason stays. */
  cancel(run: MemoryRun, reason?: string): CancelAnswer {
    if (hasEnded(run.state)) return { outcome: "ended", now: false };
    run.cancelRequested = true;
    run.cancelReason ??= reason;
    this.changes += 1;
    return this.endIfCancelled(run) ? { outcome: "ended", now: true } : { outcome: "requested" };
  }

  /** No attempt runs, and the run is to be cancelled: it ends instead of going on. */
  endIfCancelled(run: MemoryRun): boolean {
    if (!run.cancelRequested || !this.move(run, "cancel")) return false;
    this.endWithoutAttempt(run, cancelledFailure(run.cancelReason));
    return true;
  }

  /** What is to be cancelled of what the epoch holds. */
  cancelledOf(epoch: number): Cancelling[] {
    const runs = this.heldBy(epoch).filter((run) => run.cancelRequested);
    return runs.map(({ id, cancelReason: reason }) => (reason === undefined ? { id } : { id, reason }));
  }
}
