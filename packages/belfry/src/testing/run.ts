import { limits } from "../base/limits.ts";
import type { Failure } from "../run/failure.ts";
import type { AttemptOutcome, AttemptRow, RunRow, RunTrigger } from "../run/record.ts";
import { after, hasEnded, type RunEvent, type RunState } from "../run/states.ts";
import type { LogLine } from "../store/logs.ts";
import type { Handling } from "./handling.ts";
import type { TestLedgerItem, TestSchedule } from "./schedule.ts";
import type { TestTask } from "./task.ts";

/** What a run is made of. */
export interface RunSeed {
  readonly id: string;
  readonly seq: number;
  readonly trigger: RunTrigger;
  readonly priority: number;
  readonly triggeredAt: number;
  readonly availableAt: number;
  readonly state: RunState;
  readonly payload: string | undefined;
  readonly reason?: string;
  readonly schedule?: TestSchedule;
  readonly scheduledFor?: number;
}

/** A run of the kit: the row that a store would keep, and what the kit knows beside it. */
export class TestRun implements RunRow {
  readonly id: string;
  readonly seq: number;
  readonly taskId: string;
  readonly task: string;
  readonly app: string;
  readonly trigger: RunTrigger;
  readonly priority: number;
  readonly triggeredAt: number;
  readonly scheduleKey?: string;
  readonly scheduledFor?: number;
  readonly payload?: string;
  readonly reason?: string;
  state: RunState;
  availableAt: number;
  startedAt?: number;
  completedAt?: number;
  result?: string;
  resultError?: string;
  progress?: { value: number; note?: string };
  readonly attempts: AttemptRow[] = [];
  current?: { attempt: number; node: string; token: number; startedAt: number };
  outcome?: AttemptOutcome;
  cancelRequested = false;

  cancelReason: string | undefined;
  /** Attempts that failed, and those whose process died. */
  failures = 0;
  losses = 0;
  attempt = 0;
  readonly owner: TestTask;
  readonly schedule: TestSchedule | undefined;
  /** Its attempt that is under way. */
  handling: Handling | undefined;
  lines: LogLine[] | undefined;
  /** Where its firing stands in the ledger. */
  firing: TestLedgerItem | undefined;
  /** What is called once it has ended. */
  waiting: (() => void)[] | undefined;
  /** Ends the wait for its time. */
  disarm: (() => void) | undefined;

  constructor(owner: TestTask, seed: RunSeed) {
    this.id = seed.id;
    this.seq = seed.seq;
    this.taskId = owner.row.id;
    this.task = owner.row.name;
    this.app = owner.row.app;
    this.trigger = seed.trigger;
    this.priority = seed.priority;
    this.triggeredAt = seed.triggeredAt;
    this.scheduleKey = seed.schedule?.key;
    this.scheduledFor = seed.scheduledFor;
    this.payload = seed.payload;
    this.reason = seed.reason;
    this.state = seed.state;
    this.availableAt = seed.availableAt;
    this.owner = owner;
    this.schedule = seed.schedule;
  }

  get hasEnded(): boolean {
    return hasEnded(this.state);
  }

  /** Follows an arrow of the one transition table. */
  move(event: RunEvent): void {
    const state = after(this.state, event);
    if (state === undefined) throw new Error(`a run that is ${this.state} cannot ${event}`);
    this.state = state;
  }

  /** The attempt under way is over. */
  endAttempt(now: number, outcome: AttemptOutcome, error?: Failure): void {
    const { current } = this;
    if (!current) return;
    this.current = undefined;
    this.attempts.push({ ...current, endedAt: now, outcome, ...(error ? { error } : {}) });
    if (this.attempts.length > limits.attemptsKept) this.attempts.shift();
  }
}
