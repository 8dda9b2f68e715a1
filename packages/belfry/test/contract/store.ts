import { expect } from "vitest";
import { BelfryError } from "../../src/base/errors.ts";
import type { Contract } from "./cases.ts";
import { aloneExample, example } from "./cases.ts";
import { eventually, newRun } from "./context.ts";

const unavailable = (error: unknown) => error instanceof BelfryError && error.code === "E_STORE_UNAVAILABLE";

export const store: Contract["store"] = {
  now: [
    example("is the clock by which runs are due: what may start now may start", async (c) => {
      const task = await c.task();
      const now = c.store.now();
      expect(Number.isSafeInteger(now)).toBe(true);
      const [due, later] = [await c.insert(task, { at: now }), await c.insert(task, { at: now + 3_600_000 })];
      await c.pass((await c.get(due)).availableAt);
      expect(await (await c.node([task])).claim()).toMatchObject([{ id: due }]);
      expect(await c.get(later)).toMatchObject({ state: "delayed" });
    }),
  ],
  onChange: [
    example("calls after the other store committed", async (c) => {
      const task = await c.task();
      for (const [listening, writing] of [
        [c.store, c.other],
        [c.other, c.store],
      ] as const) {
        let calls = 0;
        const stop = listening.onChange(() => {
          calls += 1;
        });
        await writing.runs.insert([newRun(task)]);
        await eventually(() => calls > 0);
        stop();
      }
    }),
    example("calls no more once it was ended, and goes on calling the others", async (c) => {
      const task = await c.task();
      const calls = { ended: 0, kept: 0 };
      const end = c.store.onChange(() => {
        calls.ended += 1;
      });
      const stop = c.store.onChange(() => {
        calls.kept += 1;
      });
      end();
      end();
      await c.other.runs.insert([newRun(task)]);
      await eventually(() => calls.kept > 0);
      expect(calls.ended).toBe(0);
      stop();
    }),
  ],
  close: [
    aloneExample("waits for the calls under way", async (c) => {
      const task = await c.task();
      const runs = Array.from({ length: 20 }, () => newRun(task));
      const calls = runs.map((run) => c.store.runs.insert([run]));
      await c.store.close();
      const answers = (await Promise.all(calls)).flat();
      expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(["created"]));
      expect((await c.other.runs.get(runs.map(({ id }) => id))).every((run) => run?.state === "ready")).toBe(true);
    }),
    aloneExample("rejects every call after it with E_STORE_UNAVAILABLE", async (c) => {
      const task = await c.task();
      const { epoch, by } = await c.node([task]);
      const id = await c.insert(task);
      await c.store.close();
      const { tasks, schedules, ledger, runs, backfills, nodes, logs, keys } = c.store;
      const calls = [
        ...[
          () => tasks.current("a"),
          () => tasks.list(),
          () => tasks.apply({ app: "a", digest: "d", draftedAt: 0, tasks: [], settle: [] }),
        ],
        ...[() => schedules.due(1, 1), () => schedules.nextAfter(1), () => schedules.list({ limit: 1 })],
        ...[() => tasks.deploys("a", 1), () => tasks.definitions("a", 1), () => schedules.get([])],
        ...[() => schedules.summaries([]), () => schedules.put([]), () => schedules.remove([])],
        ...[() => schedules.amend([]), () => schedules.past(1, { from: 0, to: 1, limit: 1 }), () => schedules.newest()],
        ...[() => backfills.create([]), () => backfills.get([]), () => backfills.list({ limit: 1 })],
        ...[() => backfills.running(), () => backfills.step([]), () => backfills.set([])],
        ...[() => nodes.lives(0, 1), () => ledger.outcomes(1, [])],
        ...[() => ledger.fire(by(), []), () => ledger.list(1, { from: 0, to: 1, limit: 1 })],
        ...[
          () => runs.insert([newRun(task)], by()),
          () => runs.claim(by()),
          () => runs.finish([{ id, token: 1, event: "release" }]),
        ],
        ...[
          () => runs.progress([{ id, token: 1, value: 1 }]),
          () => runs.cancel([{ id }]),
          () => runs.held(epoch),
          () => runs.get([id]),
        ],
        ...[() => runs.list({ limit: 1 }), () => runs.expire(1, 1), () => runs.prune(1, 1)],
        ...[() => nodes.register({ name: "", leaseMs: 1, taskIds: [] }), () => nodes.renew(epoch), () => nodes.list()],
        ...[() => nodes.reap(epoch, []), () => nodes.leave(epoch)],
        ...[
          () => keys.create({ id: "1", name: "", scope: "read", hash: "" }),
          () => keys.list(),
          () => keys.revoke("1"),
        ],
        ...[() => logs.append([]), () => logs.list(id, { after: 0, limit: 1 })],
      ];
      for (const call of calls) await expect(call(), String(call)).rejects.toSatisfy(unavailable);
      expect((await c.other.runs.get([id]))[0]).toMatchObject({ state: "ready" });
      expect((await c.other.nodes.list()).map((node) => node.epoch)).toEqual([epoch]);
    }),
  ],
};
