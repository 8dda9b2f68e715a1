import { limits } from "../../base/limits.ts";
import { lostFailure } from "../../run/failure.ts";
import type { LostRun, NodeStore, Suspect } from "../nodes.ts";
import type { MemoryNode, MemoryRun, MemoryState } from "./state.ts";

export function memoryNodes(state: MemoryState): NodeStore {
  return {
    register: async (node) => {
      const epoch = state.nextNumber();
      state.nodes.set(epoch, { ...node, epoch, startedAt: state.now(), expiresAt: state.now() + node.leaseMs });
      return { epoch };
    },
    renew: async (epoch) => {
      if (!state.renew(epoch)) return { outcome: "dead" };
      return {
        outcome: "renewed",
        cancelled: state.cancelledOf(epoch),
      };
    },
    list: async () => {
      const now = state.now();
      return [...state.nodes.values()].map(({ taskIds: _, ...node }) => ({
        ...node,
        expired: isExpired(node, now),
        running: state.heldBy(node.epoch).length,
      }));
    },
    reap: async (by, suspects) => {
      if (!state.renew(by)) return { outcome: "dead" };
      return {
        outcome: "reaped",
        lost: suspects.filter((suspect) => isDead(state, suspect)).flatMap(({ epoch }) => bury(state, epoch)),
      };
    },
    leave: async (epoch) => {
      for (const run of state.heldBy(epoch)) {
        if (state.move(run, "release")) state.endAttempt(run, "released");
        state.endIfCancelled(run);
      }
      state.nodes.delete(epoch);
    },
  };
}

function isDead(state: MemoryState, { epoch, expiresAt }: Suspect): boolean {
  const node = state.nodes.get(epoch);
  if (!node) return false;
  return expiresAt === undefined || (node.expiresAt === expiresAt && isExpired(node, state.now()));
}

/** A lease that seems to last for longer than it can was renewed before the clock was set back, and not since. */
function isExpired({ expiresAt, leaseMs }: Pick<MemoryNode, "expiresAt" | "leaseMs">, now: number): boolean {
  return expiresAt <= now || expiresAt > now + leaseMs;
}

function bury(state: MemoryState, epoch: number): LostRun[] {
  state.nodes.delete(epoch);
  return state.heldBy(epoch).map((run) => lose(state, run));
}

function lose(state: MemoryState, run: MemoryRun): LostRun {
  const { id, task, attemptCount } = run;
  run.losses += 1;
  const ended = run.losses >= limits.lossesMax || state.tasks.get(run.taskId)?.onLost === "fail";
  state.move(run, ended ? "giveUp" : "lose");
  if (ended) run.outcome = "E_LOST";
  state.endAttempt(run, "lost", lostFailure(attemptCount));
  return state.endIfCancelled(run) ? { id, task, ended: true, cancelled: true } : { id, task, ended };
}
