import type { SkipReason } from "../ledger.ts";

interface Span {
  scheduleId: number;
  after: number;
  upTo: number;
  reason: SkipReason;
}

/** What did not fire: stretches of instants, each with its reason. */
export class Spans {
  readonly all: Span[] = [];

  /** Records instants in (after, upTo] that did not fire, joined to the span before where it has the same reason. */
  add(scheduleId: number, after: number, upTo: number, reason: SkipReason): void {
    if (upTo <= after) return;
    const last = this.all.findLast((span) => span.scheduleId === scheduleId);
    if (last?.upTo === after && last.reason === reason) last.upTo = upTo;
    else this.all.push({ scheduleId, after, upTo, reason });
  }

  /** Forgets what ended before, but each schedule's newest: the chain's end stays. */
  drop(endedBefore: number): void {
    const kept = this.all.filter((span, index) => {
      const newest = !this.all.some((other, at) => at > index && other.scheduleId === span.scheduleId);
      return newest || span.upTo >= endedBefore;
    });
    this.all.splice(0, this.all.length, ...kept);
  }
}
