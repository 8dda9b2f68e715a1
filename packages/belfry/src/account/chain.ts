import type { Audit, AuditFinding } from "../api/account.ts";
import { counted } from "../base/text.ts";
import { toIso } from "../run/record.ts";
import type { LedgerItem } from "../store/ledger.ts";
import type { Definitions, Found } from "./definitions.ts";
import { say } from "./say.ts";

/** What an audit says of one thing that it found. */
export type Finding = Pick<AuditFinding, "kind" | "instant" | "text">;

/**
 * Compares a schedule's ledger with what its definitions say: takes the items in the order of the ledger, page by page,
 * and counts as it goes. Its steps are generators: whoever drives them may pause at every `yield`.
 */
export class Chain {
  instants = 0;
  fired = 0;
  readonly notFired: Audit["notFired"] = {};
  readonly #definitions: Definitions;
  readonly #upTo: number;
  readonly #report: (finding: Finding) => void;
  /** Up to where everything is accounted for, or reported. */
  #at: number;
  #isFirst = true;

  /** Audits the instants in (from, upTo]. */
  constructor(
    definitions: Definitions,
    { from, upTo }: { from: number; upTo: number },
    report: (finding: Finding) => void,
  ) {
    this.#definitions = definitions;
    this.#at = from;
    this.#upTo = upTo;
    this.#report = report;
  }

  *take(items: readonly LedgerItem[]): Generator<void> {
    for (const item of items) {
      if (item.decision === "fired") yield* this.#takeFired(item);
      else yield* this.#takeSpan(item, item.decision);
      this.#isFirst = false;
    }
  }

  /** After the last item: what lies between it and the end. */
  *end(): Generator<void> {
    yield* this.#skipTo(this.#upTo);
  }

  *#takeFired({ after, upTo: instant, trackingId }: LedgerItem): Generator<void> {
    const run = `run ${trackingId}`;
    if (instant <= this.#at) {
      return this.#say(
        "double",
        instant,
        `${say(instant)} was decided twice: ${run} fired it, and an earlier link has it`,
      );
    }
    // What the first item of all follows is not kept.
    if (after !== this.#at && !this.#isFirst) this.#cut(after, `the link of ${run}`);
    if (this.#definitions.first(this.#at, instant) !== instant) yield* this.#skipTo(instant - 1);
    this.#at = instant;
    const isDue = this.#definitions.isDue(instant);
    if (isDue === false) return this.#say("notDue", instant, `${run} fired at ${say(instant)}, which was not due`);
    this.fired += 1;
    this.instants += 1;
  }

  *#takeSpan({ after, upTo }: LedgerItem, reason: Exclude<LedgerItem["decision"], "fired">): Generator<void> {
    const end = Math.min(upTo, this.#upTo);
    const what = `the span ${reason} up to ${say(upTo)}`;
    const isWhole = after === this.#at || (this.#isFirst && after < this.#at);
    if (!isWhole) {
      const overlap = yield* this.#definitions.count(after, Math.min(this.#at, end));
      if (overlap.first !== undefined) {
        this.#say("double", overlap.first, `${listed(overlap)} decided twice: ${what} has what an earlier link has`);
      } else if (!(yield* this.#skipTo(after))) this.#cut(after, what);
    }
    const { count } = yield* this.#definitions.count(Math.max(after, this.#at), end);
    if (count > 0) this.notFired[reason] = (this.notFired[reason] ?? 0) + count;
    this.instants += count;
    this.#at = Math.max(this.#at, end);
  }

  /** Whether an instant in between is due, and nothing decided it. */
  *#skipTo(upTo: number): Generator<void, boolean> {
    const found = yield* this.#definitions.count(this.#at, upTo);
    if (found.first === undefined) return false;
    this.instants += found.count;
    this.#say(
      "gap",
      found.first,
      `${listed(found)} due, and nothing in the ledger decided ${found.count === 1 ? "it" : "them"}`,
    );
    return true;
  }

  #cut(after: number, what: string): void {
    this.#say("cut", after, `${what} begins after ${say(after)}; the one before it ended at ${say(this.#at)}`);
  }

  #say(kind: Finding["kind"], instant: number, text: string): void {
    this.#report({ kind, instant: toIso(instant), text });
  }
}

function listed({ count, first = 0, last = 0 }: Found): string {
  return count === 1 ? `${say(first)} was` : `${counted(count, "instant")} from ${say(first)} to ${say(last)} were`;
}
