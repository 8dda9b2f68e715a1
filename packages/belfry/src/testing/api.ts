import type { TaskHandle } from "../api/handle.ts";
import type { LogItem } from "../api/runs.ts";
import type { AmendOptions, ScheduleInput } from "../api/schedules.ts";
import type { NameOf, TypesOf } from "../api/typed.ts";
import type { Duration } from "../base/duration.ts";
import type { AsJson } from "../base/json.ts";
import type { RunRecord } from "../run/record.ts";
import type { Task } from "../task/definition.ts";
import type { FiredExpectation, NotFiredExpectation, RunsExpectation } from "./expect.ts";
import type { TestFiring } from "./reading.ts";

/** How often a task fired, and how its runs ended, since the start. */
export interface TestTotals {
  fired: number;
  completed: number;
  failed: number;
}

/**
 * Tasks in a time that the test moves. It follows the engine's rules with the engine's own functions, in one process and
 * without a store: the same tasks, calls and seed give the same history, to the tracking id.
 *
 * Time stands still but during `runUntil`, `runFor`, `settle`, `outage` and a `runAndWait` of the test's, and while any
 * handler is awake: it goes on once every handler has ended or sleeps in `sleep()`.
 */
export interface TestBelfry<Tasks extends readonly Task[] = readonly Task[]> {
  /** What time it is. */
  now(): Date;
  /**
   * Lets everything happen until then: instants fire, handlers run, retries come, timeouts pass. What is due at that
   * very time happens too. Rejects E_TEST_TIME from inside of a handler and while time goes on already, E_OPTION for what
   * is no date or in the past, and E_PAYLOAD the first time where a schedule's payload is refused by its task.
   */
  runUntil(date: Date): Promise<void>;
  /** The same for so long from now, whatever the wall clock does meanwhile. Rejects as `runUntil`, and E_DURATION. */
  runFor(duration: Duration): Promise<void>;
  /** Lets everything happen that needs no time to pass: triggers start, handlers run until they sleep. */
  settle(): Promise<void>;
  /**
   * Takes so much virtual time: what a handler awaits instead of a timer. With a signal it rejects with its reason as
   * soon as that is aborted, such as by the task's timeout. Outside of handlers it resolves once the test has moved time
   * so far. Throws E_DURATION.
   */
  sleep(duration: Duration, options?: { signal?: AbortSignal }): Promise<void>;
  /** A task by its exact name, as an engine has it: a run starts with the next move of time. `runAndWait` moves it. */
  task<const Name extends NameOf<Tasks>>(
    name: Name,
  ): TaskHandle<TypesOf<Tasks, Name>["input"], AsJson<TypesOf<Tasks, Name>["result"]>>;

  /**
   * The process is gone from `from` until before `to`, without warning: nothing is decided and nothing runs; its handlers
   * never go on. At `to` another one is there: catch-up decides what was due, and lost attempts are tried again.
   */
  down(from: Date, to: Date): void;
  /** The same from now on, and lets that time pass. */
  outage(duration: Duration): Promise<void>;
  /** Sets the wall clock forward, or back with a leading `-` such as `"-1h"`; no time passes. Throws E_DURATION. */
  jump(duration: string): void;

  /** Makes or changes a schedule at run time, as `schedules.put`. Rejects as that. */
  put(task: NameOf<Tasks>, key: string, schedule: ScheduleInput): Promise<void>;
  /** Removes a schedule that was put. Throws E_TASK_UNKNOWN, E_SCHEDULE_UNKNOWN, E_SCHEDULE_CODE. */
  delete(task: NameOf<Tasks>, key: string): void;
  /** Pauses a task's schedules, or one. Throws E_TASK_UNKNOWN, E_SCHEDULE_UNKNOWN, E_OPTION, E_OPTION_UNKNOWN. */
  pause(task: NameOf<Tasks>, key?: string, options?: AmendOptions & { until?: Date }): void;
  /** Ends pauses. What was due until now is recorded `paused`. Throws as `pause`. */
  resume(task: NameOf<Tasks>, key?: string): void;
  /** Skips the next `count` instants (1 to 1,000, default 1), or all before `until`. Throws as `pause`. */
  skip(task: NameOf<Tasks>, key?: string, options?: { count?: number; until?: Date }): void;
  /** Cancels a run; its handler's signal is aborted. Throws E_RUN_UNKNOWN. */
  cancel(trackingId: string, options?: { reason?: string }): void;
  /** Makes these the tasks of the code, as a deploy does. Rejects E_TASK_DUPLICATE, E_PAYLOAD, E_OPTION. */
  redeploy(tasks: readonly Task[]): Promise<void>;

  /** What was decided about instants, oldest first: of a task, or one of its schedules, or of all. */
  firings(task?: NameOf<Tasks>, key?: string): TestFiring[];
  /** Runs as full records, oldest first: of a task, or of all. */
  runs(task?: NameOf<Tasks>): RunRecord[];
  /** A task's newest run, or undefined where it has none. */
  lastRun(task: NameOf<Tasks>): RunRecord | undefined;
  /** What a run's handler logged. Throws E_RUN_UNKNOWN. */
  logs(trackingId: string): LogItem[];
  /** Counts of a task, also of what is no longer kept. */
  totals(task: NameOf<Tasks>): TestTotals;

  /**
   * That a task fired at exactly these instants, or so often, so far or in a range. Throws an AssertionError that shows
   * what fired and, for what did not, why; E_OPTION where the range is older than what is kept.
   */
  expectFired(task: NameOf<Tasks>, expectation: FiredExpectation): void;
  /** That a task did not fire, so far or in a range, and for this reason only. Throws as `expectFired`. */
  expectNotFired(task: NameOf<Tasks>, expectation?: NotFiredExpectation): void;
  /** That a task has runs such as these: a count, or for each kept run, oldest first, the fields it has. */
  expectRuns(task: NameOf<Tasks>, expectation: RunsExpectation | readonly Partial<RunRecord>[]): void;
}
