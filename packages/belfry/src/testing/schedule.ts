import { type CatchUpRule, readCatchUp } from "../schedule/catchup.ts";
import { type CompiledSchedule, compile } from "../schedule/compile.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import type { LedgerItem, SkipReason } from "../store/ledger.ts";
import type { Pause, ScheduleOrigin, ScheduleRules } from "../store/schedules.ts";
import { Kept } from "./kept.ts";
import { Members } from "./members.ts";
import type { TestRun } from "./run.ts";
import type { TestTask } from "./task.ts";
import type { Timed } from "./time.ts";

/** An item of a ledger that may still grow. */
export type TestLedgerItem = { -readonly [Key in keyof LedgerItem]: LedgerItem[Key] };

/** A schedule of the kit: the row that a store would keep, and its ledger. It happens when an instant of its is due. */
export class TestSchedule implements Timed {
  readonly task: TestTask;
  readonly key: string;
  origin: ScheduleOrigin = "code";
  rules!: ScheduleRules;
  compiled!: CompiledSchedule;
  catchUp!: CatchUpRule;
  /** Up to where everything is decided. */
  cursor = 0;
  pause: Pause | undefined;
  skipUntil: number | undefined;
  /** How many of its runs have failed in a row. */
  failures = 0;
  /** Its runs that have not ended, those that a firing made only. */
  readonly unfinished = new Members<TestRun>();
  fired = 0;
  readonly ledger: Kept<TestLedgerItem>;

  at = 0;
  readonly order: number;
  place = -1;
  readonly #onDue: (schedule: TestSchedule) => void;

  constructor(
    task: TestTask,
    key: string,
    options: { order: number; keep: number; onDue: (schedule: TestSchedule) => void },
  ) {
    this.task = task;
    this.key = key;
    this.order = options.order;
    this.ledger = new Kept(options.keep);
    this.#onDue = options.onDue;
  }

  /** From now on it is defined so; it has no instants before. */
  define(rules: ScheduleRules, now: number): void {
    this.rules = rules;
    this.compiled = compile(JSON.parse(rules.spec) as ScheduleSpec, `${this.task.row.name}/${this.key}`);
    this.catchUp = readCatchUp(rules.catchUp);
    // After a step back of the clock the chain's end lies ahead, and stays.
    this.cursor = Math.max(this.cursor, now);
  }

  happen(): void {
    this.#onDue(this);
  }

  get heldCount(): number {
    let count = 0;
    for (const run of this.unfinished) if (run.state === "held") count += 1;
    return count;
  }

  /** An instant fired. */
  noteFired(after: number, instant: number, run: TestRun): void {
    const item: TestLedgerItem = { after, upTo: instant, decision: "fired", trackingId: run.id };
    if (run.startedAt !== undefined) item.latenessMs = run.startedAt - instant;
    else run.firing = item;
    this.ledger.push(item);
    this.fired += 1;
  }

  /** What is undecided until now does not fire. */
  close(now: number, reason: SkipReason): void {
    this.noteSkipped(this.cursor, now, reason);
    this.cursor = Math.max(this.cursor, now);
  }

  /** Instants in (after, upTo] did not fire; joined to those before where the reason is the same. */
  noteSkipped(after: number, upTo: number, reason: SkipReason): void {
    if (upTo <= after) return;
    const { last } = this.ledger;
    if (last?.decision === reason && last.upTo === after) last.upTo = upTo;
    else this.ledger.push({ after, upTo, decision: reason });
  }
}
