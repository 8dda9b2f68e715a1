import { defaults, limits } from "../base/limits.ts";
import { cancelledFailure, type Failure, lostFailure, noHandlerFailure } from "../run/failure.ts";
import type { RunEvent } from "../run/states.ts";
import { failurePauseAuthor, failurePauseReason } from "../store/reasons.ts";
import type { CancelAnswer, Finish } from "../store/runs.ts";
import { Queue } from "./queue.ts";
import { type RunSeed, TestRun } from "./run.ts";
import type { TestSchedule } from "./schedule.ts";
import type { TestTask } from "./task.ts";
import type { VirtualTime } from "./time.ts";

/** The name of the one node. */
const nodeName = "test";

interface BookDeps {
  readonly time: VirtualTime;
  readonly newId: () => string;
  /** How many runs may be under way at once. */
  readonly slots: number;
  /** A run's cancelling was asked for while its handler runs. */
  readonly onCancel: (run: TestRun) => void;
  readonly onEnded: (run: TestRun) => void;
}

/** Where runs stand: what a store would do with them, without keeping anything. */
export class Book {
  readonly #deps: BookDeps;
  readonly #time: VirtualTime;
  readonly #queue = new Queue();
  #free: number;
  #seq = 0;
  #tokens = 0;
  /** Whether a node is there that claims. */
  isUp = true;
  /** Claimed, with a handler that is still to be called. */
  starting: TestRun[] = [];

  constructor(deps: BookDeps) {
    this.#deps = deps;
    this.#time = deps.time;
    this.#free = deps.slots;
  }

  /** Keeps a new run. Where `claim` says so, it is claimed at once while there is a slot for it, else it waits its turn. */
  add(
    owner: TestTask,
    seed: Omit<RunSeed, "id" | "seq" | "triggeredAt"> & { readonly id?: string },
    claim: boolean,
  ): TestRun {
    this.#seq += 1;
    const now = this.#time.wallMs;
    const run = new TestRun(owner, { ...seed, id: seed.id ?? this.#deps.newId(), seq: this.#seq, triggeredAt: now });
    owner.unfinished.push(run);
    if (run.trigger === "schedule") run.schedule?.unfinished.push(run);
    if (run.state !== "delayed") return run;
    if (run.availableAt > now) this.#wait(run);
    else {
      run.move("due");
      if (claim && this.#mayClaim(run)) this.#claim(run);
      else this.#enqueue(run);
    }
    return run;
  }

  /** Claims what waits while there are slots for it. */
  claim(): void {
    while (!this.#queue.isEmpty && this.isUp && this.#free > 0) {
      const run = this.#queue.take(hasRoom);
      if (!run) return;
      this.#claim(run);
    }
  }

  /** A handler has settled. */
  freeSlot(): void {
    this.#free += 1;
  }

  /** An attempt has ended. */
  finish(run: TestRun, finish: Finish): void {
    const now = this.#time.wallMs;
    run.owner.running -= 1;
    run.move(finish.event);
    switch (finish.event) {
      case "complete":
        run.outcome = "completed";
        run.result = finish.result;
        run.resultError = finish.resultError;
        run.endAttempt(now, "completed");
        return this.#end(run, "complete");
      case "fail":
        run.outcome = finish.error.code;
        run.endAttempt(now, finish.error.code, finish.error);
        return this.#end(run, "fail");
      case "retry":
        run.failures += 1;
        run.availableAt = now + finish.delayMs;
        run.endAttempt(now, finish.error.code, finish.error);
        if (!this.#endIfCancelled(run)) this.#wait(run);
        return;
      case "release":
        run.endAttempt(now, "released");
        if (!this.#endIfCancelled(run)) this.#enqueue(run);
    }
  }

  /** The process that ran it is gone. */
  lose(run: TestRun): void {
    run.owner.running -= 1;
    run.losses += 1;
    const isOver = run.losses >= limits.lossesMax || run.owner.row.onLost === "fail";
    run.move(isOver ? "giveUp" : "lose");
    run.endAttempt(this.#time.wallMs, "lost", lostFailure(run.attempt));
    if (isOver) {
      run.outcome = "E_LOST";
      this.#end(run, "giveUp");
    } else if (!this.#endIfCancelled(run)) this.#enqueue(run);
  }

  /** Every slot is free: the process is a new one. */
  freeAll(): void {
    this.#free = this.#deps.slots;
  }

  /** Ends what waits, marks what runs; the first reason stays. */
  cancel(run: TestRun, reason?: string): CancelAnswer {
    if (run.hasEnded) return { outcome: "ended", now: false };
    run.cancelRequested = true;
    run.cancelReason ??= reason;
    if (run.state === "running") {
      this.#deps.onCancel(run);
      return { outcome: "requested" };
    }
    this.#endIfCancelled(run);
    return { outcome: "ended", now: true };
  }

  #mayClaim(run: TestRun): boolean {
    return this.isUp && this.#free > 0 && hasRoom(run);
  }

  #claim(run: TestRun): void {
    run.move("claim");
    this.#free -= 1;
    this.#tokens += 1;
    run.attempt += 1;
    run.owner.running += 1;
    const startedAt = this.#time.wallMs;
    run.current = { attempt: run.attempt, node: nodeName, token: this.#tokens, startedAt };
    if (run.startedAt === undefined) {
      run.startedAt = startedAt;
      if (run.firing) run.firing.latenessMs = startedAt - run.firing.upTo;
    }
    this.starting.push(run);
  }

  #wait(run: TestRun): void {
    run.disarm = this.#time.at(run.availableAt, () => {
      run.disarm = undefined;
      run.move("due");
      this.#enqueue(run);
    });
  }

  #enqueue(run: TestRun): void {
    this.#queue.add(run);
    if (!run.owner.rules) this.expireWithoutCode(run);
  }

  /** Nobody has its handler: it ends when that lasts for a day. */
  expireWithoutCode(run: TestRun): void {
    if (!isWaiting(run)) return;
    const at = Math.max(run.availableAt, this.#time.wallMs - defaults.noHandlerMs) + defaults.noHandlerMs;
    this.#time.at(at, () => {
      if (run.owner.rules || !isWaiting(run)) return;
      this.#endWithoutAttempt(run, "expire", noHandlerFailure(run.task));
    });
  }

  #endIfCancelled(run: TestRun): boolean {
    if (!run.cancelRequested) return false;
    this.#endWithoutAttempt(run, "cancel", cancelledFailure(run.cancelReason));
    return true;
  }

  #endWithoutAttempt(run: TestRun, event: "cancel" | "expire", error: Failure): void {
    run.disarm?.();
    this.#queue.remove(run);
    run.move(event);
    const at = this.#time.wallMs;
    run.outcome = error.code;
    run.attempts.push({ attempt: 0, node: "", token: 0, startedAt: at, endedAt: at, outcome: error.code, error });
    this.#end(run, event);
  }

  #end(run: TestRun, event: RunEvent): void {
    const { owner, schedule } = run;
    run.completedAt = this.#time.wallMs;
    owner.unfinished.delete(run);
    owner.ended.push(run);
    if (run.state === "completed") owner.tally.completed += 1;
    else owner.tally.failed += 1;
    if (schedule?.unfinished.delete(run)) {
      if (schedule.rules.pauseOnFailure !== undefined) this.#count(schedule, run, event);
      if (schedule.unfinished.size > 0) this.#proceed(schedule);
    }
    this.#deps.onEnded(run);
  }

  /** Counts failures in a row, and pauses the schedule once they are too many. */
  #count(schedule: TestSchedule, run: TestRun, event: RunEvent): void {
    const most = schedule.rules.pauseOnFailure ?? Infinity;
    if (event === "complete") schedule.failures = 0;
    else if (run.outcome !== "E_CANCELLED" && event !== "expire") schedule.failures += 1;
    if (schedule.failures < most || schedule.pause) return;
    const reason = failurePauseReason(schedule.failures);
    schedule.pause = { at: this.#time.wallMs, reason, author: failurePauseAuthor };
  }

  /** The oldest held run of the schedule goes on, where all before it have ended. */
  #proceed(schedule: TestSchedule): void {
    const run = schedule.unfinished.first;
    if (run?.state !== "held") return;
    run.move("proceed");
    if (run.availableAt > this.#time.wallMs) return this.#wait(run);
    run.move("due");
    this.#enqueue(run);
  }
}

function isWaiting({ state }: TestRun): boolean {
  return state === "ready" || state === "delayed";
}

/** Whether there is code for it, and its task's concurrency is not used up. */
function hasRoom({ owner: { rules, row, running } }: TestRun): boolean {
  return rules !== undefined && (row.concurrency === undefined || running < row.concurrency);
}
