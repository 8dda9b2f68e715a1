import { hasEnded } from "../../../src/run/states.ts";
import type { Commit } from "../shadow.ts";
import type { World } from "../world.ts";
import type { Checker } from "./checker.ts";

/** A backfill makes one run for each instant of its range, never more at once than it may, and none once it was stopped. */
export class BackfillRuns implements Checker {
  readonly #world: World;
  readonly #instants = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  onCommit({ runs, call }: Commit): void {
    for (const { before, after } of runs) {
      if (before || after?.trigger !== "backfill") continue;
      const { id, backfillId = "", scheduledFor = -1 } = after;
      const fail = (what: string) => this.#world.fail("backfills", `run ${id} of backfill ${backfillId} ${what}`);
      const row = this.#world.state.backfills.get(backfillId);
      if (!row || call.verb !== "backfills.step") return fail(`was made by ${call.verb}`);
      if (scheduledFor < row.from || scheduledFor > row.to) fail(`stands for ${scheduledFor}, outside of its range`);
      const name = `${backfillId}/${scheduledFor}`;
      if (this.#instants.has(name)) fail(`is the second for ${scheduledFor}`);
      this.#instants.add(name);
      if (row.state !== "running" && row.state !== "done") fail(`was made while that is ${row.state}`);
      const unfinished = [...this.#world.state.runs.values()].filter(
        (run) => run.backfillId === backfillId && !hasEnded(run.state),
      ).length;
      if (unfinished > row.concurrency) fail(`is one of ${unfinished} at once, of ${row.concurrency}`);
    }
  }
}
