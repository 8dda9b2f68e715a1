import { expect } from "vitest";
import type { InsertAnswer, NewRun } from "../../../src/store/runs.ts";
import type { Claimant, Store } from "../../../src/store/store.ts";
import { type Cases, example } from "../cases.ts";
import { freshId, idsOf, longDelayMs, newRun, soonest } from "../context.ts";
import { expectRow } from "./row.ts";

const outcomes = (answers: readonly InsertAnswer[]) => answers.map(({ outcome }) => outcome);

async function insertOne(store: Store, run: NewRun, by?: Claimant) {
  const [answer] = await store.runs.insert([run], by);
  if (!answer || !("run" in answer)) throw new Error(`refused: ${answer?.outcome}`);
  return answer;
}

export const insert: Cases = [
  example("keeps a run, waiting, and answers it", async (c) => {
    const task = await c.task();
    const run = newRun(task, { priority: -7, payload: '{"a":1}', reason: "by hand" });
    const answer = await insertOne(c.store, run);
    expect(answer.outcome).toBe("created");
    expect(answer.claimed).toBeUndefined();
    expect(answer.run).toMatchObject({ id: run.id, taskId: task.id, task: task.name });
    const { triggeredAt } = answer.run;
    expect(answer.availableAt).toBe(triggeredAt);
    const expected = {
      state: "ready",
      priority: -7,
      triggeredAt,
      availableAt: triggeredAt,
      payload: '{"a":1}',
      reason: "by hand",
    } as const;
    expectRow(await c.get(run.id, c.other), { id: run.id, task, ...expected });
  }),
  example("answers each run in its place, and one refused spoils no other", async (c) => {
    const [task, off] = [await c.task(), await c.task({ enabled: false })];
    const idempotency = { key: "k", request: "1" };
    await c.insert(task, { idempotency });
    const runs = [
      newRun(task),
      newRun(off),
      newRun({ id: freshId() }),
      newRun(task, { idempotency: { key: "k", request: "2" } }),
      newRun(task, { idempotency }),
      newRun(task),
    ];
    const answers = await c.store.runs.insert(runs);
    expect(outcomes(answers)).toEqual(["created", "disabled", "unknownTask", "conflict", "replayed", "created"]);
    const kept = await c.other.runs.get(idsOf(runs));
    expect(kept.map((run) => run !== undefined)).toEqual([true, false, false, false, false, true]);
  }),
  example("answers an empty list with an empty one", async (c) => {
    expect(await c.store.runs.insert([])).toEqual([]);
  }),
  example("changes nothing for an id that exists, and answers it", async (c) => {
    const [task, another] = [await c.task(), await c.task()];
    const first = newRun(task, { payload: "1" });
    const { run } = await insertOne(c.store, first);
    const before = await c.get(first.id);
    for (const store of [c.store, c.other]) {
      const again = await insertOne(store, { ...first, taskId: another.id, payload: "2", priority: 50 });
      expect(again.outcome).toBe("replayed");
      expect(again.run).toMatchObject({ id: run.id, taskId: run.taskId, task: run.task, triggeredAt: run.triggeredAt });
      expect(again.availableAt).toBe(before.availableAt);
    }
    expect(await c.get(first.id)).toEqual(before);
  }),
  example("makes one run of an id that comes twice in one list", async (c) => {
    const run = newRun(await c.task());
    expect(outcomes(await c.store.runs.insert([run, run]))).toEqual(["created", "replayed"]);
    expect((await c.store.runs.list({ limit: 10 })).items).toHaveLength(1);
  }),
  example("answers an id that exists also when its run is held, has ended, or its task is disabled", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const held = await c.start(node, task);
    const ended = await c.ended(task);
    const replay = async () =>
      outcomes(await c.store.runs.insert([newRun(task, { id: held.id }), newRun(task, { id: ended })], node.by()));
    expect(await replay()).toEqual(["replayed", "replayed"]);
    await c.deploy(task.app, [{ name: task.name, enabled: false }]);
    expect(await replay()).toEqual(["replayed", "replayed"]);
    await c.deploy(task.app, []);
    expect(await replay()).toEqual(["replayed", "replayed"]);
    expect(await c.get(held.id)).toMatchObject({ state: "running", current: { attempt: 1, token: held.token } });
    expect(await c.get(ended)).toMatchObject({ state: "completed" });
  }),
  ...idempotencyCases(),
  example("refuses runs of a disabled task, and takes them when it is enabled", async (c) => {
    const task = await c.task({ enabled: false });
    expect(await c.store.runs.insert([newRun(task)])).toEqual([{ outcome: "disabled" }]);
    await c.deploy(task.app, [{ name: task.name, enabled: true }]);
    expect(outcomes(await c.other.runs.insert([newRun(task)]))).toEqual(["created"]);
  }),
  example("refuses runs of a task that was never seen or is no longer defined", async (c) => {
    const task = await c.task();
    await c.deploy(task.app, []);
    const answers = await c.store.runs.insert([newRun(task), newRun({ id: freshId() })]);
    expect(answers).toEqual([{ outcome: "unknownTask" }, { outcome: "unknownTask" }]);
    expect((await c.store.runs.list({ limit: 10 })).items).toEqual([]);
  }),
  example("lets a delayed run start when its delay is over, and not before", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const [soon, late] = [newRun(task, { delayMs: 5 }), newRun(task, { delayMs: longDelayMs })];
    const answers = await c.store.runs.insert([late, soon], node.by());
    for (const [index, delayMs] of [longDelayMs, 5].entries()) {
      const answer = answers[index];
      if (answer?.outcome !== "created") throw new Error(`refused: ${answer?.outcome}`);
      expect(answer.claimed).toBeUndefined();
      expect(answer.availableAt).toBe(answer.run.triggeredAt + delayMs);
    }
    expect(await c.get(late.id)).toMatchObject({ state: "delayed" });
    const [run] = await soonest(node);
    expect(run?.id).toBe(soon.id);
    expect(run?.claimedAt).toBeGreaterThanOrEqual((await c.get(soon.id)).availableAt);
    expect(await c.get(late.id)).toMatchObject({ state: "delayed" });
  }),
  example("lets a run start at an instant: one that has passed is now", async (c) => {
    const task = await c.task();
    const now = c.store.now();
    const [past, later] = [newRun(task, { at: now - 60_000 }), newRun(task, { at: now + longDelayMs })];
    const answers = [await insertOne(c.store, past), await insertOne(c.store, later)];
    expect(answers[0]?.availableAt).toBe(answers[0]?.run.triggeredAt);
    expect(answers[1]?.availableAt).toBe(now + longDelayMs);
    expect(idsOf(await (await c.node([task])).claim())).toEqual([past.id]);
  }),
  example("keeps what a retry points to, and hands it on", async (c) => {
    const task = await c.task({ schedules: [{}] });
    const [retryOf, rootId] = [await c.ended(task), freshId()];
    const points = {
      trigger: "retry",
      retryOf,
      rootId,
      scheduleKey: "default",
      scheduledFor: 1_600_000_000_000,
    } as const;
    const run = newRun(task, points);
    const { claimed } = await insertOne(c.store, run, (await c.node([task])).by());
    expect(claimed).toMatchObject({
      trigger: "retry",
      rootId,
      scheduleKey: "default",
      scheduledFor: 1_600_000_000_000,
    });
    expect(await c.get(run.id)).toMatchObject(points);
  }),
  example("keeps a thousand runs of one call in their order", async (c) => {
    const task = await c.task();
    const runs = Array.from({ length: 1_000 }, () => newRun(task));
    expect(new Set(outcomes(await c.store.runs.insert(runs)))).toEqual(new Set(["created"]));
    expect(idsOf(await (await c.node([task])).claim(1_000))).toEqual(idsOf(runs));
  }),
];

function idempotencyCases(): Cases {
  const idempotency = { key: "k", request: '{"payload":1}' };
  return [
    example("answers the first run for the same key and request", async (c) => {
      const task = await c.task();
      const first = newRun(task, { idempotency, payload: "1" });
      const { run, availableAt } = await insertOne(c.store, first);
      const before = await c.get(first.id);
      for (const store of [c.store, c.other]) {
        const second = newRun(task, { idempotency, payload: "1" });
        const again = await insertOne(store, second, (await c.node([task])).by());
        expect(again.outcome).toBe("replayed");
        expect(again.run).toMatchObject({
          id: run.id,
          taskId: run.taskId,
          task: run.task,
          triggeredAt: run.triggeredAt,
        });
        expect(again.availableAt).toBe(availableAt);
        expect(await store.runs.get([second.id])).toEqual([undefined]);
      }
      expect(await c.get(first.id)).toEqual(before);
    }),
    example("refuses another request under a known key", async (c) => {
      const task = await c.task();
      await c.insert(task, { idempotency });
      const other = newRun(task, { idempotency: { key: "k", request: '{"payload":2}' } });
      expect(await c.other.runs.insert([other])).toEqual([{ outcome: "conflict" }]);
      expect(await c.store.runs.get([other.id])).toEqual([undefined]);
    }),
    example("tells keys of different tasks apart, and keys by every character", async (c) => {
      const [a, b] = [await c.task(), await c.task()];
      const keys = ["k", "K", "k ", "", "ключ 🔑", "' OR 1=1 --", "x".repeat(255)];
      for (const task of [a, b]) {
        const runs = keys.map((key) => newRun(task, { idempotency: { key, request: "1" } }));
        expect(new Set(outcomes(await c.store.runs.insert(runs)))).toEqual(new Set(["created"]));
      }
    }),
    example("knows a key that came earlier in the same list", async (c) => {
      const task = await c.task();
      const [first, second] = [newRun(task, { idempotency }), newRun(task, { idempotency })];
      const [, answer] = await c.store.runs.insert([first, second]);
      expect(answer).toMatchObject({ outcome: "replayed", run: { id: first.id } });
    }),
    example("answers a known key also when its run has ended or its task is disabled", async (c) => {
      const task = await c.task();
      const run = await c.start(await c.node([task]), task, { idempotency });
      await c.complete(run);
      const replay = { outcome: "replayed", run: { id: run.id } };
      expect(await insertOne(c.store, newRun(task, { idempotency }))).toMatchObject(replay);
      await c.deploy(task.app, [{ name: task.name, enabled: false }]);
      expect(await insertOne(c.store, newRun(task, { idempotency }))).toMatchObject(replay);
    }),
    example("keeps a key for 24 h, also when its run is deleted before", async (c) => {
      const task = await c.task();
      const run = await c.start(await c.node([task]), task, { idempotency });
      await c.complete(run);
      const { triggeredAt } = await c.get(run.id);
      expect(await c.store.runs.prune(Number.MAX_SAFE_INTEGER, 10)).toBe(1);
      const again = newRun(task, { idempotency });
      const first = { id: run.id, taskId: task.id, task: task.name, triggeredAt };
      expect(await insertOne(c.other, again)).toMatchObject({ outcome: "replayed", run: first });
      const another = newRun(task, { idempotency: { key: "k", request: "another" } });
      expect(await c.other.runs.insert([another])).toEqual([{ outcome: "conflict" }]);
      expect(await c.store.runs.get([again.id, another.id])).toEqual([undefined, undefined]);
    }),
  ];
}
