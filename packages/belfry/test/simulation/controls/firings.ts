import { type MemorySchedule, MemoryState } from "../../../src/store/memory/state.ts";
import type { Sabotage } from "../sabotage.ts";
import { replace } from "./stores.ts";

class Cursorless extends MemoryState {
  override stands(
    schedule: MemorySchedule | undefined,
    believed: { version: number; cursor: number },
  ): schedule is MemorySchedule {
    return schedule !== undefined && !schedule.removed && schedule.version === believed.version;
  }
}

/** Its clock is ahead while it decides. */
class Hasty extends MemoryState {
  #aheadMs = 0;
  #decides = false;

  override now(): number {
    return super.now() + this.#aheadMs;
  }

  override stands(
    schedule: MemorySchedule | undefined,
    believed: { version: number; cursor: number },
  ): schedule is MemorySchedule {
    if (this.#decides) this.#aheadMs = 1_000;
    return super.stands(schedule, believed);
  }

  decide<Answer>(act: () => Answer): Answer {
    this.#decides = true;
    const answer = act();
    this.#decides = false;
    this.#aheadMs = 0;
    return answer;
  }
}

/** What goes wrong with firings when a guard is gone. */
export const firingControls: readonly Sabotage[] = [
  {
    title: "the cursor check is removed",
    foundBy: ["firings"],
    options: { slots: 3 },
    state: (now) => new Cursorless(now),
  },
  {
    title: "arming is treated as a decision: what was armed fires, whatever has changed since",
    foundBy: ["firings"],
    options: { slots: 3, deploys: 0.7 },
    store: (store, { world }) =>
      replace(store, "ledger", (ledger) => ({
        fire: (by, firings) => {
          const armed = firings.map((firing) => {
            const { version = firing.version, cursor = firing.cursor } =
              world.state.schedules.get(firing.scheduleId) ?? {};
            return { ...firing, version, cursor };
          });
          return ledger.fire(by, armed);
        },
      })),
  },
  {
    title: "what fires is not checked against the store's clock",
    foundBy: ["firings"],
    options: { slots: 3, model: "postgres" },
    state: (now) => new Hasty(now),
    store: (store, { world }) =>
      replace(store, "ledger", (ledger) => ({
        fire: (by, firings) => (world.state as Hasty).decide(() => ledger.fire(by, firings)),
      })),
  },
  {
    title: "the overlap rule is forgotten",
    foundBy: ["firings"],
    store: (store, { world }) =>
      replace(store, "ledger", (ledger) => ({
        fire: (by, firings) => {
          const skipping = [...world.state.schedules.values()].filter(({ overlap }) => overlap === "skip");
          for (const schedule of skipping) schedule.overlap = "allow";
          const answer = ledger.fire(by, firings);
          for (const schedule of skipping) schedule.overlap = "skip";
          return answer;
        },
      })),
  },
  {
    title: "what was missed is not recorded",
    foundBy: ["firings"],
    options: { slots: 3 },
    store: (store, { world }) =>
      replace(store, "ledger", (ledger) => ({
        fire: (by, firings) => {
          const answer = ledger.fire(by, firings);
          for (const spans of world.state.spans.bySchedule.values())
            for (let at = spans.length - 1; at >= 0; at--) if (spans[at]?.reason === "missed") spans.splice(at, 1);
          return answer;
        },
      })),
  },
  {
    title: "a deploy forgets what was due before it",
    foundBy: ["firings"],
    options: {
      deploys: 0.7,
      faults: { crash: 4, freeze: 0, block: 0, stop: 4, partition: 0, away: 0, slow: 0, jump: 0 },
    },
    store: (store, { world }) =>
      replace(store, "tasks", (tasks) => ({
        apply: (deploy) => {
          const { bySchedule } = world.state.spans;
          const before = new Map([...bySchedule].map(([id, spans]) => [id, spans.length]));
          const answer = tasks.apply(deploy);
          for (const [id, spans] of bySchedule) spans.splice(before.get(id) ?? 0);
          return answer;
        },
      })),
  },
];
