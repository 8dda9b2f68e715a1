import { type MemoryRun, MemoryState } from "../../../src/store/memory/state.ts";
import type { Claimant, ClaimedRun } from "../../../src/store/store.ts";
import type { Sabotage } from "../sabotage.ts";
import { replace } from "./stores.ts";

class Fenceless extends MemoryState {
  override holds(run: MemoryRun | undefined, _token: number): run is MemoryRun {
    return run?.state === "running";
  }
}

class Limitless extends MemoryState {
  override tryClaim(run: MemoryRun, by: Claimant): ClaimedRun | undefined {
    const task = this.tasks.get(run.taskId);
    if (task) this.tasks.set(run.taskId, { ...task, concurrency: undefined });
    const claimed = super.tryClaim(run, by);
    if (task) this.tasks.set(run.taskId, task);
    return claimed;
  }
}

const faults = { crash: 2, freeze: 4, block: 0, stop: 0, partition: 2, away: 0, slow: 0, jump: 0 };

/** What goes wrong with runs and their attempts when a guard is gone. */
export const claimControls: readonly Sabotage[] = [
  {
    title: "the token check is removed",
    foundBy: ["fences"],
    options: { slots: 3, faults },
    state: (now) => new Fenceless(now),
  },
  {
    title: "an end is written under whatever token the run has now",
    foundBy: ["fences", "attempts"],
    options: { slots: 3, faults },
    store: (store, { world }) =>
      replace(store, "runs", (runs) => ({
        finish: (items) =>
          runs.finish(items.map((item) => ({ ...item, token: world.state.runs.get(item.id)?.token ?? item.token }))),
      })),
  },
  {
    title: "the unique index of runs is dropped: a second insert of an id makes a second run",
    foundBy: ["lifecycle", "acknowledged"],
    options: { calls: { refused: 0, answerLost: 0.1, late: 0, lost: 0 } },
    store: (store, { world }) =>
      replace(store, "runs", (runs) => ({
        insert: (items, by) => {
          for (const { id } of items) world.state.runs.delete(id);
          return runs.insert(items, by);
        },
      })),
  },
  {
    title: "a trigger is acknowledged and not kept",
    foundBy: ["lifecycle", "acknowledged", "fences"],
    store: (store, { world }) =>
      replace(store, "runs", (runs) => ({
        insert: async (items, by) => {
          const answer = runs.insert(items, by);
          if (items.length === 1 && world.random.chance(0.1)) world.state.runs.delete(items[0]?.id ?? "");
          return answer;
        },
      })),
  },
  {
    title: "claims ignore a task's concurrency",
    foundBy: ["capacity"],
    state: (now) => new Limitless(now),
  },
  {
    title: "a claimed run is started twice",
    foundBy: ["attempts", "capacity"],
    store: (store) =>
      replace(store, "runs", (runs) => ({
        claim: async (by) => {
          const answer = await runs.claim(by);
          return answer.outcome === "claimed" ? { ...answer, runs: [...answer.runs, ...answer.runs] } : answer;
        },
      })),
  },
  {
    title: "a cancel reopens what has ended",
    foundBy: ["lifecycle"],
    store: (store, { world }) =>
      replace(store, "runs", (runs) => ({
        cancel: (items) => {
          for (const run of items.flatMap(({ id }) => world.state.runs.get(id) ?? []))
            if (run.state === "completed") run.state = "ready";
          return runs.cancel(items);
        },
      })),
  },
  {
    title: "no change is told of, and nobody polls",
    foundBy: ["waiting", "liveness"],
    options: { slots: 3, hints: "never" },
  },
];
