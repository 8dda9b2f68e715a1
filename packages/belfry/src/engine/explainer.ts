import { Definitions } from "../account/definitions.ts";
import { type Down, downAt } from "../account/down.ts";
import { explainInstant } from "../account/explain.ts";
import { summaryOf } from "../account/summary.ts";
import type { Explanation, InstantAccount } from "../api/account.ts";
import { limits } from "../base/limits.ts";
import { type RunRow, toIso } from "../run/record.ts";
import { statusOf } from "../run/states.ts";
import type { LedgerItem } from "../store/ledger.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";
import type { TaskRow } from "../store/tasks.ts";
import { pastOf } from "./schedule-pages.ts";

const minuteMs = 60_000;
const byHandMax = 10;
/** How many links back the run is looked for that was in the way. */
const linksBackMax = 50;

/** What is asked of one task. */
interface Question {
  readonly task: TaskRow;
  readonly at: number;
  readonly now: number;
  readonly keptFrom: number;
}

/** Finds out what became of an instant: asks the store for what the pure `explainInstant` needs. */
export class Explainer {
  readonly #store: Store;
  readonly #question: Question;
  readonly #due: InstantAccount[] = [];
  readonly #notDue: InstantAccount[] = [];
  /** How many schedules it was asked about. */
  #count = 0;
  #down: Promise<Down | undefined> | undefined;

  constructor(store: Store, question: Question) {
    this.#store = store;
    this.#question = question;
  }

  async take(row: ScheduleRow): Promise<void> {
    const { at, now } = this.#question;
    const range = row.removed ? ([limits.instantMin - 1, Math.max(at, now)] as const) : ([at - 1, at] as const);
    const past = row.removed || at <= row.since ? await pastOf(this.#store, row.id, ...range) : [];
    if (row.removed && past.length === 0) return;
    this.#count += 1;
    const account = await this.#explain(row, new Definitions(row, past));
    const kept = account.verdict === "notDue" ? this.#notDue : this.#due;
    if (kept.length < limits.explainedSchedulesMax) kept.push(account);
  }

  async answer(): Promise<Explanation> {
    const { task, at } = this.#question;
    const schedules = [...this.#due, ...this.#notDue].slice(0, limits.explainedSchedulesMax);
    const byHand = await this.#byHand();
    const text = summaryOf({
      task: task.name,
      at,
      due: this.#due,
      notDue: this.#notDue,
      count: this.#count,
      byHand: byHand.length,
    });
    return { task: task.name, at: toIso(at), schedules, byHand, text };
  }

  async #explain(row: ScheduleRow, definitions: Definitions): Promise<InstantAccount> {
    const { task, at, now, keptFrom } = this.#question;
    const links = at <= row.cursor ? await linksOf(this.#store, row.id, at - 1, at) : [];
    const has = ({ after, upTo, decision }: LedgerItem) =>
      upTo === at || (decision !== "fired" && after < at && at < upTo);
    const item = links.find((link) => link.decision === "fired" && link.upTo === at) ?? links.find(has);
    const isBusy = item?.decision === "overlap" || item?.decision === "bufferFull";
    const [run] = item?.trackingId === undefined ? [] : await this.#store.runs.get([item.trackingId]);
    const blocker = isBusy ? await this.#runBefore(row.id, item.after) : undefined;
    const isMissed = item?.decision === "missed";
    const following = isMissed ? (await linksOf(this.#store, row.id, item.upTo, now)).at(0) : undefined;
    const isPassed = item !== undefined && item.decision !== "fired";
    const [sinceThen] = isPassed ? await this.#store.ledger.outcomes(row.id, [at]) : [];
    const isOpen = item === undefined && definitions.isDue(at) === true;
    const down = isMissed || isOpen || item?.decision === "fired" ? await this.#downThen() : undefined;
    return explainInstant({
      ...{ at, now, row, definitions, keptFrom, item, run, blocker, following, sinceThen, down },
      isEnabled: task.enabled && task.defined,
    });
  }

  /** The newest run that fired up to there, as far back as a few links go. */
  async #runBefore(scheduleId: number, upTo: number): Promise<RunRow | undefined> {
    let end = upTo;
    for (let links = 0; links < linksBackMax; links++) {
      const item = (await linksOf(this.#store, scheduleId, end - 1, end)).find((link) => link.upTo === end);
      if (!item) return undefined;
      if (item.trackingId !== undefined) return (await this.#store.runs.get([item.trackingId]))[0];
      end = item.after;
    }
    return undefined;
  }

  #downThen(): Promise<Down | undefined> {
    const { at, now } = this.#question;
    this.#down ??= this.#store.nodes.lives(0, Math.max(at, now)).then((lives) => downAt(lives, at));
    return this.#down;
  }

  async #byHand(): Promise<Explanation["byHand"]> {
    const { task, at } = this.#question;
    const from = Math.floor(at / minuteMs) * minuteMs;
    const query = { task: task.name, trigger: "manual", from, to: from + minuteMs, limit: byHandMax } as const;
    const { items } = await this.#store.runs.list(query);
    return items.map(({ id, triggeredAt, state, startedAt }) => {
      return { trackingId: id, triggeredAt: toIso(triggeredAt), status: statusOf(state, startedAt !== undefined) };
    });
  }
}

/** The links of a schedule that have instants in (from, to], a few at most. */
function linksOf(store: Store, scheduleId: number, from: number, to: number): Promise<LedgerItem[]> {
  return store.ledger.list(scheduleId, { from, to, limit: 10 });
}
