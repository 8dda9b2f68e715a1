import type { RunEvent } from "../../src/run/states.ts";
import { type MemoryRun, MemoryState } from "../../src/store/memory/state.ts";
import type { CancelAnswer } from "../../src/store/runs.ts";
import type { Settlement } from "../../src/store/schedules.ts";
import type { Store } from "../../src/store/store.ts";

/** States and stores that break one promise about schedules, deploys and backfills each. */

export class NeverProceeds extends MemoryState {
  override proceed(): void {}
}

export class ProceedsTooSoon extends MemoryState {
  override proceed(scheduleId: number): void {
    const held = [...this.runs.unfinished.of(scheduleId)].find((run) => run.state === "held");
    if (held && this.move(held, "proceed")) this.move(held, "due");
  }
}

export class CountsNoEnds extends MemoryState {
  override countEnd(): void {}
}

export class CountsCancelled extends MemoryState {
  override countEnd(run: MemoryRun, event: RunEvent): void {
    super.countEnd(run, event === "cancel" ? "fail" : event);
  }
}

export class ReplacesNothing extends MemoryState {
  override cancel(run: MemoryRun, reason?: string): CancelAnswer {
    return reason?.startsWith("replaced") ? { outcome: "requested" } : super.cancel(run, reason);
  }
}

/** A schedule that is set back forgets that it was. */
export class ForgetsRewindings extends MemoryState {
  constructor(clock: () => number) {
    super(clock);
    const { schedules } = this;
    const update = schedules.update.bind(schedules);
    schedules.update = (schedule, changes) => update(schedule, { ...changes, rewoundFrom: undefined });
  }
}

export class ForgetsPast extends MemoryState {
  override readonly past = new (class extends Map {
    override set(): this {
      return this;
    }
  })();
}

export class ForgetsLives extends MemoryState {
  override readonly formerNodes = new (class extends Map {
    override set(): this {
      return this;
    }
  })();
}

function within<Room extends "ledger" | "tasks" | "schedules" | "backfills">(
  store: Store,
  room: Room,
  verbs: Partial<Store[Room]>,
): Store {
  return { ...store, [room]: { ...store[room], ...verbs } };
}

/** What is caught up fires as what is on time. */
export function ignoresQueues(store: Store): Store {
  return within(store, "ledger", {
    fire: (by, firings) =>
      store.ledger.fire(
        by,
        firings.map((firing) => {
          const links = firing.links.map((link) => ("instant" in link ? { ...link, queued: undefined } : link));
          return { ...firing, links };
        }),
      ),
  });
}

/** When a run is due is not minded. */
export function firesEarly(store: Store): Store {
  return within(store, "ledger", {
    fire: (by, firings) =>
      store.ledger.fire(
        by,
        firings.map((firing) => ({ ...firing, wasDueAt: 0 })),
      ),
  });
}

/** Pages go on behind a task, not behind a schedule. */
export function pagesByTask(store: Store): Store {
  return within(store, "schedules", {
    list: ({ after, ...query }) =>
      store.schedules.list({ ...query, ...(after ? { after: { ...after, key: "\uffff" } } : {}) }),
  });
}

const silent = ({ scheduleId, version, cursor }: Settlement): Settlement => ({ scheduleId, version, cursor });

/** What was due of an old definition is never judged. */
export function settlesNothing(store: Store): Store {
  const put: Store["schedules"]["put"] = (items) =>
    store.schedules.put(items.map((item) => ({ ...item, settle: item.settle && silent(item.settle) })));
  const apply: Store["tasks"]["apply"] = (deploy) =>
    store.tasks.apply({ ...deploy, settle: deploy.settle.map(silent) });
  return within(within(store, "schedules", { put }), "tasks", { apply });
}

/** A release's set is applied however often it comes. */
export function forgetsReleases(store: Store): Store {
  return within(store, "tasks", { apply: ({ release: _, ...deploy }) => store.tasks.apply(deploy) });
}

/** A resuming catches up: nothing is recorded of what was due. */
export function catchesUpAfterPauses(store: Store): Store {
  return within(store, "schedules", {
    amend: (items) =>
      store.schedules.amend(items.map((item) => (item.kind === "resume" ? { ...item, kind: "skip", until: 0 } : item))),
  });
}

/** A step is taken wherever the backfill stands. */
export function stepsAnywhere(store: Store): Store {
  return within(store, "backfills", {
    step: async (items) => {
      const rows = await store.backfills.get(items.map(({ id }) => id));
      return store.backfills.step(items.map((item, index) => ({ ...item, position: rows[index]?.position })));
    },
  });
}

/** A backfill keeps as many runs unfinished as there are steps. */
export function backfillsAtOnce(store: Store): Store {
  return within(store, "backfills", {
    create: (items) => store.backfills.create(items.map((item) => ({ ...item, concurrency: 1_000 }))),
  });
}
