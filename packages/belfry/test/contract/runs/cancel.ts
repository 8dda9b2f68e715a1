import { expect } from "vitest";
import type { Finish } from "../../../src/store/runs.ts";
import { type Cases, example } from "../cases.ts";
import { type Context, failureOf, freshId, longDelayMs } from "../context.ts";
import { expectRow } from "./row.ts";

const error = failureOf();

/** Cancelling was asked for; then the attempt ends in a way after which the run would go on: it ends with it. */
async function expectCut(c: Context, id: string, outcome: string): Promise<void> {
  const { state, outcome: end, attempts } = await c.get(id);
  expect([state, end]).toEqual(["failed", "E_CANCELLED"]);
  expect(attempts.map((one) => [one.attempt, one.outcome])).toEqual([
    [1, outcome],
    [0, "E_CANCELLED"],
  ]);
  expect(attempts[1]?.error?.message).toContain("enough");
}

export const cancel: Cases = [
  example("ends a run that waits, with the reason", async (c) => {
    const task = await c.task();
    const id = await c.insert(task);
    expect(await c.other.runs.cancel([{ id, reason: "not needed: “déjà fait”" }])).toEqual([
      { outcome: "ended", now: true },
    ]);
    const row = await c.get(id);
    const [entry] = row.attempts;
    const { triggeredAt, completedAt = 0 } = row;
    expectRow(row, {
      ...{ id, task, state: "failed", outcome: "E_CANCELLED", triggeredAt, availableAt: triggeredAt, completedAt },
      ...{ cancelRequested: true, attempts: row.attempts },
    });
    expect(row.attempts).toHaveLength(1);
    expect(entry).toMatchObject({
      attempt: 0,
      outcome: "E_CANCELLED",
      error: { code: "E_CANCELLED" },
      endedAt: completedAt,
    });
    expect(entry?.error?.message).toContain("not needed: “déjà fait”");
    expect(completedAt).toBeGreaterThanOrEqual(triggeredAt);
    expect(await (await c.node([task])).claim()).toEqual([]);
    await c.expectForever(id, 1);
  }),
  example("ends a run that is delayed, with a reason of any length or none", async (c) => {
    const task = await c.task();
    const reasons = [undefined, "", "x".repeat(900)];
    for (const reason of reasons) {
      const id = await c.insert(task, { delayMs: longDelayMs });
      expect(await c.store.runs.cancel([{ id, reason }])).toEqual([{ outcome: "ended", now: true }]);
      const row = await c.get(id);
      expect(row).toMatchObject({ state: "failed", outcome: "E_CANCELLED" });
      expect(row.attempts[0]?.error?.message).toContain(reason ?? "");
    }
  }),
  example("ends a run between two attempts, and keeps the first", async (c) => {
    const task = await c.task();
    const { id, token, claimedAt } = await c.start(await c.node([task]), task);
    await c.finish({ id, token, event: "retry", error, delayMs: longDelayMs });
    expect(await c.store.runs.cancel([{ id }])).toEqual([{ outcome: "ended", now: true }]);
    const row = await c.get(id);
    expect(row).toMatchObject({ state: "failed", outcome: "E_CANCELLED", startedAt: claimedAt });
    expect(row.attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, "E_HANDLER"],
      [0, "E_CANCELLED"],
    ]);
    await c.expectForever(id, token);
  }),
  example("marks a run that runs: its node learns it, and ends it", async (c) => {
    const task = await c.task();
    const node = await c.node([task]);
    const [run, spared] = [await c.start(node, task), await c.start(node, task)];
    const before = await c.get(run.id);
    for (const store of [c.other, c.store])
      expect(await store.runs.cancel([{ id: run.id }])).toEqual([{ outcome: "requested" }]);
    expect(await c.get(run.id)).toEqual({ ...before, cancelRequested: true });
    expect(await c.store.nodes.renew(node.epoch)).toEqual({ outcome: "renewed", cancelled: [{ id: run.id }] });
    expect(await c.other.runs.held(node.epoch)).toMatchObject({ cancelled: [{ id: run.id }] });
    await c.finish({ ...run, event: "fail", error: failureOf("E_CANCELLED") });
    expect(await c.get(run.id)).toMatchObject({ state: "failed", outcome: "E_CANCELLED" });
    expect(await c.store.nodes.renew(node.epoch)).toEqual({ outcome: "renewed", cancelled: [] });
    expect(await c.get(spared.id)).toMatchObject({ cancelRequested: false });
  }),
  example("lets a run that is done all the same complete", async (c) => {
    const task = await c.task();
    const run = await c.start(await c.node([task]), task);
    await c.store.runs.cancel([{ id: run.id }]);
    await c.complete(run, "1");
    expect(await c.get(run.id)).toMatchObject({ state: "completed", outcome: "completed", result: "1" });
  }),
  example("ends the run when its attempt is retried, given back or lost, and says so", async (c) => {
    const task = await c.task();
    const events: ((run: { id: string; token: number }) => Finish)[] = [
      (run) => ({ ...run, event: "retry", error, delayMs: 0 }),
      (run) => ({ ...run, event: "release" }),
    ];
    for (const event of events) {
      const node = await c.node([task]);
      const { id, token } = await c.start(node, task);
      await c.store.runs.cancel([{ id, reason: "enough" }]);
      const finish = event({ id, token });
      expect(await c.finish(finish)).toBe("cancelled");
      await expectCut(c, id, finish.event === "retry" ? "E_HANDLER" : "released");
      await c.expectForever(id, token);
    }
    const [left, dead] = [await c.node([task]), await c.node([task])];
    const [given, lost] = [await c.start(left, task), await c.start(dead, task)];
    await c.store.runs.cancel([given, lost].map(({ id }) => ({ id, reason: "enough" })));
    await c.store.nodes.leave(left.epoch);
    await expectCut(c, given.id, "released");
    expect(await c.bury(dead)).toEqual([{ id: lost.id, task: task.name, ended: true, cancelled: true }]);
    await expectCut(c, lost.id, "lost");
    expect(await (await c.node([task])).claim()).toEqual([]);
  }),
  example("changes nothing of an ended run, and tells that it had ended", async (c) => {
    const task = await c.task();
    const [completed, cancelled] = [await c.ended(task), await c.insert(task)];
    await c.store.runs.cancel([{ id: cancelled, reason: "first" }]);
    const before = await c.store.runs.get([completed, cancelled]);
    const answers = await c.other.runs.cancel([
      { id: completed, reason: "late" },
      { id: cancelled, reason: "late" },
    ]);
    expect(answers).toEqual([
      { outcome: "ended", now: false },
      { outcome: "ended", now: false },
    ]);
    expect(await c.store.runs.get([completed, cancelled])).toEqual(before);
  }),
  example("answers each run in its place, unknown ones too, and one that comes twice", async (c) => {
    const task = await c.task();
    const running = await c.start(await c.node([task]), task);
    const waiting = await c.insert(task);
    const ids = [freshId(), waiting, running.id, waiting];
    const answers = await c.store.runs.cancel(ids.map((id) => ({ id })));
    expect(answers).toEqual([
      { outcome: "unknown" },
      { outcome: "ended", now: true },
      { outcome: "requested" },
      { outcome: "ended", now: false },
    ]);
    expect(await c.store.runs.cancel([])).toEqual([]);
  }),
];
