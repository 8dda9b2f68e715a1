import { defaults, limits } from "../base/limits.ts";
import type { Clock } from "../clock/clock.ts";
import { makeId } from "../run/id.ts";
import { toIso } from "../run/record.ts";
import { decideDue } from "../schedule/catchup.ts";
import { type CompiledSchedule, compile } from "../schedule/compile.ts";
import type { ScheduleSpec } from "../schedule/spec.ts";
import type { Firing, FiringAnswer } from "../store/ledger.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import type { ClaimedRun, Store } from "../store/store.ts";
import type { Claims } from "./claims.ts";
import type { Events } from "./events.ts";
import type { Logger } from "./logger.ts";
import { Loop } from "./loop.ts";

/** How far ahead schedules are armed, and how many at once. */
const horizonMs = 5_000;
const armedMax = 20_000;
/** The store's clock is behind what this process believes it to be: ask again after this long. */
const earlyMs = 10;
/** A wall clock that jumped is noticed after this long. */
const sleepMsMax = 1_000;
const compiledMax = 10_000;

/**
 * Decides due instants. What is due within the next seconds is read ahead and armed; at the instant the store checks
 * again and decides. Arming is a cache: whatever the store says against it, it is read anew.
 */
export class Planner extends Loop {
  readonly #store: Store;
  readonly #claims: Claims;
  readonly #events: Events;
  readonly #onReady: () => void;
  readonly #compiled = new Map<string, CompiledSchedule>();
  /** Schedules that this version cannot read: said once, and left to nodes that can. */
  readonly #unreadable = new Set<number>();
  #armed = new Map<number, ScheduleRow>();
  /** All that is due up to here is armed; what comes after is read when `#refreshAt` has come. */
  #armedUpTo = Number.NEGATIVE_INFINITY;
  #refreshAt = Number.NEGATIVE_INFINITY;
  #wasEarly = false;

  constructor(deps: {
    store: Store;
    clock: Clock;
    logger: Logger;
    claims: Claims;
    events: Events;
    onReady: () => void;
  }) {
    super("planner", deps);
    this.#store = deps.store;
    this.#claims = deps.claims;
    this.#events = deps.events;
    this.#onReady = deps.onReady;
  }

  /** Schedules may have changed: read them again. */
  refresh(): void {
    this.#refreshAt = Number.NEGATIVE_INFINITY;
    this.wake();
  }

  async runOnce(): Promise<number | undefined> {
    if (!this.#claims.isOpen) return sleepMsMax;
    this.#wasEarly = false;
    const now = this.#store.now();
    if (now >= this.#refreshAt || now < this.#armedUpTo - 2 * horizonMs) await this.#arm(now);
    const due = [...this.#armed.values()].filter(({ nextAt }) => nextAt !== undefined && nextAt <= now);
    due.sort((a, b) => a.id - b.id);
    for (let at = 0; at < due.length; at += limits.firingsPerCommitMax) {
      await this.#fire(due.slice(at, at + limits.firingsPerCommitMax));
    }
    return this.#sleepMs();
  }

  async #arm(now: number): Promise<void> {
    this.#refreshAt = Number.POSITIVE_INFINITY;
    try {
      await this.#read(now);
    } catch (error) {
      this.#refreshAt = Number.NEGATIVE_INFINITY;
      throw error;
    }
  }

  async #read(now: number): Promise<void> {
    const upTo = now + horizonMs;
    const rows = await this.#store.schedules.due(upTo, armedMax);
    const last = rows.at(-1)?.nextAt;
    const isCut = rows.length === armedMax && last !== undefined;
    this.#armedUpTo = isCut ? last : upTo;
    this.#armed = new Map(rows.map((row) => [row.id, row]));
    const beyond = isCut ? last + 1 : await this.#store.schedules.nextAfter(upTo);
    const refreshAt =
      beyond === undefined ? Number.POSITIVE_INFINITY : Math.max(beyond - horizonMs / 2, now + horizonMs / 2);
    this.#refreshAt = Math.min(this.#refreshAt, refreshAt);
  }

  #sleepMs(): number {
    let next = this.#refreshAt;
    for (const { nextAt } of this.#armed.values()) if (nextAt !== undefined && nextAt < next) next = nextAt;
    return Math.min(sleepMsMax, Math.max(this.#wasEarly ? earlyMs : 0, next - this.#store.now()));
  }

  async #fire(rows: readonly ScheduleRow[]): Promise<void> {
    const now = this.#store.now();
    const firings = rows.flatMap((row) => this.#decide(row, now) ?? []);
    if (firings.length === 0) return;
    const answers = await this.#claims.with(
      firings.length,
      async (by) =>
        by ? this.#store.ledger.fire(by, firings) : firings.map((): FiringAnswer => ({ outcome: "dead" })),
      claimedOf,
    );
    for (const [index, firing] of firings.entries()) this.#learn(firing, answers[index]);
  }

  #decide(row: ScheduleRow, now: number): Firing | undefined {
    const { cursor, catchUp, id: scheduleId, version } = row;
    const compiled = this.#compile(row);
    if (!compiled) return undefined;
    const policy = { catchUp, catchUpWindowMs: defaults.catchUpWindowMs, lateAfterMs: defaults.lateAfterMs };
    const decision = decideDue(compiled, { cursor, now, ...policy });
    if (!decision) {
      this.#rearm(row, cursor, compiled.next(cursor));
      return undefined;
    }
    const { missed, fire, cursor: newCursor, nextAt } = decision;
    return {
      scheduleId,
      version,
      cursor,
      missed,
      fire,
      newCursor,
      nextAt,
      runId: makeId(now, this.clock.randomHex(16)),
    };
  }

  #learn(firing: Firing, answer: FiringAnswer | undefined): void {
    const row = this.#armed.get(firing.scheduleId);
    if (!row || !answer) return;
    if (answer.outcome === "early") {
      this.#wasEarly = true;
      return;
    }
    if (answer.outcome === "stale" || answer.outcome === "dead") return this.refresh();
    if (answer.outcome === "skipped") {
      this.#events.emit("firing.skipped", {
        task: row.task,
        schedule: row.key,
        upTo: toIso(firing.newCursor),
        reason: answer.reason,
      });
    }
    if (answer.outcome === "fired" && !answer.claimed) this.#onReady();
    this.#rearm(row, firing.newCursor, firing.nextAt);
  }

  /** Keeps what is due within the armed time; sees to it that the rest is read in time. */
  #rearm(row: ScheduleRow, cursor: number, nextAt: number | undefined): void {
    if (nextAt !== undefined && nextAt <= this.#armedUpTo) {
      this.#armed.set(row.id, { ...row, cursor, nextAt });
      return;
    }
    this.#armed.delete(row.id);
    if (nextAt !== undefined) this.#refreshAt = Math.min(this.#refreshAt, nextAt - horizonMs / 2);
  }

  #compile({ id, task, key, spec }: ScheduleRow): CompiledSchedule | undefined {
    const known = this.#compiled.get(spec);
    if (known) return known;
    try {
      if (this.#compiled.size >= compiledMax) this.#compiled.clear();
      const compiled = compile(JSON.parse(spec) as ScheduleSpec);
      this.#compiled.set(spec, compiled);
      return compiled;
    } catch (error) {
      if (!this.#unreadable.has(id))
        this.logger.error(`belfry: schedule ${key} of task ${task} cannot be read: ${String(error)}`);
      this.#unreadable.add(id);
      this.#armed.delete(id);
      return undefined;
    }
  }
}

function claimedOf(answers: readonly FiringAnswer[]): ClaimedRun[] | "dead" {
  if (answers.some(({ outcome }) => outcome === "dead")) return "dead";
  return answers.flatMap((answer) => ("claimed" in answer && answer.claimed ? [answer.claimed] : []));
}
