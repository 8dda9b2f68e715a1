import { AuditSum, Findings, standingFinding } from "../account/audit.ts";
import { Chain } from "../account/chain.ts";
import { Definitions } from "../account/definitions.ts";
import type { Audit } from "../api/account.ts";
import { limits } from "../base/limits.ts";
import type { ScheduleRow } from "../store/schedules.ts";
import type { Store } from "../store/store.ts";
import type { Pace } from "./pace.ts";
import { pastOf } from "./schedule-pages.ts";

/** How many schedules are read at once. */
const togetherMax = 50;

/** What to audit: instants in (from, to], of schedules as `now` found them. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly now: number;
}

/** Audits schedules and sums up what it finds; holds a page of one's ledger at a time. */
export class Auditor {
  readonly #store: Store;
  readonly #pace: Pace;
  readonly #sum: AuditSum;

  constructor(store: Store, pace: Pace, range: { from: number; to: number }) {
    this.#store = store;
    this.#pace = pace;
    this.#sum = new AuditSum(range);
  }

  async take(rows: readonly ScheduleRow[], range: Range): Promise<void> {
    for (let at = 0; at < rows.length; at += togetherMax) {
      const some = rows.slice(at, at + togetherMax);
      const audited = await Promise.all(some.map((row) => this.#audit(row, range)));
      for (const one of audited) if (one) this.#sum.add(one.row, one.chain, one.findings);
      await this.#pace.rest();
    }
  }

  answer(): Audit {
    return this.#sum.toAudit();
  }

  async #audit(row: ScheduleRow, { from, to, now }: Range) {
    const upTo = Math.min(to, row.cursor);
    const isOld = row.removed || row.since > from;
    const past = isOld ? await pastOf(this.#store, row.id, from, upTo) : [];
    const definitions = new Definitions(row, past);
    const first = definitions.held[0];
    if (!first) return undefined;
    const begin = Math.max(from, first.rules.since);
    const findings = new Findings();
    const chain = new Chain(definitions, { from: begin, upTo }, findings.add);
    if (begin < upTo) await this.#walk(row.id, chain, begin, upTo);
    const standing = row.removed ? undefined : standingFinding(row, definitions, { now, to });
    if (standing) findings.add(standing);
    return { row, chain, findings };
  }

  async #walk(scheduleId: number, chain: Chain, from: number, to: number): Promise<void> {
    const limit = limits.pageItemsMax;
    let [after, seen] = [from, 0];
    for (;;) {
      const items = await this.#store.ledger.list(scheduleId, { from: after, to, limit });
      await this.#pace.drive(chain.take(items.slice(seen)));
      const last = items.at(-1);
      if (items.length < limit || !last) break;
      // What ends at one instant may have been cut in two by the page: it is read again, and what was seen passed over.
      const same = items.filter(({ upTo }) => upTo === last.upTo).length;
      [after, seen] = same < limit ? [last.upTo - 1, same] : [last.upTo, 0];
    }
    await this.#pace.drive(chain.end());
  }
}
