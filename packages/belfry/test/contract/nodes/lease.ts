import { expect } from "vitest";
import { type Cases, example } from "../cases.ts";
import { type Context, eventually, failureOf, longDelayMs, longLeaseMs, type TestNode } from "../context.ts";

/** The node's row once its lease has expired. */
async function expired(c: Context, { epoch }: TestNode) {
  return eventually(async () => (await c.store.nodes.list()).find((node) => node.epoch === epoch && node.expired));
}

async function row(c: Context, { epoch }: TestNode) {
  return (await c.store.nodes.list()).find((node) => node.epoch === epoch);
}

export const register: Cases = [
  example("gives each lease a higher epoch than all before, also under a name that is there", async (c) => {
    const nodes: TestNode[] = [];
    for (const store of [c.store, c.other, c.store, c.other]) nodes.push(await c.node([], { store, name: "same" }));
    const epochs = nodes.map(({ epoch }) => epoch);
    expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => a - b));
    const [newest] = nodes.slice(-1);
    await c.store.nodes.leave(newest?.epoch ?? 0);
    expect((await c.node([])).epoch).toBeGreaterThan(newest?.epoch ?? 0);
  }),
  example("keeps what it was told, with a lease from now on", async (c) => {
    const told = { name: "nœud '1'\n😀", leaseMs: 60_000, socket: "sockets/ü.sock", bootId: "b-1" };
    const node = await c.node([], told);
    const [other, ...rest] = await c.other.nodes.list();
    expect(rest).toEqual([]);
    const { startedAt = 0, expiresAt } = other ?? {};
    expect(other).toEqual({ ...told, epoch: node.epoch, startedAt, expiresAt, expired: false, running: 0 });
    expect(expiresAt).toBe(startedAt + 60_000);
  }),
  example("can do without a socket", async (c) => {
    await c.node([], { name: "" });
    const [node] = await c.store.nodes.list();
    expect([node?.name, node?.socket, node?.bootId]).toEqual(["", undefined, undefined]);
  }),
];

export const renew: Cases = [
  example("moves the lease's end to now and its length", async (c) => {
    const node = await c.node([], { leaseMs: 60_000 });
    const before = await row(c, node);
    await c.pass(before?.startedAt ?? 0);
    expect(await c.other.nodes.renew(node.epoch)).toEqual({ outcome: "renewed", cancelled: [] });
    const after = await row(c, node);
    expect(after?.expiresAt).toBeGreaterThan(before?.expiresAt ?? 0);
    expect(after).toEqual({ ...before, expiresAt: after?.expiresAt });
  }),
  example("renews a lease that expired and that nobody took", async (c) => {
    const task = await c.task();
    const node = await c.node([task], { leaseMs: 1 });
    const run = await c.start(node, task);
    const before = await expired(c, node);
    expect(await c.store.nodes.renew(node.epoch)).toEqual({ outcome: "renewed", cancelled: [] });
    expect((await row(c, node))?.expiresAt).toBeGreaterThan(before.expiresAt);
    await c.complete(run);
  }),
  example("refuses an epoch that was taken over, left, or never was", async (c) => {
    const [dead, left] = [await c.node([]), await c.node([])];
    await c.bury(dead);
    await c.store.nodes.leave(left.epoch);
    for (const epoch of [dead.epoch, left.epoch, 999_999_999, 0]) {
      for (const store of [c.store, c.other]) expect(await store.nodes.renew(epoch)).toEqual({ outcome: "dead" });
    }
    const epochs = (await c.store.nodes.list()).map(({ epoch }) => epoch);
    expect(epochs).not.toContain(dead.epoch);
    expect(epochs).not.toContain(left.epoch);
  }),
  example("names the runs that it holds and that are to be cancelled, and no others", async (c) => {
    const task = await c.task();
    const [a, b] = [await c.node([task]), await c.node([task])];
    const [own, ended, spared, foreign] = [
      await c.start(a, task),
      await c.start(a, task),
      await c.start(a, task),
      await c.start(b, task),
    ];
    await c.store.runs.cancel([{ id: own.id, reason: "first" }, { id: ended.id }, { id: foreign.id }]);
    await c.other.runs.cancel([{ id: own.id, reason: "late" }]);
    await c.complete(ended);
    expect(await c.other.nodes.renew(a.epoch)).toEqual({
      outcome: "renewed",
      cancelled: [{ id: own.id, reason: "first" }],
    });
    expect(await c.other.nodes.renew(b.epoch)).toEqual({ outcome: "renewed", cancelled: [{ id: foreign.id }] });
    await c.complete(spared);
  }),
];

export const list: Cases = [
  example("gives the nodes by epoch, to either store, without those that left or died", async (c) => {
    expect(await c.store.nodes.list()).toEqual([]);
    const nodes = [await c.node([]), await c.node([], { store: c.other }), await c.node([]), await c.node([])];
    const [a, dead, left, b] = nodes.map(({ epoch }) => epoch);
    await c.store.nodes.reap(a ?? 0, [{ epoch: dead ?? 0 }]);
    await c.store.nodes.leave(left ?? 0);
    for (const store of [c.store, c.other])
      expect((await store.nodes.list()).map(({ epoch }) => epoch)).toEqual([a, b]);
  }),
  example("counts the runs that each holds", async (c) => {
    const task = await c.task();
    const [a, b] = [await c.node([task]), await c.node([task])];
    const runs = [await c.start(a, task), await c.start(a, task), await c.start(b, task)];
    const counts = async () => (await c.other.nodes.list()).map(({ running }) => running);
    expect(await counts()).toEqual([2, 1]);
    for (const run of runs) await c.complete(run);
    expect(await counts()).toEqual([0, 0]);
  }),
  example("tells by the store's clock whose lease has expired, and keeps it", async (c) => {
    const [short, long] = [await c.node([], { leaseMs: 1 }), await c.node([])];
    await expired(c, short);
    expect((await row(c, short))?.expired).toBe(true);
    expect((await row(c, long))?.expired).toBe(false);
  }),
];

export const leave: Cases = [
  example("gives back what it holds, as a release does, and nothing else", async (c) => {
    const task = await c.task();
    const [node, another] = [await c.node([task], { name: "n1" }), await c.node([task])];
    const [run, done, spared] = [await c.start(node, task), await c.start(node, task), await c.start(another, task)];
    await c.complete(done);
    await c.other.nodes.leave(node.epoch);
    const left = await c.get(run.id);
    expect(left).toMatchObject({
      state: "ready",
      attempts: [{ attempt: 1, node: "n1", token: run.token, outcome: "released" }],
    });
    expect([left.current, left.completedAt]).toEqual([undefined, undefined]);
    expect(await c.get(done.id)).toMatchObject({ state: "completed" });
    expect(await c.get(spared.id)).toMatchObject({ state: "running" });
    expect(await another.claim()).toMatchObject([{ id: run.id, attempt: 2, failures: 0 }]);
    expect(await c.finish({ ...run, event: "complete" })).toBe("stale");
  }),
  example("gives up the lease", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    await c.store.nodes.leave(node.epoch);
    expect(await c.store.nodes.list()).toEqual([]);
    expect(await c.store.nodes.renew(node.epoch)).toEqual({ outcome: "dead" });
    await c.insert(task);
    expect(await c.store.runs.claim(node.by())).toEqual({ outcome: "dead" });
  }),
  example("spends neither a loss nor a failure, however often", async (c) => {
    const task = await c.task({ onLost: "fail" });
    const id = await c.insert(task);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const node = await c.node([task]);
      expect(await node.claim()).toMatchObject([{ id, attempt, failures: 0 }]);
      await c.store.nodes.leave(node.epoch);
    }
    expect(await c.get(id)).toMatchObject({ state: "ready" });
  }),
  example("changes nothing when it is repeated, or for a dead or unknown epoch", async (c) => {
    const task = await c.task();
    const [left, dead] = [await c.node([task]), await c.node([task])];
    const run = await c.start(dead, task);
    await c.finish({ ...run, event: "retry", error: failureOf(), delayMs: longDelayMs });
    await c.bury(dead);
    await c.store.nodes.leave(left.epoch);
    const before = await c.get(run.id);
    for (const epoch of [left.epoch, dead.epoch, 999_999_999]) await c.store.nodes.leave(epoch);
    expect(await c.get(run.id)).toEqual(before);
  }),
  example("does not keep others from leaving: each gives back its own", async (c) => {
    const task = await c.task();
    const nodes = [await c.node([task], { leaseMs: longLeaseMs }), await c.node([task], { store: c.other })];
    for (const node of nodes) await c.start(node, task);
    await Promise.all([c.store.nodes.leave(nodes[0]?.epoch ?? 0), c.other.nodes.leave(nodes[1]?.epoch ?? 0)]);
    expect(await c.store.nodes.list()).toEqual([]);
    expect((await (await c.node([task])).claim()).length).toBe(2);
  }),
];
