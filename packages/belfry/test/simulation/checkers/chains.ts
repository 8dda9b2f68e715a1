import type { LedgerStore } from "../../../src/store/ledger.ts";
import { memoryLedger } from "../../../src/store/memory/ledger.ts";
import type { Commit, ScheduleView } from "../shadow.ts";
import type { World } from "../world.ts";
import { joined, type Link } from "./timetable.ts";

const everything = { from: -1, to: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER };

/** The ledger as it must be: the chain of links of every schedule. */
export class Chains {
  readonly #world: World;
  readonly #ledger: LedgerStore;
  readonly #chains = new Map<number, Link[]>();
  /** Old links are gone: what is left must be the newest. */
  hasPruned = false;

  constructor(world: World) {
    this.#world = world;
    this.#ledger = memoryLedger(world.state);
  }

  /** The store must have recorded exactly these links, and nothing else, for this schedule. */
  expect(commit: Pick<Commit, "runs" | "now">, schedule: ScheduleView, links: readonly Link[]): void {
    const { id, cursor } = schedule;
    const spans = this.#world.state.spans.of(id).filter(({ upTo }) => upTo > cursor);
    const runs = commit.runs.filter(
      ({ before, after }) => !before && after?.trigger === "schedule" && after.scheduleId === id,
    );
    const kept = [
      ...spans.map(({ after, upTo, reason }) => ({ from: Math.max(after, cursor), upTo, what: reason as string })),
      ...runs.map(({ after }) => ({ from: -1, upTo: after?.scheduledFor ?? 0, what: after?.id ?? "" })),
    ].toSorted((a, b) => a.upTo - b.upTo);
    const wanted = joined(links).map((link) =>
      link.fired === undefined
        ? { from: link.after, upTo: link.upTo, what: link.reason as string }
        : { from: -1, upTo: link.fired, what: link.runId ?? "" },
    );
    if (JSON.stringify(kept) !== JSON.stringify(wanted)) {
      this.#world.fail(
        "firings",
        `${schedule.task}/${schedule.key} from ${cursor} at ${commit.now} is recorded as ${JSON.stringify(kept)} instead of ${JSON.stringify(wanted)}`,
      );
    }
    this.#chains.set(id, joined([...(this.#chains.get(id) ?? []), ...links]));
  }

  /** Every chain is shown by the ledger, without a gap, and ends at its schedule's cursor. */
  checkAll(): void {
    for (const [id, chain] of this.#chains) {
      const schedule = this.#world.shadow.schedules.get(id);
      if (schedule) this.#check(schedule, chain);
    }
  }

  #check(schedule: ScheduleView, chain: readonly Link[]): void {
    void this.#ledger.list(schedule.id, everything).then((items) => {
      const shown = items.map(({ upTo, decision }) => `${decision} ${upTo}`);
      const all = chain.map((link) => `${link.fired === undefined ? link.reason : "fired"} ${link.upTo}`);
      const wanted = this.hasPruned ? all.slice(-Math.max(1, shown.length)) : all;
      if (shown.length === 0 && this.hasPruned) return;
      const at = shown.findIndex((text, index) => text !== wanted[index]);
      const what = `${schedule.task}/${schedule.key}`;
      if (at >= 0 || shown.length !== wanted.length)
        this.#world.fail("firings", `${what} shows ${shown[at]} instead of ${wanted[at]}`);
      const gap = items.findIndex((item, index) => index > 0 && item.after !== items[index - 1]?.upTo);
      if (gap >= 0) this.#world.fail("firings", `${what} has a gap before ${items[gap]?.upTo}`);
      const end = items.at(-1)?.upTo;
      if (end !== undefined && end !== schedule.cursor)
        this.#world.fail("firings", `${what} is decided up to ${schedule.cursor}, and shows ${end}`);
    });
  }
}
