import { expect } from "vitest";
import { limits } from "../../../src/base/limits.ts";
import { type Cases, example } from "../cases.ts";
import { type Context, eventually, failureOf, idsOf, longDelayMs, soonest, type TestNode } from "../context.ts";

/** A node with a run, and its lease's end as it was observed once it had expired. */
async function expiredNode(c: Context) {
  const task = await c.task();
  const node = await c.node([task], { leaseMs: 1, name: "n1" });
  const run = await c.start(node, task);
  const { expiresAt } = await eventually(async () =>
    (await c.store.nodes.list()).find(({ epoch, expired }) => epoch === node.epoch && expired),
  );
  return { task, node, run, suspect: { epoch: node.epoch, expiresAt } };
}

const epochs = async (c: Context) => (await c.store.nodes.list()).map(({ epoch }) => epoch);
const nobody = { outcome: "reaped", lost: [] };

export const reap: Cases = [
  example("takes over an expired lease as it was observed: its runs are ready again", async (c) => {
    const { task, node, run, suspect } = await expiredNode(c);
    const by = await c.node([task], { store: c.other });
    const lost = [{ id: run.id, task: task.name, ended: false }];
    expect(await c.other.nodes.reap(by.epoch, [suspect])).toEqual({ outcome: "reaped", lost });
    const row = await c.get(run.id);
    expect(row).toMatchObject({ state: "ready", startedAt: run.claimedAt });
    expect([row.current, row.completedAt, row.outcome]).toEqual([undefined, undefined, undefined]);
    expect(row.attempts).toHaveLength(1);
    expect(row.attempts[0]).toMatchObject({
      attempt: 1,
      node: "n1",
      token: run.token,
      startedAt: run.claimedAt,
      outcome: "lost",
      error: { code: "E_LOST" },
    });
    expect(row.attempts[0]?.endedAt).toBeGreaterThanOrEqual(run.claimedAt);
    expect(await epochs(c)).toEqual([by.epoch]);
    expect(await c.store.nodes.renew(node.epoch)).toEqual({ outcome: "dead" });
    const [again] = await by.claim();
    expect(again).toMatchObject({ id: run.id, attempt: 2, failures: 0 });
    expect(again?.token).toBeGreaterThan(run.token);
  }),
  example("spares a lease that moved since it was observed", async (c) => {
    const { node, run, suspect } = await expiredNode(c);
    const by = await c.node([]);
    await c.store.nodes.renew(node.epoch);
    await eventually(async () =>
      (await c.store.nodes.list()).find(({ epoch, expired }) => epoch === node.epoch && expired),
    );
    expect(await c.other.nodes.reap(by.epoch, [suspect])).toEqual(nobody);
    expect(await epochs(c)).toContain(node.epoch);
    await c.complete(run);
  }),
  example("spares a lease that has not expired by the store's clock", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const run = await c.start(node, task);
    const [{ expiresAt = 0 } = {}] = await c.store.nodes.list();
    const by = await c.node([]);
    expect(await c.other.nodes.reap(by.epoch, [{ epoch: node.epoch, expiresAt }])).toEqual(nobody);
    expect((await c.store.nodes.renew(node.epoch)).outcome).toBe("renewed");
    await c.complete(run);
  }),
  example("takes over a lease whose holder's death is proved, expired or not", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const runs = [await c.start(node, task), await c.start(node, task)];
    const by = await c.node([]);
    const answer = await c.store.nodes.reap(by.epoch, [{ epoch: node.epoch }]);
    expect(answer.outcome === "reaped" && idsOf(answer.lost).sort()).toEqual(idsOf(runs).sort());
    expect((await c.store.runs.get(idsOf(runs))).map((run) => run?.state)).toEqual(["ready", "ready"]);
  }),
  example("judges each suspect for itself, and passes over those that are gone", async (c) => {
    const task = await c.task();
    const [living, dead, gone] = [await c.node([task]), await c.node([task]), await c.node([task])];
    const [held, lost] = [await c.start(living, task), await c.start(dead, task)];
    const { expiresAt = 0 } = (await c.store.nodes.list()).find(({ epoch }) => epoch === living.epoch) ?? {};
    await c.store.nodes.leave(gone.epoch);
    const by = await c.node([]);
    const suspects = [
      { epoch: living.epoch, expiresAt },
      { epoch: gone.epoch },
      { epoch: dead.epoch },
      { epoch: dead.epoch },
      { epoch: 999_999_999 },
    ];
    const answer = await c.store.nodes.reap(by.epoch, suspects);
    expect(answer).toEqual({ outcome: "reaped", lost: [{ id: lost.id, task: task.name, ended: false }] });
    expect(await c.store.nodes.reap(by.epoch, suspects)).toEqual(nobody);
    expect(await c.store.nodes.reap(by.epoch, [])).toEqual(nobody);
    await c.complete(held);
    expect((await c.get(lost.id)).attempts).toHaveLength(1);
  }),
  example("touches only what runs: what waits or has ended stays as it is", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const [done, retried] = [await c.start(node, task), await c.start(node, task)];
    await c.complete(done);
    await c.finish({ ...retried, event: "retry", error: failureOf(), delayMs: longDelayMs });
    const ids = [done.id, retried.id, await c.insert(task)];
    const before = await c.store.runs.get(ids);
    expect(await c.bury(node)).toEqual([]);
    expect(await c.store.runs.get(ids)).toEqual(before);
  }),
  example("renews the reaper's own lease first", async (c) => {
    const { suspect } = await expiredNode(c);
    const by = await c.node([], { leaseMs: 1 });
    const own = async () => (await c.store.nodes.list()).find(({ epoch }) => epoch === by.epoch);
    const before = await eventually(async () => (await own())?.expired && own());
    expect((await c.store.nodes.reap(by.epoch, [suspect])).outcome).toBe("reaped");
    expect((await own())?.expiresAt).toBeGreaterThan(before?.expiresAt ?? 0);
  }),
  example("reaps nothing for a reaper that is dead itself", async (c) => {
    const { node, run, suspect } = await expiredNode(c);
    const [dead, left] = [await c.node([]), await c.node([])];
    await c.bury(dead);
    await c.store.nodes.leave(left.epoch);
    for (const by of [dead.epoch, left.epoch, 999_999_999]) {
      expect(await c.other.nodes.reap(by, [suspect])).toEqual({ outcome: "dead" });
      expect(await c.other.nodes.reap(by, [{ epoch: node.epoch }])).toEqual({ outcome: "dead" });
    }
    expect(await c.get(run.id)).toMatchObject({ state: "running" });
    await c.complete(run);
  }),
  example("ends a run at its third loss, and losses spend no failure", async (c) => {
    const task = await c.task();
    const id = await c.insert(task);
    const answers: unknown[] = [];
    let last: TestNode | undefined;
    for (let attempt = 1; attempt <= limits.lossesMax; attempt += 1) {
      last = await c.node([task], { name: `n${attempt}` });
      expect(await last.claim()).toMatchObject([{ id, attempt, failures: 0 }]);
      answers.push(...(await c.bury(last)));
    }
    const lost = { id, task: task.name };
    expect(answers).toEqual([
      { ...lost, ended: false },
      { ...lost, ended: false },
      { ...lost, ended: true },
    ]);
    const row = await c.get(id, c.other);
    expect(row).toMatchObject({ state: "failed", outcome: "E_LOST" });
    expect(row.attempts.map(({ attempt, node, outcome, error }) => [attempt, node, outcome, error?.code])).toEqual([
      [1, "n1", "lost", "E_LOST"],
      [2, "n2", "lost", "E_LOST"],
      [3, "n3", "lost", "E_LOST"],
    ]);
    expect(row.completedAt).toBe(row.attempts[2]?.endedAt);
    const token = row.attempts[2]?.token ?? 0;
    expect(await c.finish({ id, token, event: "complete", result: "1" })).toBe("stale");
    await c.expectForever(id, token);
  }),
  example("counts losses whatever else happens between them", async (c) => {
    const task = await c.task();
    const id = await c.insert(task);
    const ended: boolean[] = [];
    for (const between of ["retry", "release"] as const) {
      const node = await c.node([task]);
      await soonest(node);
      ended.push(...(await c.bury(node)).map((run) => run.ended));
      const calm = await c.node([task]);
      const [run] = await soonest(calm);
      const token = run?.token ?? 0;
      await c.finish(
        between === "retry"
          ? { id, token, event: between, error: failureOf(), delayMs: 0 }
          : { id, token, event: between },
      );
    }
    const node = await c.node([task]);
    expect(await soonest(node)).toMatchObject([{ attempt: 5, failures: 1 }]);
    ended.push(...(await c.bury(node)).map((run) => run.ended));
    expect(ended).toEqual([false, false, true]);
  }),
  example("ends a run at its first loss where onLost is fail", async (c) => {
    const task = await c.task({ onLost: "fail" });
    const node = await c.node([task]);
    const run = await c.start(node, task);
    expect(await c.bury(node)).toEqual([{ id: run.id, task: task.name, ended: true }]);
    expect(await c.get(run.id)).toMatchObject({
      state: "failed",
      outcome: "E_LOST",
      attempts: [{ attempt: 1, outcome: "lost" }],
    });
    expect(await (await c.node([task])).claim()).toEqual([]);
    expect(await c.finish({ ...run, event: "complete", result: "1" })).toBe("stale");
    await c.expectForever(run.id, run.token);
  }),
];
