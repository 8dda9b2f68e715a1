import { defaults, limits } from "../base/limits.ts";
import { decideDue, type Fire, upcoming } from "../schedule/decide.ts";
import { replacedReason } from "../store/reasons.ts";
import type { Book } from "./book.ts";
import { Members } from "./members.ts";
import type { TestRun } from "./run.ts";
import type { TestSchedule } from "./schedule.ts";
import type { VirtualTime } from "./time.ts";

/** Decides due instants, by the engine's own rules: which fire, and what overlap makes of them. */
export class Firings {
  readonly #time: VirtualTime;
  readonly #book: Book;
  /** Due, and to be decided together as soon as a node is up. */
  readonly #undecided = new Members<TestSchedule>();

  constructor(time: VirtualTime, book: Book) {
    this.#time = time;
    this.#book = book;
  }

  /** An instant of the schedule is due. */
  due(schedule: TestSchedule): void {
    this.#undecided.add(schedule);
  }

  /** Decides all that is due, in the order in which the schedules were made, as one commit of the engine does. */
  decideAll(): void {
    if (!this.#book.isUp || this.#undecided.size === 0) return;
    const schedules = this.#undecided.drain();
    if (schedules.length > 1) schedules.sort((one, other) => one.order - other.order);
    for (const schedule of schedules) {
      this.settle(schedule);
      this.arm(schedule);
    }
  }

  /** Decides what is due now. */
  settle(schedule: TestSchedule): void {
    const { compiled, cursor, catchUp, pause, skipUntil, task } = schedule;
    const now = this.#time.wallMs;
    const lateAfterMs = defaults.lateAfterMs;
    const decision = decideDue(compiled, { cursor, now, catchUp, lateAfterMs, pause, skipUntil });
    if (!decision) return;
    schedule.cursor = decision.newCursor;
    const { refusal } = task;
    if (refusal) return schedule.noteSkipped(cursor, decision.newCursor, refusal);
    let after = cursor;
    for (const link of decision.links) {
      if ("reason" in link) schedule.noteSkipped(link.after, link.upTo, link.reason);
      else this.#fire(schedule, after, link, now);
      after = "reason" in link ? link.upTo : link.instant;
    }
  }

  /** Waits for the schedule's next instant. */
  arm(schedule: TestSchedule): void {
    const next = upcoming(schedule.compiled, schedule.cursor);
    this.#undecided.delete(schedule);
    if (!next) return this.#time.disarm(schedule);
    schedule.at = next.dueAt;
    this.#time.arm(schedule);
  }

  /** Its pause ends: what was due until now is recorded `paused`, and it goes on with the instants after. */
  resume(schedule: TestSchedule): void {
    if (!schedule.pause) return;
    const now = this.#time.wallMs;
    schedule.close(now, "paused");
    schedule.pause = undefined;
    schedule.failures = 0;
    this.arm(schedule);
  }

  /** It is no more. */
  drop(schedule: TestSchedule): void {
    this.#undecided.delete(schedule);
    this.#time.disarm(schedule);
  }

  #fire(schedule: TestSchedule, after: number, { instant, queued }: Fire, now: number): void {
    const { unfinished } = schedule;
    if (queued) return this.#run(schedule, after, instant, unfinished.size > 0, now + queued.delayMs);
    const { overlap } = schedule.rules;
    if (unfinished.size === 0 || overlap === "allow") return this.#run(schedule, after, instant, false, now);
    if (overlap === "skip") return schedule.noteSkipped(after, instant, "overlap");
    if (overlap === "cancelOther") {
      // The newest first: so nothing that is held goes on meanwhile.
      for (const run of [...unfinished].reverse()) this.#book.cancel(run, replacedReason(instant));
      return this.#run(schedule, after, instant, unfinished.size > 0, now);
    }
    const most = overlap === "bufferOne" ? 1 : limits.bufferedMax;
    if (schedule.heldCount >= most) return schedule.noteSkipped(after, instant, "bufferFull");
    this.#run(schedule, after, instant, true, now);
  }

  #run(schedule: TestSchedule, after: number, scheduledFor: number, isHeld: boolean, availableAt: number): void {
    const { priority, payload } = schedule.rules;
    const state: TestRun["state"] = isHeld ? "held" : "delayed";
    const seed = { trigger: "schedule" as const, priority, availableAt, state, payload, schedule, scheduledFor };
    schedule.noteFired(after, scheduledFor, this.#book.add(schedule.task, seed, true));
  }
}
