import type { RunEvent } from "../../src/run/states.ts";
import { transitions } from "../../src/run/states.ts";
import { Spans } from "../../src/store/memory/spans.ts";
import { type MemoryRun, type MemorySchedule, MemoryState } from "../../src/store/memory/state.ts";
import type { Claimant, Store } from "../../src/store/store.ts";
import { freshId } from "./context.ts";

/** States that break one promise each: what the suite must find out. */

export class IgnoresToken extends MemoryState {
  override holds(run: MemoryRun | undefined, _token: number): run is MemoryRun {
    return run?.state === "running";
  }
}

export class IgnoresEnd extends MemoryState {
  override holds(run: MemoryRun | undefined, token: number): run is MemoryRun {
    return run?.token === token;
  }
}

export class IgnoresCursor extends MemoryState {
  override stands(
    schedule: MemorySchedule | undefined,
    believed: { version: number; cursor: number },
  ): schedule is MemorySchedule {
    return super.stands(schedule, { ...believed, cursor: schedule?.cursor ?? 0 });
  }
}

export class IgnoresVersion extends MemoryState {
  override stands(
    schedule: MemorySchedule | undefined,
    believed: { version: number; cursor: number },
  ): schedule is MemorySchedule {
    return super.stands(schedule, { ...believed, version: schedule?.version ?? 0 });
  }
}

export class IgnoresOverlap extends MemoryState {
  override stands(
    schedule: MemorySchedule | undefined,
    believed: { version: number; cursor: number },
  ): schedule is MemorySchedule {
    if (schedule) schedule.overlap = "allow";
    return super.stands(schedule, believed);
  }
}

export class RevivesTheDead extends MemoryState {
  override isLive(): boolean {
    return true;
  }
}

export class IgnoresConcurrency extends MemoryState {
  override tryClaim(run: MemoryRun, by: Claimant) {
    const task = this.tasks.get(run.taskId);
    if (task) this.tasks.set(task.id, { ...task, concurrency: undefined });
    const claimed = super.tryClaim(run, by);
    if (task) this.tasks.set(task.id, task);
    return claimed;
  }
}

export class RepeatsTokens extends MemoryState {
  override tryClaim(run: MemoryRun, by: Claimant) {
    const claimed = super.tryClaim(run, by);
    if (claimed) run.token = 7;
    return claimed && { ...claimed, token: 7 };
  }
}

export class ForgetsStart extends MemoryState {
  override tryClaim(run: MemoryRun, by: Claimant) {
    run.startedAt = undefined;
    return super.tryClaim(run, by);
  }
}

export class IgnoresPriority extends MemoryState {
  override readyOf(taskIds: readonly string[]): MemoryRun[] {
    return [...super.readyOf(taskIds)].sort((a, b) => a.seq - b.seq);
  }
}

export class IgnoresTheTable extends MemoryState {
  override move(run: MemoryRun, event: RunEvent): boolean {
    if (super.move(run, event)) return true;
    this.runs.update(run, { state: transitions[event].to });
    return true;
  }
}

export class LosesSpans extends MemoryState {
  override readonly spans = new (class extends Spans {
    override add(): void {}
  })();
}

export class NeverJoinsSpans extends MemoryState {
  override readonly spans = new (class extends Spans {
    override add(...[scheduleId, after, upTo, reason]: Parameters<Spans["add"]>): void {
      this.bySchedule.set(scheduleId, [...this.of(scheduleId), { after, upTo, reason }]);
    }
  })();
}

export class CountsNoLoss extends MemoryState {
  override endAttempt(...args: Parameters<MemoryState["endAttempt"]>): void {
    const [run, outcome] = args;
    if (outcome === "lost") run.losses = 0;
    super.endAttempt(...args);
  }
}

export class CountsReleases extends MemoryState {
  override endAttempt(...args: Parameters<MemoryState["endAttempt"]>): void {
    const [run, outcome] = args;
    if (outcome === "released") run.failures += 1;
    super.endAttempt(...args);
  }
}

export class HoldsNothing extends MemoryState {
  override heldBy(): MemoryRun[] {
    return [];
  }
}

/** Stores that break one promise each, whatever is below. */

const withRuns = (store: Store, runs: Partial<Store["runs"]>): Store => ({
  ...store,
  runs: { ...store.runs, ...runs },
});

/** A known id makes another run. */
export function forgetsIds(store: Store): Store {
  const insert: Store["runs"]["insert"] = async (runs, by) => {
    const known = await store.runs.get(runs.map(({ id }) => id));
    return store.runs.insert(
      runs.map((run, index) => (known[index] ? { ...run, id: freshId() } : run)),
      by,
    );
  };
  return withRuns(store, { insert });
}

/** JSON is parsed and written again. */
export function rewritesJson(store: Store): Store {
  const rewritten = (text: string | undefined) => text && JSON.stringify(JSON.parse(text));
  return withRuns(store, {
    insert: (runs, by) =>
      store.runs.insert(
        runs.map((run) => ({ ...run, payload: rewritten(run.payload) })),
        by,
      ),
  });
}

/** Pages are counted from the newest, which moves. */
export function pagesByOffset(store: Store): Store {
  const list: Store["runs"]["list"] = async ({ cursor, limit, ...query }) => {
    const { items } = await store.runs.list({ ...query, limit: 10_000 });
    const end = Number(cursor ?? 0) + limit;
    return { items: items.slice(end - limit, end), ...(end < items.length ? { cursor: String(end) } : {}) };
  };
  return withRuns(store, { list });
}

/** Runs are answered in an order of the store's own. */
export function sortsAnswers(store: Store): Store {
  return withRuns(store, { get: (ids) => store.runs.get([...ids].sort()) });
}

/** Every suspect counts as dead. */
export function reapsTheLiving(store: Store): Store {
  return {
    ...store,
    nodes: {
      ...store.nodes,
      reap: (by, suspects) =>
        store.nodes.reap(
          by,
          suspects.map(({ epoch }) => ({ epoch })),
        ),
    },
  };
}

/** Calls after the end are let through. */
export function neverCloses(store: Store): Store {
  return { ...store, close: async () => {} };
}
