import type { SkipReason } from "../ledger.ts";
import { firstBehind, take } from "./ordered.ts";

export interface Span {
  after: number;
  upTo: number;
  reason: SkipReason;
}

/** What did not fire: stretches of instants, each with its reason, by schedule and oldest first. */
export class Spans {
  readonly bySchedule = new Map<number, Span[]>();

  of(scheduleId: number): readonly Span[] {
    return this.bySchedule.get(scheduleId) ?? [];
  }

  /** Records instants in (after, upTo] that did not fire, joined to the span before where it has the same reason. */
  add(scheduleId: number, after: number, upTo: number, reason: SkipReason): void {
    if (upTo <= after) return;
    const spans = this.bySchedule.get(scheduleId) ?? [];
    const last = spans.at(-1);
    if (last?.upTo === after && last.reason === reason) last.upTo = upTo;
    else spans.push({ after, upTo, reason });
    this.bySchedule.set(scheduleId, spans);
  }

  /** Takes away what lies after this instant. */
  cut(scheduleId: number, instant: number): void {
    const spans = this.bySchedule.get(scheduleId) ?? [];
    spans.splice(firstBehind(spans, ({ after }) => after >= instant));
    const last = spans.at(-1);
    if (last) last.upTo = Math.min(last.upTo, instant);
  }

  /** At most `limit` spans that have instants in (from, to]. */
  within(scheduleId: number, { from, to, limit }: { from: number; to: number; limit: number }): Span[] {
    const spans = this.of(scheduleId);
    const start = firstBehind(spans, ({ upTo }) => upTo > from);
    return take(spans.slice(start, start + limit), limit, ({ after }) => after < to);
  }

  /** Where the newest span ends that ends before this instant. */
  endBefore(scheduleId: number, instant: number): number | undefined {
    const spans = this.of(scheduleId);
    return spans[firstBehind(spans, ({ upTo }) => upTo >= instant) - 1]?.upTo;
  }

  /** Forgets what ended before, but each schedule's newest: the chain's end stays. */
  drop(endedBefore: number): void {
    for (const spans of this.bySchedule.values()) {
      const old = firstBehind(spans, ({ upTo }) => upTo >= endedBefore);
      spans.splice(0, Math.min(old, spans.length - 1));
    }
  }
}
