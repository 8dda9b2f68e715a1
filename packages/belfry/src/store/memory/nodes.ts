import { limits } from "../../base/limits.ts";
import { lostFailure } from "../../run/failure.ts";
import type { LostRun, NodeLife, NodeStore, Suspect } from "../nodes.ts";
import type { MemoryNode, MemoryRun } from "./rows.ts";
import type { MemoryState } from "./state.ts";

const livesMax = 1_000;

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
    lives: async (from, to) => {
      const all = [...state.formerNodes.values(), ...[...state.nodes.values()].map(lifeOf)];
      const lived = all.filter(
        ({ startedAt, endedAt }) => startedAt <= to && (endedAt === undefined || endedAt >= from),
      );
      return lived.sort((a, b) => a.epoch - b.epoch).slice(-livesMax);
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
      end(state, epoch);
    },
  };
}

/** A lease's end tells when it was renewed last. */
function lifeOf({ name, epoch, startedAt, expiresAt, leaseMs }: MemoryNode): NodeLife {
  return { name, epoch, startedAt, seenAt: expiresAt - leaseMs };
}

/** The node's life is over. */
function end(state: MemoryState, epoch: number): void {
  const node = state.nodes.get(epoch);
  if (node) state.formerNodes.set(epoch, { ...lifeOf(node), endedAt: state.now() });
  state.nodes.delete(epoch);
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
  end(state, epoch);
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
