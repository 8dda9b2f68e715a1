import type { Sabotage } from "../sabotage.ts";
import { replace } from "./stores.ts";

const faults = { crash: 3, freeze: 3, block: 1, stop: 0, partition: 2, away: 0, slow: 0, jump: 0 };
const calls = { refused: 0, answerLost: 0, late: 0, lost: 0 };

/** What goes wrong with leases when a guard is gone. */
export const leaseControls: readonly Sabotage[] = [
  {
    title: "the reaper trusts its own clock",
    foundBy: ["leases"],
    options: { slots: 3, model: "postgres", calls },
    store: (store, process) =>
      replace(store, "nodes", (nodes) => ({
        list: async () => {
          const now = process.clock.now();
          return (await nodes.list()).map((node) => ({ ...node, leaseMs: 1, expired: node.expiresAt <= now }));
        },
        reap: (by, suspects) =>
          nodes.reap(
            by,
            suspects.map(({ epoch }) => ({ epoch })),
          ),
      })),
  },
  {
    title: "the reaper reaps without renewing its own lease first",
    foundBy: ["leases"],
    options: { slots: 3, faults, calls },
    store: (store, { world }) =>
      replace(store, "nodes", (nodes) => ({
        reap: (by, suspects) => {
          const own = world.state.nodes.get(by);
          const expiresAt = own?.expiresAt;
          const answer = nodes.reap(by, suspects);
          if (own && expiresAt !== undefined) own.expiresAt = expiresAt;
          return answer;
        },
      })),
  },
  {
    title: "a node that does not answer is taken for dead",
    foundBy: ["leases"],
    options: { slots: 3, model: "sqlite", provable: 1, faults, calls },
    store: (store, { world }) =>
      replace(store, "presence", (presence) => ({
        probe: async (node) => {
          const answer = await presence.probe(node);
          return world.sockets.get(node.socket ?? "")?.frozen ? "dead" : answer;
        },
      })),
  },
  {
    title: "a lost attempt spends a retry",
    foundBy: ["attempts"],
    options: { slots: 3, faults },
    store: (store, { world }) =>
      replace(store, "nodes", (nodes) => ({
        reap: (by, suspects) => {
          const held = suspects.flatMap(({ epoch }) => world.state.heldBy(epoch));
          const answer = nodes.reap(by, suspects);
          for (const run of held) if (run.state === "ready") run.failures += 1;
          return answer;
        },
      })),
  },
  {
    title: "nobody looks for the dead",
    foundBy: ["recovery", "liveness"],
    options: { slots: 3, faults, calls },
    store: (store) => replace(store, "nodes", () => ({ list: async () => [] })),
  },
  {
    title: "a node is never told that its lease was taken over",
    foundBy: ["signals", "lateness", "waiting", "leases", "fences"],
    options: { slots: 3, faults: { ...faults, crash: 0, freeze: 6 }, calls },
    store: (store) => {
      const renewing = replace(store, "nodes", (nodes) => ({
        renew: async (epoch) => {
          const answer = await nodes.renew(epoch);
          return answer.outcome === "dead" ? { outcome: "renewed" as const, cancelled: [] } : answer;
        },
      }));
      const claiming = replace(renewing, "runs", (runs) => ({
        claim: async (by) => {
          const answer = await runs.claim(by);
          return answer.outcome === "dead" ? { outcome: "claimed" as const, runs: [] } : answer;
        },
      }));
      return replace(claiming, "ledger", (ledger) => ({
        fire: async (by, firings) => {
          const answers = await ledger.fire(by, firings);
          return answers.map((answer) => (answer.outcome === "dead" ? { outcome: "stale" as const } : answer));
        },
      }));
    },
  },
];
