import { limits } from "../../base/limits.ts";
import type { Failure } from "../../run/failure.ts";
import { cancelledFailure } from "../../run/failure.ts";
import type { AttemptOutcome, RunRow } from "../../run/record.ts";
import { after, hasEnded, type RunEvent } from "../../run/states.ts";
import type { KeyRow } from "../keys.ts";
import type { LogLine } from "../logs.ts";
import type { NodeRow } from "../nodes.ts";
import type { Cancelling, InsertAnswer, NewRun } from "../runs.ts";
import type { ScheduleRow } from "../schedules.ts";
import type { Claimant, ClaimedRun } from "../store.ts";
import type { TaskRow } from "../tasks.ts";
import { Spans } from "./spans.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface MemoryRun extends RunRow {
  seq: number;
  scheduleId?: number;
  epoch?: number;
  attemptCount: number;
  failures: number;
  losses: number;
  token: number;
  cancelReason?: string;
}
export type MemorySchedule = Mutable<ScheduleRow> & { removed: boolean };
export type MemoryNode = Mutable<Omit<NodeRow, "expired" | "running">> & { taskIds: readonly string[] };

/** What an insert answers of a run. */
export type RunAnswer = Pick<Extract<InsertAnswer, { run: object }>, "run" | "availableAt">;

/** What a run needs to come into being, by whatever asked for it. */
export type RunSeed = Omit<NewRun, "trigger" | "idempotency"> & Pick<RunRow, "trigger"> & { scheduleId?: number };

/** The tables, and the steps that more than one verb takes. Every method is one atomic step: nothing in it awaits. */
export class MemoryState {
  readonly tasks = new Map<string, Mutable<TaskRow>>();
  readonly digests = new Map<string, string>();
  readonly schedules = new Map<number, MemorySchedule>();
  readonly runs = new Map<string, MemoryRun>();
  readonly spans = new Spans();
  readonly nodes = new Map<number, MemoryNode>();
  readonly logs = new Map<string, { lines: LogLine[]; dropped: number }>();
  readonly apiKeys = new Map<string, KeyRow>();
  readonly keys = new Map<string, { request: string; answer: RunAnswer; madeAt: number }>();
  /** The listeners of each store on these tables. */
  readonly listeners = new Set<Set<() => void>>();
  /** Grows with every change but a lease's: what the other stores are told of. */
  changes = 0;
  readonly #clock: () => number;
  #time: number | undefined;
  #token = 0;
  #sequence = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  now(): number {
    return this.#time ?? this.#clock();
  }

  /** Makes one verb's changes: time stands still meanwhile, as in a transaction. */
  atOnce<T>(verb: () => T): T {
    this.#time = this.#clock();
    try {
      return verb();
    } finally {
      this.#time = undefined;
    }
  }

  nextNumber(): number {
    return ++this.#sequence;
  }

  findRun(id: string): MemoryRun | undefined {
    return this.runs.get(id);
  }

  /** The fence: whether this token is the one that holds the run now. */
  holds(run: MemoryRun | undefined, token: number): run is MemoryRun {
    return run?.state === "running" && run.token === token;
  }

  /** Whether the schedule is still as the planner believed when it decided. */
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
    return [...this.runs.values()].filter((run) => run.state === "running" && run.epoch === epoch);
  }

  /** Moves a run along the transition table; false (and nothing changed) where the table has no such arrow. */
  move(run: MemoryRun, event: RunEvent): boolean {
    const next = after(run.state, event);
    if (!next) return false;
    if (run.state === "running" && next === "ready") run.availableAt = this.now();
    run.state = next;
    this.changes += 1;
    if (hasEnded(next))
      run.completedAt = Math.max(this.now(), run.startedAt ?? run.triggeredAt, run.current?.startedAt ?? 0);
    return true;
  }

  addRun(seed: RunSeed): MemoryRun {
    const now = this.now();
    const task = this.tasks.get(seed.taskId) as TaskRow;
    const availableAt = Math.max(now, seed.at ?? now + (seed.delayMs ?? 0));
    const { id, taskId, trigger, priority, payload, reason, retryOf, rootId, scheduleKey, scheduledFor, scheduleId } =
      seed;
    const run: MemoryRun = {
      ...{ id, taskId, trigger, priority, payload, reason, retryOf, rootId, scheduleKey, scheduledFor, scheduleId },
      ...{ task: task.name, app: task.app, seq: this.nextNumber(), state: availableAt > now ? "delayed" : "ready" },
      ...{ triggeredAt: now, availableAt, attempts: [], cancelRequested: false },
      ...{ attemptCount: 0, failures: 0, losses: 0, token: 0 },
    };
    this.runs.set(id, run);
    this.changes += 1;
    return run;
  }

  /** What is delayed and due becomes ready. */
  promote(): void {
    const now = this.now();
    for (const run of this.runs.values()) if (run.state === "delayed" && run.availableAt <= now) this.move(run, "due");
  }

  /** Ready runs of these tasks, in the order in which they are claimed. */
  readyOf(taskIds: readonly string[]): MemoryRun[] {
    const ready = [...this.runs.values()].filter((run) => run.state === "ready" && taskIds.includes(run.taskId));
    return ready.sort((a, b) => b.priority - a.priority || a.seq - b.seq);
  }

  /** Claims the run for `by`, unless its task is not the claimant's or has as many running as it may. */
  tryClaim(run: MemoryRun, by: Claimant): ClaimedRun | undefined {
    const task = this.tasks.get(run.taskId);
    const running = [...this.runs.values()].filter(
      (other) => other.taskId === run.taskId && other.state === "running",
    ).length;
    if (!by.taskIds.includes(run.taskId) || running >= (task?.concurrency ?? Number.POSITIVE_INFINITY))
      return undefined;
    if (!this.move(run, "claim")) return undefined;
    const claimedAt = Math.max(this.now(), run.triggeredAt);
    run.token = ++this.#token;
    run.epoch = by.epoch;
    run.attemptCount += 1;
    run.startedAt ??= claimedAt;
    const node = this.nodes.get(by.epoch)?.name ?? "";
    run.current = { attempt: run.attemptCount, node, token: run.token, startedAt: claimedAt };
    return this.toClaimed(run);
  }

  toClaimed(run: MemoryRun): ClaimedRun {
    const {
      id,
      taskId,
      task,
      token,
      failures,
      trigger,
      priority,
      triggeredAt,
      scheduleKey,
      scheduledFor,
      rootId,
      payload,
    } = run;
    const claimedAt = run.current?.startedAt ?? 0;
    return {
      id,
      taskId,
      task,
      token,
      attempt: run.attemptCount,
      failures,
      trigger,
      priority,
      triggeredAt,
      claimedAt,
      scheduleKey,
      scheduledFor,
      rootId,
      payload,
    };
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

  /** An attempt is over, and its run is to be cancelled: it ends instead of going on. */
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
