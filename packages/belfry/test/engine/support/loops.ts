import { Claimer } from "../../../src/engine/claimer.ts";
import { Claims } from "../../../src/engine/claims.ts";
import { Events } from "../../../src/engine/events.ts";
import { Executor } from "../../../src/engine/executor.ts";
import { Finisher } from "../../../src/engine/finisher.ts";
import { Lease } from "../../../src/engine/lease.ts";
import { Loop } from "../../../src/engine/loop.ts";
import { Planner } from "../../../src/engine/planner.ts";
import { Pruner } from "../../../src/engine/pruner.ts";
import { Reaper } from "../../../src/engine/reaper.ts";
import { Reporter } from "../../../src/engine/reporter.ts";
import { Slots } from "../../../src/engine/slots.ts";
import { MemoryState } from "../../../src/store/memory/state.ts";
import { memoryStore } from "../../../src/store/memory/store.ts";
import { Registry } from "../../../src/task/registry.ts";
import { Said } from "./ears.ts";
import { heldTask, Job } from "./jobs.ts";
import { Link, Writes } from "./link.ts";
import { TestClock, Time } from "./time.ts";

/** Where a loop runs alone, its turns counted. */
export interface Stand {
  readonly time: Time;
  readonly clock: TestClock;
  readonly said: Said;
  readonly loop: Loop;
  /** Turns begun, and the most that were ever under way at once. */
  readonly turns: { begun: number; atOnce: number };
  /** What each further turn does, instead of the loop's own. */
  act: () => Promise<number | undefined>;
}

class Plain extends Loop {
  runOnce(): Promise<number | undefined> {
    return Promise.resolve(undefined);
  }
}

type Parts = ReturnType<typeof partsOf>;

/** Every loop of the engine, and one that does nothing. */
export const loops: Record<string, (parts: Parts) => Loop> = {
  "a loop": (parts) => new Plain("loop", parts),
  lease: ({ lease }) => lease,
  claimer: (parts) => new Claimer(parts),
  planner: (parts) =>
    new Planner({ ...parts, events: new Events(parts.logger), onReady: () => {}, onReplacing: () => {} }),
  reaper: (parts) => new Reaper({ ...parts, onReady: () => {} }),
  pruner: (parts) => new Pruner({ ...parts, retentionMs: 3_600_000 }),
};

function partsOf(clock: TestClock, time: Time, said: Said) {
  const state = new MemoryState(() => time.wallMs);
  const presence = {
    listen: async () => undefined,
    probe: async () => "unknown" as const,
    forget: async () => {},
    close: async () => {},
  };
  const store = new Link(memoryStore(state, presence), clock, new Writes()).open();
  const registry = new Registry([heldTask(new Job())]);
  const engine = { task: () => ({}) as never };
  const base = { store, clock, logger: said };
  const reporter = new Reporter({ ...base, registry, events: new Events(said), engine });
  const finisher = new Finisher({ ...base, afterFlush: () => {}, onEnded: () => {} });
  const slots = new Slots(10);
  const voice = { now: () => time.wallMs, say: () => {}, progress: () => {} };
  const executor = new Executor({
    ...base,
    registry,
    slots,
    finisher,
    reporter,
    voice,
    stopGraceMs: 1_000,
    engine,
    onReady: () => {},
  });
  const held = { holding: () => executor.holding, onCancelled: () => {}, onLost: () => {} };
  const lease = new Lease({ ...base, name: "node", leaseMs: 10_000, taskIds: () => [], ...held });
  const claims = new Claims({ clock, lease, slots, executor, onDoubt: () => {}, onFree: () => {} });
  return { ...base, reporter, slots, executor, lease, claims };
}

/** The loop of this name, on a store of its own. */
export function standOf(name: string): Stand {
  const time = new Time("2026-01-05T12:00:00.000Z");
  const [clock, said] = [new TestClock(time), new Said()];
  const loop = (loops[name] as (parts: Parts) => Loop)(partsOf(clock, time, said));
  const own = loop.runOnce.bind(loop);
  const turns = { begun: 0, atOnce: 0 };
  let under = 0;
  const stand: Stand = { time, clock, said, loop, turns, act: own };
  Object.assign(loop, {
    runOnce: async () => {
      turns.begun += 1;
      under += 1;
      turns.atOnce = Math.max(turns.atOnce, under);
      try {
        return await stand.act();
      } finally {
        under -= 1;
      }
    },
  });
  return stand;
}
