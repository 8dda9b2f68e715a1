import { expect } from "vitest";
import type { LostRun } from "../../../src/store/nodes.ts";
import { type Context, claimedRuns, eventually, idsOf, newRun, type TestNode } from "../context.ts";
import { heldApart, manyTasks, waitingRuns } from "./prepare.ts";
import { type Interleaving, race } from "./race.ts";

/** Reaps on the other store; the reaper lives. */
async function reap(c: Context, by: TestNode, epoch: number, expiresAt?: number): Promise<readonly LostRun[]> {
  const answer = await c.other.nodes.reap(by.epoch, [{ epoch, expiresAt }]);
  if (answer.outcome !== "reaped") throw new Error("the reaper is dead");
  return answer.lost;
}

/** A node with a run for each round, and who takes it over. */
async function withHeir(c: Context, rounds: number, leaseMs?: number) {
  const items = await heldApart(c, rounds, leaseMs);
  const heir = await c.node(
    items.map(({ task }) => task),
    { store: c.other },
  );
  return items.map((item) => ({ ...item, heir }));
}

type Held = Awaited<ReturnType<typeof withHeir>>[number];

/** The heir declares the node dead and claims its run. */
async function takeOver(c: Context, { heir, node, task }: Held) {
  await reap(c, heir, node.epoch);
  const [run] = claimedRuns(await c.other.runs.claim({ epoch: heir.epoch, taskIds: [task.id], slots: 1 }));
  if (!run) throw new Error("the run was not taken over");
  return run;
}

export const leases: readonly Interleaving[] = [
  race({
    title: "claim × reap: a node that is dead holds nothing",
    prepare: async (c, rounds) => {
      const by = await c.node([]);
      const runs = await waitingRuns(c, await manyTasks(c, rounds));
      return Promise.all(runs.map(async ({ id, task }) => ({ id, by, node: await c.node([task]) })));
    },
    left: (c, { node }) => c.store.runs.claim(node.by()),
    right: (c, { by, node }) => reap(c, by, node.epoch),
    check: async (c, { id, node }, left, lost, first) => {
      if (first) expect(left.outcome).toBe(first === "left" ? "claimed" : "dead");
      expect(idsOf(lost)).toEqual(left.outcome === "dead" ? [] : [id]);
      expect(await c.get(id)).toMatchObject({ state: "ready", attempts: lost.map(() => ({ outcome: "lost" })) });
      expect((await c.store.runs.held(node.epoch)).runs).toEqual([]);
    },
  }),
  race({
    title: "claim × leave: a node that has left holds nothing",
    prepare: async (c, rounds) => {
      const runs = await waitingRuns(c, await manyTasks(c, rounds));
      return Promise.all(runs.map(async ({ id, task }) => ({ id, node: await c.node([task]) })));
    },
    left: (c, { node }) => c.store.runs.claim(node.by()),
    right: (c, { node }) => c.other.nodes.leave(node.epoch),
    check: async (c, { id }, left, _, first) => {
      if (first) expect(left.outcome).toBe(first === "left" ? "claimed" : "dead");
      const outcomes = left.outcome === "dead" ? [] : ["released"];
      const row = await c.get(id);
      expect([row.state, row.current, row.attempts.map(({ outcome }) => outcome)]).toEqual([
        "ready",
        undefined,
        outcomes,
      ]);
    },
  }),
  race({
    title: "claim × expire: a run finds its handler or ends, never both",
    prepare: async (c, rounds) => (await manyTasks(c, rounds)).map((task) => ({ task, run: newRun(task) })),
    arm: async (c, { run }) => {
      await c.store.runs.insert([run]);
      await c.pass((await c.get(run.id)).availableAt);
    },
    left: async (c, { task }) => (await c.node([task])).claim(),
    right: (c) => c.other.runs.expire(c.other.now(), 100),
    check: async (c, { run }, claimed, expired, first) => {
      if (first) expect(claimed).toHaveLength(first === "left" ? 1 : 0);
      expect(idsOf([...claimed, ...expired])).toEqual([run.id]);
      const row = await c.get(run.id);
      expect([row.state, row.outcome]).toEqual(
        claimed.length > 0 ? ["running", undefined] : ["failed", "E_NO_HANDLER"],
      );
    },
  }),
  race({
    title: "insert × reap: a run is kept, and no dead node holds it",
    prepare: async (c, rounds) => {
      const by = await c.node([]);
      const tasks = await manyTasks(c, rounds);
      return Promise.all(tasks.map(async (task) => ({ run: newRun(task), by, node: await c.node([task]) })));
    },
    left: (c, { run, node }) => c.store.runs.insert([run], node.by()),
    right: (c, { by, node }) => reap(c, by, node.epoch),
    check: async (c, { run }, [answer], lost, first) => {
      if (first) expect(lost).toHaveLength(first === "left" ? 1 : 0);
      if (answer?.outcome !== "created") throw new Error(`the run is ${answer?.outcome}`);
      expect(idsOf(lost)).toEqual(answer.claimed ? [run.id] : []);
      expect(await c.get(run.id)).toMatchObject({ state: "ready", attempts: lost.map(() => ({ outcome: "lost" })) });
    },
  }),
  race({
    title: "finish × reap: a run completes or is lost, never both",
    prepare: withHeir,
    left: (c, { run: { id, token } }) => c.store.runs.finish([{ id, token, event: "complete", result: "1" }]),
    right: (c, { heir, node }) => reap(c, heir, node.epoch),
    check: async (c, { run }, [answer], lost, first) => {
      if (first) expect(answer).toBe(first === "left" ? "done" : "stale");
      expect(idsOf(lost)).toEqual(answer === "done" ? [] : [run.id]);
      const row = await c.get(run.id);
      const outcomes = row.attempts.map(({ outcome }) => outcome);
      expect([row.state, row.result, outcomes]).toEqual(
        answer === "done" ? ["completed", "1", ["completed"]] : ["ready", undefined, ["lost"]],
      );
    },
  }),
  race({
    title: "finish × takeover: the old token and the new do not both end the run",
    prepare: withHeir,
    left: (c, { run: { id, token } }) => c.store.runs.finish([{ id, token, event: "complete", result: '"old"' }]),
    right: async (c, item) => {
      const lost = await reap(c, item.heir, item.node.epoch);
      const claimed = claimedRuns(
        await c.other.runs.claim({ epoch: item.heir.epoch, taskIds: [item.task.id], slots: 1 }),
      );
      const items = claimed.map(({ id, token }) => ({ id, token, event: "complete", result: '"new"' }) as const);
      return { lost, answers: await c.other.runs.finish(items) };
    },
    check: async (c, { run }, [answer], { lost, answers }, first) => {
      if (first) expect(answer).toBe(first === "left" ? "done" : "stale");
      expect([answer, lost.length, answers]).toEqual(answer === "done" ? ["done", 0, []] : ["stale", 1, ["done"]]);
      const row = await c.get(run.id);
      expect([row.state, row.result]).toEqual(["completed", answer === "done" ? '"old"' : '"new"']);
    },
  }),
  race({
    title: "log × takeover: no line of the old token comes behind one of the new",
    prepare: withHeir,
    left: (c, { run: { id, token } }) =>
      c.store.logs.append([{ id, token, lines: [{ at: 1, attempt: 1, level: "info", message: "old" }] }]),
    right: async (c, item) => {
      const { id, token } = await takeOver(c, item);
      return c.other.logs.append([{ id, token, lines: [{ at: 1, attempt: 2, level: "info", message: "new" }] }]);
    },
    check: async (c, { run }, [answer], right, first) => {
      expect(right).toEqual(["done"]);
      if (first) expect(answer).toBe(first === "left" ? "done" : "stale");
      const { lines } = await c.store.logs.list(run.id, { after: 0, limit: 10 });
      expect(lines.map(({ message }) => message)).toEqual(answer === "done" ? ["old", "new"] : ["new"]);
    },
  }),
  race({
    title: "progress × takeover: the old token does not overwrite the new",
    prepare: withHeir,
    left: (c, { run: { id, token } }) => c.store.runs.progress([{ id, token, value: 0.1, note: "old" }]),
    right: async (c, item) => {
      const { id, token } = await takeOver(c, item);
      return c.other.runs.progress([{ id, token, value: 0.9 }]);
    },
    check: async (c, { run }, [answer], right, first) => {
      expect(right).toEqual(["done"]);
      if (first) expect(answer).toBe(first === "left" ? "done" : "stale");
      expect((await c.get(run.id)).progress).toEqual({ value: 0.9 });
    },
  }),
  race({
    title: "renew × reap: an expired lease lives on or is taken over",
    prepare: async (c, rounds) => {
      const items = await withHeir(c, rounds, 1);
      const rows = await eventually(async () => {
        const own = (await c.store.nodes.list()).filter(({ leaseMs }) => leaseMs === 1);
        return own.every(({ expired }) => expired) && own;
      });
      return items.map((item) => ({
        ...item,
        expiresAt: rows.find(({ epoch }) => epoch === item.node.epoch)?.expiresAt ?? 0,
      }));
    },
    left: (c, { node }) => c.store.nodes.renew(node.epoch),
    right: (c, { heir, node, expiresAt }) => reap(c, heir, node.epoch, expiresAt),
    check: async (c, { run, node }, { outcome }, lost, first) => {
      if (first) expect(outcome).toBe(first === "left" ? "renewed" : "dead");
      expect(idsOf(lost)).toEqual(outcome === "renewed" ? [] : [run.id]);
      expect((await c.get(run.id)).state).toBe(outcome === "renewed" ? "running" : "ready");
      expect((await c.store.nodes.list()).some(({ epoch }) => epoch === node.epoch)).toBe(outcome === "renewed");
    },
  }),
  race({
    title: "reap × reap: a run loses its attempt once",
    prepare: async (c, rounds) => {
      const second = await c.node([]);
      return (await withHeir(c, rounds)).map((item) => ({ ...item, second }));
    },
    left: async (c, { second, node }) => c.store.nodes.reap(second.epoch, [{ epoch: node.epoch }]),
    right: (c, { heir, node }) => reap(c, heir, node.epoch),
    check: async (c, { run }, left, right, first) => {
      if (first) expect(right).toHaveLength(first === "right" ? 1 : 0);
      expect(idsOf([...(left.outcome === "reaped" ? left.lost : []), ...right])).toEqual([run.id]);
      expect(await c.get(run.id)).toMatchObject({ state: "ready", attempts: [{ outcome: "lost" }] });
    },
  }),
];
