import { expect } from "vitest";
import { type Cases, example } from "../cases.ts";
import { type Context, failureOf, idsOf, longDelayMs, newRun } from "../context.ts";

/** Expires all that waits now. */
async function expireNow(c: Context, limit = 100) {
  await c.pass(c.store.now());
  return c.store.runs.expire(c.store.now(), limit);
}

export const expire: Cases = [
  example("ends what waited and whose task no living node has", async (c) => {
    const task = await c.task();
    const id = await c.insert(task);
    expect(await expireNow(c)).toEqual([{ id, task: task.name }]);
    const row = await c.get(id, c.other);
    expect(row).toMatchObject({ state: "failed", outcome: "E_NO_HANDLER" });
    expect(row.startedAt).toBeUndefined();
    expect(row.attempts).toMatchObject([
      { attempt: 0, outcome: "E_NO_HANDLER", endedAt: row.completedAt, error: { code: "E_NO_HANDLER" } },
    ]);
    expect(row.completedAt).toBeGreaterThanOrEqual(row.triggeredAt);
    expect(await expireNow(c)).toEqual([]);
    await c.expectForever(id, 1);
  }),
  example("spares what a living node has the task of, until that node is gone", async (c) => {
    const [task, another] = [await c.task(), await c.task()];
    const [living, dead, left] = [await c.node([task]), await c.node([task, another]), await c.node([another])];
    const ids = [await c.insert(task), await c.insert(another)];
    expect(await expireNow(c)).toEqual([]);
    await c.bury(dead);
    expect(await expireNow(c)).toEqual([]);
    await c.store.nodes.leave(left.epoch);
    expect(idsOf(await expireNow(c))).toEqual([ids[1]]);
    await c.store.nodes.leave(living.epoch);
    expect(idsOf(await expireNow(c))).toEqual([ids[0]]);
  }),
  example("spares what has not waited for so long: younger, delayed, just given back or lost", async (c) => {
    const task = await c.task();
    const [node, leaving, dying] = [await c.node([task]), await c.node([task]), await c.node([task])];
    const starts = [await c.start(node, task), await c.start(leaving, task), await c.start(dying, task)];
    const since = c.store.now();
    await c.pass(since);
    await c.finish({ id: starts[0]?.id ?? "", token: starts[0]?.token ?? 0, event: "release" });
    for (const { epoch } of [node, leaving]) await c.store.nodes.leave(epoch);
    await c.bury(dying);
    const waiting = [...idsOf(starts), await c.insert(task), await c.insert(task, { delayMs: longDelayMs })];
    expect(await c.store.runs.expire(since, 100)).toEqual([]);
    expect((await c.store.runs.get(waiting)).map((run) => run?.state)).toEqual([
      "ready",
      "ready",
      "ready",
      "ready",
      "delayed",
    ]);
  }),
  example("ends what waits for its retry, and keeps its attempts", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const run = await c.start(node, task);
    await c.finish({ ...run, event: "retry", error: failureOf(), delayMs: 0 });
    await c.store.nodes.leave(node.epoch);
    expect(idsOf(await expireNow(c))).toEqual([run.id]);
    const row = await c.get(run.id);
    expect(row).toMatchObject({ state: "failed", outcome: "E_NO_HANDLER", startedAt: run.claimedAt });
    expect(row.attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, "E_HANDLER"],
      [0, "E_NO_HANDLER"],
    ]);
  }),
  example("ends at most as many as it may, and the others the next time", async (c) => {
    const task = await c.task();
    const runs = Array.from({ length: 5 }, () => newRun(task));
    await c.store.runs.insert(runs);
    const ended = [...(await expireNow(c, 3)), ...(await expireNow(c, 3)), ...(await expireNow(c, 3))];
    expect(idsOf(ended).sort()).toEqual(idsOf(runs).sort());
  }),
];

/** Deletes what ended until now. */
async function pruneNow(c: Context, limit = 100) {
  await c.pass(c.store.now());
  return c.store.runs.prune(c.store.now(), limit);
}

export const prune: Cases = [
  example("deletes runs that ended, with their logs, and answers how many", async (c) => {
    const task = await c.task();
    const run = await c.start(await c.node([task]), task);
    await c.store.logs.append([
      { id: run.id, token: run.token, lines: [{ at: 1, attempt: 1, level: "info", message: "m" }] },
    ]);
    await c.complete(run);
    const cancelled = await c.insert(task);
    await c.store.runs.cancel([{ id: cancelled }]);
    expect(await pruneNow(c)).toBe(2);
    expect(await c.other.runs.get([run.id, cancelled])).toEqual([undefined, undefined]);
    expect(await c.store.logs.list(run.id, { after: 0, limit: 10 })).toEqual({ lines: [], dropped: 0 });
    expect((await c.store.runs.list({ limit: 10 })).items).toEqual([]);
    expect(await pruneNow(c)).toBe(0);
  }),
  example("leaves what has not ended", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const [running, retried] = [await c.start(node, task), await c.start(node, task)];
    await c.finish({ ...retried, event: "retry", error: failureOf(), delayMs: longDelayMs });
    const ids = [running.id, retried.id, await c.insert(task), await c.insert(task, { delayMs: longDelayMs })];
    const before = await c.store.runs.get(ids);
    expect(await c.store.runs.prune(Number.MAX_SAFE_INTEGER, 100)).toBe(0);
    expect(await c.store.runs.get(ids)).toEqual(before);
    await c.complete(running);
  }),
  example("leaves what ended later", async (c) => {
    const task = await c.task();
    const early = await c.ended(task);
    const { completedAt = 0 } = await c.get(early);
    await c.pass(completedAt);
    const late = await c.ended(task);
    expect(await c.store.runs.prune(completedAt, 100)).toBe(0);
    expect(await c.store.runs.prune(completedAt + 1, 100)).toBe(1);
    expect((await c.store.runs.get([early, late])).map((run) => run?.id)).toEqual([undefined, late]);
  }),
  example("deletes at most as many as it may, and the others the next time", async (c) => {
    const task = await c.task();
    const runs = Array.from({ length: 5 }, () => newRun(task));
    await c.store.runs.insert(runs);
    await c.store.runs.cancel(runs);
    expect([await pruneNow(c, 2), await pruneNow(c, 2), await pruneNow(c, 2)]).toEqual([2, 2, 1]);
    expect((await c.store.runs.list({ limit: 10 })).items).toEqual([]);
  }),
];
