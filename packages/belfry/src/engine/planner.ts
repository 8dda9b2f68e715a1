import { limits } from "../base/limits.ts";
import { textOf } from "../base/text.ts";
import type { Clock } from "../clock/clock.ts";
import { makeId } from "../run/id.ts";
import { toIso } from "../run/record.ts";
import { upcoming } from "../schedule/decide.ts";
import type { DecidedLink, Firing, FiringAnswer, LinkAnswer } from "../store/ledger.ts";
import type { ScheduleRow, Upcoming } from "../store/schedules.ts";
import type { ClaimedRun, Store } from "../store/store.ts";
import type { Claims } from "./claims.ts";
import { decideRow } from "./decision.ts";
import type { Events } from "./events.ts";
import type { Logger } from "./logger.ts";
import { Loop } from "./loop.ts";
import { type Readable, ReadRows } from "./readable.ts";
import type { Reporter } from "./reporter.ts";

/** How far ahead schedules are armed, and how many at once. */
const horizonMs = 5_000;
const armedMax = 20_000;
/** The store's clock is behind what this process believes it to be: ask again after this long. */
const earlyMs = 10;
/** A wall clock that jumped is noticed after this long. */
const sleepMsMax = 1_000;

/**
 * Decides due instants. What is due within the next seconds is read ahead and armed; at the instant the store checks
 * again and decides. Arming is a cache: whatever the store says against it, it is read anew.
 */
export class Planner extends Loop {
  readonly #store: Store;
  readonly #claims: Claims;
  readonly #events: Events;
  readonly #reporter: Reporter;
  readonly #onReady: () => void;
  readonly #onReplacing: () => void;
  readonly #rows = new ReadRows();
  /** Schedules that cannot be read: said once. */
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
    reporter: Reporter;
    onReady: () => void;
    /** A run waits for others to end that are to be cancelled. */
    onReplacing: () => void;
  }) {
    super("planner", deps);
    this.#store = deps.store;
    this.#claims = deps.claims;
    this.#events = deps.events;
    this.#reporter = deps.reporter;
    this.#onReady = deps.onReady;
    this.#onReplacing = deps.onReplacing;
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
    const due = [...this.#armed.values()].filter(({ dueAt }) => dueAt !== undefined && dueAt <= now);
    due.sort((a, b) => a.id - b.id);
    for (let done = 0; done < due.length; ) done += await this.#fireSome(due, done);
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
    const last = rows.at(-1)?.dueAt;
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
    for (const { dueAt } of this.#armed.values()) if (dueAt !== undefined && dueAt < next) next = dueAt;
    return Math.min(sleepMsMax, Math.max(this.#wasEarly ? earlyMs : 0, next - this.#store.now()));
  }

  /** Decides rows from `first` on, as many as one commit takes. Answers how many. */
  async #fireSome(rows: readonly ScheduleRow[], first: number): Promise<number> {
    const now = this.#store.now();
    const firings: Firing[] = [];
    let [links, taken] = [0, 0];
    for (const row of rows.slice(first, first + limits.firingsPerCommitMax)) {
      const firing = this.#decide(row, now);
      const isTooMuch = firing && firings.length > 0 && links + firing.links.length > limits.linksPerCommitMax;
      if (isTooMuch) break;
      taken += 1;
      links += firing?.links.length ?? 0;
      if (firing) firings.push(firing);
    }
    if (firings.length > 0) await this.#fire(firings);
    return taken;
  }

  async #fire(firings: readonly Firing[]): Promise<void> {
    // Of the runs of one schedule that are due at once, one may start: the others wait for it.
    const wanted = firings.filter(({ links }) => links.some((link) => "instant" in link)).length;
    const answers = await this.#claims.with(
      wanted,
      async (by) =>
        by ? this.#store.ledger.fire(by, firings) : firings.map((): FiringAnswer => ({ outcome: "dead" })),
      claimedOf,
    );
    for (const [index, firing] of firings.entries()) this.#learn(firing, answers[index]);
  }

  #decide(row: ScheduleRow, now: number): Firing | undefined {
    const { cursor, id: scheduleId, version } = row;
    const readable = this.#readable(row);
    const decision = decideRow(row, readable, now, () => makeId(now, this.clock.randomHex(16)));
    if (decision) return { scheduleId, version, cursor, ...decision };
    this.#rearm(row, cursor, readable && upcoming(readable.schedule, cursor));
    return undefined;
  }

  #learn(firing: Firing, answer: FiringAnswer | undefined): void {
    const row = this.#armed.get(firing.scheduleId);
    if (!row || !answer) return;
    if (answer.outcome === "early") {
      this.#wasEarly = true;
      return;
    }
    if (answer.outcome !== "decided") return this.refresh();
    for (const [index, link] of firing.links.entries()) this.#tell(row, link, answer.links[index]);
    this.#rearm(row, firing.newCursor, firing.next);
  }

  #tell({ task, key: schedule, overlap }: ScheduleRow, link: DecidedLink, answer: LinkAnswer | undefined): void {
    if (!answer) return;
    if (answer.decision === "fired") {
      for (const id of answer.replaced ?? []) this.#reporter.cancelled(id);
      if (!answer.claimed && !answer.held) this.#onReady();
      if (answer.held && overlap === "cancelOther") this.#onReplacing();
      return;
    }
    const upTo = toIso("instant" in link ? link.instant : link.upTo);
    this.#events.emit("firing.skipped", { task, schedule, upTo, reason: answer.decision });
  }

  /** Keeps what is due within the armed time; sees to it that the rest is read in time. */
  #rearm(row: ScheduleRow, cursor: number, next: Upcoming | undefined): void {
    if (next && next.dueAt <= this.#armedUpTo) {
      this.#armed.set(row.id, { ...row, cursor, ...next });
      return;
    }
    this.#armed.delete(row.id);
    if (next) this.#refreshAt = Math.min(this.#refreshAt, next.dueAt - horizonMs / 2);
  }

  #readable(row: ScheduleRow): Readable | undefined {
    try {
      return this.#rows.read(row);
    } catch (error) {
      const { id, task, key } = row;
      if (!this.#unreadable.has(id)) {
        this.logger.error(`belfry: schedule ${key} of task ${task} cannot be read, and is never due: ${textOf(error)}`);
      }
      this.#unreadable.add(id);
      return undefined;
    }
  }
}

function claimedOf(answers: readonly FiringAnswer[]): ClaimedRun[] | "dead" {
  if (answers.some(({ outcome }) => outcome === "dead")) return "dead";
  return answers
    .flatMap((answer) => (answer.outcome === "decided" ? answer.links : []))
    .flatMap((link) => ("claimed" in link && link.claimed ? [link.claimed] : []));
}
