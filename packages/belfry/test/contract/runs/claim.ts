import { expect } from "vitest";
import { type Cases, example } from "../cases.ts";
import { eventually, failureOf, freshId, idsOf, longDelayMs, newRun, soonest } from "../context.ts";
import { putOne, putTimetable } from "../schedules/made.ts";
import { settlementOf } from "../timetable.ts";

export const claim: Cases = [
  example("gives all that a handler needs", async (c) => {
    const task = await c.task();
    const id = await c.insert(task, { priority: 9, payload: '{"a":[1]}', rootId: "0123456789abcdef01234567" });
    const node = await c.node([task], { name: "n1", store: c.other });
    const [run] = await node.claim();
    const { triggeredAt, startedAt, current } = await c.get(id);
    expect(run).toEqual({
      ...{
        id,
        taskId: task.id,
        task: task.name,
        token: run?.token,
        attempt: 1,
        failures: 0,
        trigger: "manual",
        priority: 9,
      },
      ...{ triggeredAt, claimedAt: startedAt, payload: '{"a":[1]}', rootId: "0123456789abcdef01234567" },
    });
    expect(current).toEqual({ attempt: 1, node: "n1", token: run?.token, startedAt });
    expect(startedAt).toBeGreaterThanOrEqual(triggeredAt);
  }),
  example("takes the highest priority first, then the oldest", async (c) => {
    const [a, b] = [await c.task(), await c.task()];
    const priorities = [0, -100, 5, 0, 100, 5, -1];
    const runs = priorities.map((priority, index) => newRun(index % 2 ? a : b, { priority }));
    await c.store.runs.insert(runs.slice(0, 4));
    await c.other.runs.insert(runs.slice(4));
    const order = [4, 2, 5, 0, 3, 6, 1].map((index) => runs[index]?.id);
    expect(idsOf(await (await c.node([a, b])).claim())).toEqual(order);
  }),
  example("takes no more than there are slots, and each run once", async (c) => {
    const task = await c.task();
    const [a, b] = [await c.node([task]), await c.node([task], { store: c.other })];
    const ids = [await c.insert(task), await c.insert(task), await c.insert(task)];
    expect(await a.claim(0)).toEqual([]);
    expect(idsOf(await a.claim(2))).toEqual(ids.slice(0, 2));
    expect(idsOf(await b.claim(2))).toEqual(ids.slice(2));
    expect(await a.claim(2)).toEqual([]);
  }),
  example("passes over the runs of tasks that the claimant has no handler for", async (c) => {
    const [own, foreign] = [await c.task(), await c.task()];
    await c.insert(foreign, { priority: 100 });
    const id = await c.insert(own);
    expect(idsOf(await (await c.node([own])).claim())).toEqual([id]);
    expect(await (await c.node([])).claim()).toEqual([]);
    expect(await (await c.node([{ id: freshId() }])).claim()).toEqual([]);
  }),
  example("passes over a task at its concurrency, counted over all nodes, and takes what is behind it", async (c) => {
    const [few, free] = [await c.task({ concurrency: 2 }), await c.task()];
    const [a, b] = [await c.node([few, free]), await c.node([few, free], { store: c.other })];
    const ids = [await c.insert(few), await c.insert(few), await c.insert(few), await c.insert(free)];
    expect(idsOf(await a.claim(1))).toEqual([ids[0]]);
    expect(idsOf(await b.claim())).toEqual([ids[1], ids[3]]);
    expect(await a.claim()).toEqual([]);
  }),
  example("takes the runs of a task that was disabled or removed since they were made", async (c) => {
    const task = await c.task();
    const ids = [await c.insert(task), await c.insert(task)];
    const node = await c.node([task]);
    await c.deploy(task.app, [{ name: task.name, enabled: false }]);
    expect(idsOf(await node.claim(1))).toEqual([ids[0]]);
    await c.deploy(task.app, []);
    expect(idsOf(await node.claim(1))).toEqual([ids[1]]);
  }),
  example("gives the place of an attempt that ended, however it ended, to the next", async (c) => {
    const task = await c.task({ concurrency: 1 });
    const node = await c.node([task]);
    const error = failureOf();
    const first = await c.start(node, task);
    const ids = [await c.insert(task), await c.insert(task), await c.insert(task)];
    await c.complete(first);
    const [second] = await node.claim();
    await c.finish({ id: ids[0] ?? "", token: second?.token ?? 0, event: "fail", error });
    const [third] = await node.claim();
    await c.finish({ id: ids[1] ?? "", token: third?.token ?? 0, event: "retry", error, delayMs: longDelayMs });
    expect(idsOf(await node.claim())).toEqual([ids[2]]);
    await c.bury(node);
    expect(idsOf(await (await c.node([task])).claim())).toEqual([ids[2]]);
  }),
  example("lets what is delayed and now due become ready first", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const delayed = await c.insert(task, { delayMs: 1, priority: 1 });
    await c.pass((await c.get(delayed)).availableAt);
    const waiting = await c.insert(task);
    expect(idsOf(await node.claim())).toEqual([delayed, waiting]);
  }),
  example("tells when the soonest delayed run is due", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const claimAll = async () => {
      const answer = await c.store.runs.claim(node.by());
      return answer.outcome === "claimed" ? answer.nextDueAt : undefined;
    };
    await c.insert(task);
    expect(await claimAll()).toBeUndefined();
    await c.insert(task, { delayMs: longDelayMs * 2 });
    const soonest = await c.insert(task, { delayMs: longDelayMs });
    expect(await claimAll()).toBe((await c.get(soonest)).availableAt);
  }),
  example("gives each claim a higher token than all before, over nodes, stores and verbs", async (c) => {
    const task = await c.task();
    const [a, b] = [await c.node([task]), await c.node([task], { store: c.other })];
    const tokens: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await c.insert(task);
      await c.insert(task);
      for (const run of [...(await a.claim(1)), ...(await b.claim(1)), await c.start(a, task)]) tokens.push(run.token);
    }
    const [run] = (await c.store.runs.held(a.epoch)).runs;
    await c.finish({ id: run?.id ?? "", token: run?.token ?? 0, event: "release" });
    tokens.push((await b.claim())[0]?.token ?? 0);
    expect(tokens).toHaveLength(10);
    expect(tokens).toEqual([...new Set(tokens)].sort((x, y) => x - y));
    expect(tokens.every((token) => Number.isSafeInteger(token) && token > 0)).toBe(true);
  }),
  example("gives an epoch that is dead, left or unknown nothing", async (c) => {
    const task = await c.task();
    const id = await c.insert(task);
    const [dead, left] = [await c.node([task]), await c.node([task])];
    await c.bury(dead);
    await c.store.nodes.leave(left.epoch);
    const before = await c.get(id);
    for (const epoch of [dead.epoch, left.epoch, 999_999_999]) {
      for (const store of [c.store, c.other]) {
        expect(await store.runs.claim({ epoch, taskIds: [task.id], slots: 10 })).toEqual({ outcome: "dead" });
      }
    }
    expect(await c.get(id)).toEqual(before);
  }),
  example(
    "renews the claimant's lease where it claims, and changes nothing where there is nothing to claim",
    async (c) => {
      const task = await c.task();
      const node = await c.node([task], { leaseMs: 1 });
      const before = await eventually(async () => (await c.store.nodes.list()).find(({ expired }) => expired));
      expect(await node.claim()).toEqual([]);
      expect((await c.store.nodes.list())[0]?.expiresAt).toBe(before.expiresAt);
      await c.insert(task);
      expect(await node.claim()).toHaveLength(1);
      expect((await c.store.nodes.list())[0]?.expiresAt).toBeGreaterThan(before.expiresAt);
    },
  ),
  example("keeps the start of the first attempt", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const { id, token, claimedAt } = await c.start(node, task);
    await c.finish({ id, token, event: "retry", error: failureOf(), delayMs: 2 });
    const [again] = await soonest(node);
    expect(again?.claimedAt).toBeGreaterThan(claimedAt);
    expect(await c.get(id)).toMatchObject({ startedAt: claimedAt, current: { startedAt: again?.claimedAt } });
  }),
  example(
    "hands on the rule that the run's schedule has now, whatever asked for the run; none where it is gone",
    async (c) => {
      const { task, schedule } = await putTimetable(c, { spec: "1" });
      const node = await c.node([task]);
      const points = { trigger: "retry", scheduleKey: "default", scheduledFor: 1_000 } as const;
      const first = await c.start(node, task, points);
      await putOne(c, task, { spec: "2" }, { settle: settlementOf(schedule) });
      await c.store.runs.insert([newRun(task, points), newRun(task)]);
      const [second, manual] = await node.claim(2);
      expect([first.spec, second?.spec, manual?.spec]).toEqual(["1", "2", undefined]);
      await c.store.schedules.remove([{ taskId: task.id, key: "default" }]);
      const third = await c.start(node, task, points);
      expect(third.spec).toBeUndefined();
      const { runs } = await c.other.runs.held(node.epoch);
      expect(runs.map(({ spec }) => spec)).toEqual([undefined, undefined, undefined, undefined]);
    },
  ),
];
