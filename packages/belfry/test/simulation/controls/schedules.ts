import { MemoryState } from "../../../src/store/memory/state.ts";
import type { Sabotage } from "../sabotage.ts";
import { replace } from "./stores.ts";

/** What is held waits for ever. */
class Standstill extends MemoryState {
  override proceed(): void {}
}

const busy = { slots: 3, operationsEveryMs: 700 };

/** What goes wrong with schedules at run time, and with runs that wait for others, when a guard is gone. */
export const scheduleControls: readonly Sabotage[] = [
  {
    title: "what is held never proceeds",
    foundBy: ["held"],
    options: busy,
    state: (now) => new Standstill(now),
  },
  {
    title: "a pause does not stop what was armed before it",
    foundBy: ["firings"],
    options: busy,
    store: (store, { world }) =>
      replace(store, "schedules", (schedules) => ({
        amend: async (items) => {
          const answers = await schedules.amend(items);
          for (const { scheduleId } of items) {
            const schedule = world.state.schedules.get(scheduleId);
            if (schedule && !schedule.removed) schedule.version -= 1;
          }
          return answers;
        },
      })),
  },
  {
    title: "a put forgets what was due before it",
    foundBy: ["firings"],
    options: busy,
    store: (store, { world }) =>
      replace(store, "schedules", (schedules) => ({
        put: (items) => {
          const { bySchedule } = world.state.spans;
          const before = new Map([...bySchedule].map(([id, spans]) => [id, spans.length]));
          const answer = schedules.put(items);
          for (const [id, spans] of bySchedule) spans.splice(before.get(id) ?? 0);
          return answer;
        },
      })),
  },
  {
    title: "a resuming catches up what was paused",
    foundBy: ["firings"],
    options: busy,
    store: (store, { world }) =>
      replace(store, "schedules", (schedules) => ({
        amend: (items) => {
          const before = new Map(
            items.map(({ scheduleId }) => [scheduleId, world.state.schedules.get(scheduleId)?.cursor]),
          );
          const answers = schedules.amend(items);
          for (const [id, cursor = 0] of before) {
            const schedule = world.state.schedules.get(id);
            if (schedule && !schedule.removed) schedule.cursor = cursor;
          }
          return answers;
        },
      })),
  },
  {
    title: "a replaced run is not cancelled",
    foundBy: ["firings"],
    options: busy,
    store: (store, { world }) =>
      replace(store, "ledger", (ledger) => ({
        fire: (by, firings) => {
          const wanted = new Map([...world.state.runs.values()].map((run) => [run, run.cancelRequested]));
          const answer = ledger.fire(by, firings);
          for (const [run, cancelRequested] of wanted) run.cancelRequested = cancelRequested;
          return answer;
        },
      })),
  },
  {
    title: "a backfill takes no account of where it stands",
    foundBy: ["backfills"],
    options: { ...busy, calls: { refused: 0, answerLost: 0.1, late: 0.05, lost: 0 } },
    store: (store, { world }) =>
      replace(store, "backfills", (backfills) => ({
        step: (items) => {
          const standing = items.map((item) => {
            const position = world.state.backfills.get(item.id)?.position;
            const { position: _, ...rest } = item;
            return position === undefined ? rest : { ...rest, position };
          });
          return backfills.step(standing);
        },
      })),
  },
];
