import { defaults } from "../../../src/base/limits.ts";
import type { CatchUp } from "../../../src/schedule/catchup.ts";
import type { SkipReason } from "../../../src/store/ledger.ts";
import { compiledOf } from "../pending.ts";
import type { ScheduleView } from "../shadow.ts";

/** One link of a schedule's chain: an instant that fires, or instants in (after, upTo] that do not, and why. */
export type Link =
  | { readonly fired: number; readonly after: number; readonly upTo: number; readonly runId?: string }
  | { readonly fired?: undefined; readonly after: number; readonly upTo: number; readonly reason: SkipReason };

/** What becomes of one due instant: a reason, or a run; a caught-up one waits for those before it. */
export interface Judgement {
  readonly instant: number;
  readonly reason?: "paused" | "skipped" | "missed";
  /** It is caught up, and starts so much later at the earliest. */
  readonly queuedMs?: number;
}

/** A catch-up rule as rows have it, read without the engine's help. */
function ruleOf(text: string): { policy: CatchUp; windowMs: number; limit: number; spacingMs: number } {
  if (text.startsWith("{")) return JSON.parse(text);
  return { policy: text as CatchUp, windowMs: 86_400_000, limit: 100, spacingMs: 0 };
}

/**
 * What rules 5.6 and 5.7 say of a schedule's due instants, written down a second time: every one of them is looked at.
 * `now` is the store's clock as the one who decides takes it.
 */
export function judge(schedule: ScheduleView, now: number): Judgement[] {
  const compiled = compiledOf(schedule);
  const due = compiled
    .between(schedule.cursor, now, Number.POSITIVE_INFINITY)
    .filter((instant) => compiled.dueAt(instant) <= now);
  const { pause, skipUntil = 0 } = schedule;
  const held = due.map((instant): Judgement => {
    if (pause && instant < (pause.until ?? Number.POSITIVE_INFINITY)) return { instant, reason: "paused" };
    return instant < skipUntil ? { instant, reason: "skipped" } : { instant };
  });
  const free = held.filter(({ reason }) => reason === undefined).map(({ instant }) => instant);
  const judged = new Map(judgeFree(free, now, schedule).map((one) => [one.instant, one]));
  return held.map((one) => judged.get(one.instant) ?? one);
}

function judgeFree(instants: readonly number[], now: number, schedule: ScheduleView): Judgement[] {
  const { policy, windowMs, limit, spacingMs } = ruleOf(schedule.catchUp);
  const newest = instants.at(-1);
  if (newest === undefined) return [];
  const isOnTime = now - compiledOf(schedule).dueAt(newest) <= defaults.lateAfterMs;
  const missed = isOnTime ? instants.slice(0, -1) : instants;
  const young = missed.filter((instant) => now - instant <= windowMs).slice(-limit);
  if (policy === "all" && young.length > 0) {
    const queue = isOnTime ? [...young, newest] : young;
    return instants.map((instant) => {
      const at = queue.indexOf(instant);
      return at < 0 ? { instant, reason: "missed" } : { instant, queuedMs: at * spacingMs };
    });
  }
  const fires = isOnTime || (policy === "latest" && now - newest <= windowMs);
  return instants.map((instant) => (instant === newest && fires ? { instant } : { instant, reason: "missed" }));
}

/** Links in their order, neighbours with the same reason as one. */
export function joined(links: readonly Link[]): Link[] {
  const chain: Link[] = [];
  for (const link of links) {
    const last = chain.at(-1);
    const same =
      last &&
      last.fired === undefined &&
      link.fired === undefined &&
      last.reason === link.reason &&
      last.upTo === link.after;
    if (same) chain[chain.length - 1] = { ...last, upTo: link.upTo };
    else chain.push(link);
  }
  return chain;
}
