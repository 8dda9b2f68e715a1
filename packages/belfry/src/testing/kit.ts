import type { TaskHandle } from "../api/handle.ts";
import type { LogItem } from "../api/runs.ts";
import type { AmendOptions } from "../api/schedules.ts";
import { type Duration, parseDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { checkInstant, checkInteger, checkOptions, checkText, refuseOption } from "../base/options.ts";
import type { Clock } from "../clock/clock.ts";
import { systemClock } from "../clock/system.ts";
import { type RunRecord, toRunRecord } from "../run/record.ts";
import { instantExpected } from "../schedule/spec.ts";
import type { Task } from "../task/definition.ts";
import type { TestBelfry, TestTotals } from "./api.ts";
import { expectFired, expectNotFired, expectRuns } from "./expect.ts";
import { TestTaskHandle, type Triggers } from "./handle.ts";
import { parseTestOptions, type TestBelfryOptions, type TestSettings } from "./options.ts";
import { firingsOf, type TestFiring, toLogItem } from "./reading.ts";
import type { TestRun } from "./run.ts";
import type { TestSchedule } from "./schedule.ts";
import { Simulation } from "./simulation.ts";
import { sleepIn } from "./sleep.ts";
import type { TestTask } from "./task.ts";

/**
 * Makes a test kit: the tasks with their own handlers, in a time that the test moves. Schedules begin after `start`.
 * Throws E_OPTION, E_OPTION_UNKNOWN, E_DURATION, E_TASK_DUPLICATE.
 */
export function createTestBelfry<const Tasks extends readonly Task[]>(
  options: TestBelfryOptions<Tasks>,
): TestBelfry<Tasks> {
  const kit: unknown = new Kit(parseTestOptions(options), systemClock);
  return kit as TestBelfry<Tasks>;
}

class Kit implements TestBelfry<readonly []> {
  readonly #simulation: Simulation;
  readonly #triggers: Triggers = new Map();

  constructor(settings: TestSettings, clock: Clock) {
    this.#simulation = new Simulation(settings, clock, this);
  }

  now(): Date {
    return new Date(this.#simulation.time.wallMs);
  }

  async runUntil(date: Date): Promise<void> {
    const { time } = this.#simulation;
    const until = checkInstant(date, "date") ?? refuseOption("date", date, instantExpected);
    if (until < time.wallMs) refuseOption("date", date, `a Date not before now, ${this.now().toISOString()}`);
    await this.#simulation.move("runUntil()", () => until - time.wallMs);
  }

  async runFor(duration: Duration): Promise<void> {
    await this.#runFor("runFor()", parseDuration(duration, "duration"));
  }

  async settle(): Promise<void> {
    await this.#runFor("settle()", 0);
  }

  sleep(duration: Duration, options: { signal?: AbortSignal } = {}): Promise<void> {
    return sleepIn(this.#simulation, parseDuration(duration, "duration"), options.signal);
  }

  task(name: string): TaskHandle {
    return new TestTaskHandle(name, this.#simulation, this.#triggers);
  }

  down(from: Date, to: Date): void {
    const start = checkInstant(from, "from") ?? refuseOption("from", from, instantExpected);
    const end = checkInstant(to, "to") ?? refuseOption("to", to, instantExpected);
    if (end < start) refuseOption("to", to, "a Date not before `from`");
    this.#simulation.down(start, end);
  }

  async outage(duration: Duration): Promise<void> {
    const ms = parseDuration(duration, "duration");
    const { time } = this.#simulation;
    this.#simulation.down(time.wallMs, time.wallMs + ms);
    await this.#runFor("outage()", ms);
  }

  jump(duration: string): void {
    const isBack = typeof duration === "string" && duration.startsWith("-");
    const ms = parseDuration(isBack ? duration.slice(1) : duration, "duration");
    this.#simulation.time.jump(isBack ? -ms : ms);
  }

  put(task: string, key: string, schedule: unknown): Promise<void> {
    return this.#simulation.definitions.put(task, key, schedule);
  }

  delete(task: string, key: string): void {
    this.#simulation.definitions.delete(task, key);
  }

  pause(task: string, key?: string, options: AmendOptions & { until?: Date } = {}): void {
    const { reason, author, until } = checkOptions(options, "pause", ["reason", "author", "until"]);
    const pause = {
      at: this.#simulation.time.wallMs,
      reason: checkText(reason, "reason", limits.reasonCharactersMax),
      author: checkText(author, "author", limits.authorCharactersMax),
      until: checkInstant(until, "until"),
    };
    for (const schedule of this.#simulation.definitions.schedules(task, key)) schedule.pause = pause;
  }

  resume(task: string, key?: string): void {
    const { definitions, firings } = this.#simulation;
    for (const schedule of definitions.schedules(task, key)) firings.resume(schedule);
  }

  skip(task: string, key?: string, options: { count?: number; until?: Date } = {}): void {
    const { count, until: given } = checkOptions(options, "skip", ["count", "until"]);
    const until = checkInstant(given, "until");
    if (count !== undefined && until !== undefined) refuseOption("until", given, "either `until` or `count`, not both");
    const many = checkInteger(count, "count", 1, limits.nextFiringsMax) ?? 1;
    for (const schedule of this.#simulation.definitions.schedules(task, key)) {
      const { compiled, cursor } = schedule;
      const last = compiled.between(cursor, Infinity, many).at(-1);
      schedule.skipUntil = until ?? (last === undefined ? schedule.skipUntil : last + 1);
    }
  }

  cancel(trackingId: string, options: { reason?: string } = {}): void {
    const reason = checkText(checkOptions(options, "cancel", ["reason"]).reason, "reason", limits.reasonCharactersMax);
    this.#simulation.book.cancel(this.#run(trackingId), reason);
  }

  redeploy(tasks: readonly Task[]): Promise<void> {
    return this.#simulation.redeploy(tasks);
  }

  firings(task?: string, key?: string): TestFiring[] {
    const list = this.#schedules(task, key).flatMap(firingsOf);
    return list.sort((one, other) => Date.parse(one.instant) - Date.parse(other.instant));
  }

  runs(task?: string): RunRecord[] {
    const runs = this.#tasks(task).flatMap((one) => one.runs());
    return runs.sort((one, other) => one.seq - other.seq).map((run) => toRunRecord(run));
  }

  lastRun(task: string): RunRecord | undefined {
    const last = this.#task(task).runs().at(-1);
    return last && toRunRecord(last);
  }

  logs(trackingId: string): LogItem[] {
    const { lines = [] } = this.#run(trackingId);
    return lines.slice(0, limits.logLinesPerRunMax).map(toLogItem);
  }

  totals(task: string): TestTotals {
    const fired = this.#schedules(task).reduce((sum, schedule) => sum + schedule.fired, 0);
    return { fired, ...this.#task(task).tally };
  }

  expectFired(task: string, expectation: unknown): void {
    expectFired(task, this.#schedules(task, keyOf(expectation)), expectation);
  }

  expectNotFired(task: string, expectation?: unknown): void {
    expectNotFired(task, this.#schedules(task, keyOf(expectation)), expectation);
  }

  expectRuns(task: string, expectation: unknown): void {
    expectRuns(task, this.#task(task).runs(), expectation);
  }

  #runFor(call: string, ms: number): Promise<void> {
    const { time } = this.#simulation;
    const until = time.monoMs + ms;
    return this.#simulation.move(call, () => until - time.monoMs);
  }

  #run(trackingId: string): TestRun {
    const run = this.#tasks()
      .flatMap((task) => task.runs())
      .find(({ id }) => id === trackingId);
    if (!run) throw new BelfryError("E_RUN_UNKNOWN", { value: trackingId, retention: "as long as `keep` says" });
    return run;
  }

  #tasks(name?: string): TestTask[] {
    return name === undefined ? this.#simulation.definitions.all() : [this.#task(name)];
  }

  /** Also one that was taken out of the code: what it did stays. */
  #task(name: string): TestTask {
    const { definitions } = this.#simulation;
    return definitions.all().find(({ row }) => row.name === name) ?? definitions.find(name);
  }

  #schedules(name?: string, key?: string): TestSchedule[] {
    const all = this.#tasks(name).flatMap(({ past, schedules }) => [...past.values(), ...schedules.values()]);
    if (key === undefined || name === undefined) return all;
    const found = all.filter((schedule) => schedule.key === key);
    return found.length > 0 ? found : this.#simulation.definitions.schedules(name, key);
  }
}

function keyOf(expectation: unknown): string | undefined {
  const isObject = typeof expectation === "object" && expectation !== null && "schedule" in expectation;
  return isObject ? (expectation.schedule as string | undefined) : undefined;
}
