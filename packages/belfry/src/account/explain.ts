import type { InstantAccount } from "../api/account.ts";
import { defaults } from "../base/limits.ts";
import { toIso } from "../run/record.ts";
import { statusOf } from "../run/states.ts";
import { whyNot } from "../schedule/why.ts";
import type { LedgerItem, SkipReason } from "../store/ledger.ts";
import type { InstantFacts } from "./facts.ts";
import { sayAhead, sayFired, sayNotDue, sayNotFired, sayUndecided, sayUnknown } from "./sentences.ts";

/** What became of one instant of one schedule, and why: from what the store says about it. */
export function explainInstant(facts: InstantFacts): InstantAccount {
  const { at, row, definitions, item } = facts;
  const held = definitions.at(at);
  const around = { previous: definitions.last(at), next: definitions.first(at, Infinity) };
  const known = { schedule: row.key, ...isoOf(around), causes: [] };
  if (item?.decision === "fired") return { ...known, ...fired(facts, item) };
  // A definition that cannot be read may have been due at any time: the ledger says what became of it.
  const isDue = held !== undefined && (held.schedule === undefined || definitions.isDue(at) === true);
  if (!isDue) {
    const causes = held?.spec ? whyNot(held.spec, at) : [];
    return { ...known, verdict: "notDue", causes, text: sayNotDue(facts, { held, causes, ...around }) };
  }
  if (item) return { ...known, ...notFired(facts, item, item.decision) };
  return { ...known, ...open(facts, held.schedule?.dueAt(at) ?? at) };
}

type Verdict = Omit<InstantAccount, "schedule" | "causes">;

function fired(facts: InstantFacts, { trackingId, latenessMs }: LedgerItem): Verdict {
  const { run } = facts;
  return {
    verdict: "fired",
    trackingId,
    ...(run ? { status: statusOf(run.state, run.startedAt !== undefined) } : {}),
    ...(latenessMs === undefined ? {} : { latenessMs }),
    ...(latenessMs !== undefined && latenessMs > defaults.lateAfterMs ? downOf(facts) : {}),
    text: sayFired(facts),
  };
}

function notFired(facts: InstantFacts, { after, upTo }: LedgerItem, reason: SkipReason): Verdict {
  return {
    verdict: "notFired",
    reason,
    after: toIso(after),
    upTo: toIso(upTo),
    ...(reason === "missed" ? downOf(facts) : {}),
    text: sayNotFired(facts),
  };
}

/** Due or to be due, and the ledger has nothing about it. */
function open(facts: InstantFacts, dueAt: number): Verdict {
  const { at, now, row, keptFrom } = facts;
  if (at > row.cursor && dueAt > now) return { verdict: "ahead", text: sayAhead(facts, dueAt) };
  if (at > row.cursor) {
    const isLate = now - dueAt > defaults.lateAfterMs;
    return { verdict: "undecided", ...(isLate ? downOf(facts) : {}), text: sayUndecided(facts, dueAt) };
  }
  return { verdict: "unknown", text: sayUnknown(at < keptFrom ? keptFrom : undefined) };
}

function downOf({ down }: InstantFacts): Pick<InstantAccount, "down"> {
  return down ? { down: isoOf(down) } : {};
}

function isoOf<Name extends string>(instants: { readonly [N in Name]?: number }): { [N in Name]?: string } {
  const given = Object.entries(instants).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return Object.fromEntries(given.map(([name, instant]) => [name, toIso(instant)])) as { [N in Name]?: string };
}
