import type { Audit, AuditFinding } from "../api/account.ts";
import { defaults, limits } from "../base/limits.ts";
import { toIso } from "../run/record.ts";
import type { SkipReason } from "../store/ledger.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import type { Chain, Finding } from "./chain.ts";
import type { Definitions } from "./definitions.ts";
import { say } from "./say.ts";

/** What was found wrong with one schedule: the first of it, and how much it is. */
export class Findings {
  readonly items: Finding[] = [];
  count = 0;

  readonly add = (finding: Finding): void => {
    this.count += 1;
    if (this.items.length < limits.auditFindingsMax) this.items.push(finding);
  };
}

/** The sum of all chains that were audited. */
export class AuditSum {
  readonly #range: { from: number; to: number };
  readonly #notFired: Audit["notFired"] = {};
  readonly #findings: AuditFinding[] = [];
  #schedules = 0;
  #instants = 0;
  #fired = 0;
  #found = 0;

  constructor(range: { from: number; to: number }) {
    this.#range = range;
  }

  add({ task, key }: Pick<ScheduleRow, "task" | "key">, chain: Chain, { items, count }: Findings): void {
    this.#schedules += 1;
    this.#instants += chain.instants;
    this.#fired += chain.fired;
    for (const [reason, times] of Object.entries(chain.notFired) as [SkipReason, number][]) {
      this.#notFired[reason] = (this.#notFired[reason] ?? 0) + times;
    }
    this.#found += count;
    for (const finding of items.slice(0, limits.auditFindingsMax - this.#findings.length)) {
      this.#findings.push({ task, schedule: key, ...finding });
    }
  }

  toAudit(): Audit {
    const { from, to } = this.#range;
    return {
      ...{ from: toIso(from), to: toIso(to), schedules: this.#schedules },
      ...{ instants: this.#instants, fired: this.#fired, notFired: this.#notFired },
      ...{ findings: this.#findings, found: this.#found },
    };
  }
}

/** What is wrong with a schedule as it stands: its definition cannot be read, or an instant waits for its decision. */
export function standingFinding(
  { cursor }: ScheduleRow,
  definitions: Definitions,
  { now, to }: { now: number; to: number },
): Finding | undefined {
  const standing = definitions.held.at(-1);
  if (!standing) return undefined;
  if (!standing.schedule) {
    return { kind: "invalid", instant: toIso(cursor), text: `its definition cannot be read: ${standing.problem}` };
  }
  const next = standing.schedule.next(Math.max(cursor, standing.rules.since));
  if (next === undefined || next > to) return undefined;
  const lateMs = now - standing.schedule.dueAt(next);
  if (lateMs <= defaults.lateAfterMs) return undefined;
  const text = `${say(next)} has been due for ${Math.floor(lateMs / 1_000)} s, and nothing has decided it yet`;
  return { kind: "late", instant: toIso(next), text };
}
