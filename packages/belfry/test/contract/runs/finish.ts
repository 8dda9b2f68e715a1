import { expect } from "vitest";
import { limits } from "../../../src/base/limits.ts";
import type { Finish } from "../../../src/store/runs.ts";
import { type Cases, example } from "../cases.ts";
import { type Context, failureOf, freshId, idsOf, longDelayMs, soonest } from "../context.ts";
import { expectRow } from "./row.ts";

const error = failureOf();

/** Every way to finish. */
function ways(id: string, token: number): Finish[] {
  return [
    { id, token, event: "complete", result: '"stolen"' },
    { id, token, event: "fail", error },
    { id, token, event: "retry", error, delayMs: 0 },
    { id, token, event: "release" },
  ];
}

async function expectStale(c: Context, id: string, token: number): Promise<void> {
  const before = await c.get(id);
  for (const item of ways(id, token)) {
    for (const store of [c.store, c.other]) expect(await c.finish(item, store)).toBe("stale");
  }
  expect(await c.get(id)).toEqual(before);
}

async function started(c: Context) {
  const task = await c.task();
  const node = await c.node([task], { name: "n1" });
  const run = await c.start(node, task);
  return { task, node, run };
}

export const finish: Cases = [
  example("complete: ends the run, keeps its result and its attempt", async (c) => {
    const { task, run } = await started(c);
    expect(await c.finish({ ...run, event: "complete", result: '{"sum":3}' }, c.other)).toBe("done");
    const row = await c.get(run.id);
    const { completedAt = 0 } = row;
    expectRow(row, {
      ...{ id: run.id, task, state: "completed", outcome: "completed", result: '{"sum":3}' },
      ...{ triggeredAt: run.triggeredAt, availableAt: run.triggeredAt, startedAt: run.claimedAt, completedAt },
      attempts: [
        {
          attempt: 1,
          node: "n1",
          token: run.token,
          startedAt: run.claimedAt,
          endedAt: completedAt,
          outcome: "completed",
        },
      ],
    });
    expect(run.triggeredAt).toBeLessThanOrEqual(run.claimedAt);
    expect(run.claimedAt).toBeLessThanOrEqual(completedAt);
    await c.expectForever(run.id, run.token);
  }),
  example("complete: without a result, or with why it could not be kept", async (c) => {
    const { node, task, run } = await started(c);
    await c.complete(run);
    expect((await c.get(run.id)).result).toBeUndefined();
    const another = await c.start(node, task);
    await c.finish({ ...another, event: "complete", resultError: "too large" });
    const row = await c.get(another.id);
    expect(row).toMatchObject({ state: "completed", outcome: "completed", resultError: "too large" });
    expect(row.result).toBeUndefined();
  }),
  example("fail: ends the run and keeps the whole error", async (c) => {
    const { run } = await started(c);
    const whole = {
      ...error,
      code: "E_TIMEOUT",
      stack: "Error: it broke\n  at x",
      cause: { name: "string", message: "" },
    } as const;
    expect(await c.finish({ ...run, event: "fail", error: whole })).toBe("done");
    const row = await c.get(run.id, c.other);
    expect(row).toMatchObject({ state: "failed", outcome: "E_TIMEOUT" });
    const times = { startedAt: run.claimedAt, endedAt: row.completedAt };
    expect(row.attempts).toEqual([
      { attempt: 1, node: "n1", token: run.token, ...times, outcome: "E_TIMEOUT", error: whole },
    ]);
    await c.expectForever(run.id, run.token);
  }),
  example("retry: waits its delay, then is claimed as the next attempt, one failure more", async (c) => {
    const { task, node, run } = await started(c);
    expect(await c.finish({ ...run, event: "retry", error, delayMs: 3 })).toBe("done");
    const row = await c.get(run.id);
    const [first] = row.attempts;
    expectRow(row, {
      ...{ id: run.id, task, state: "delayed", startedAt: run.claimedAt, triggeredAt: run.triggeredAt },
      availableAt: (first?.endedAt ?? 0) + 3,
      attempts: [
        {
          attempt: 1,
          node: "n1",
          token: run.token,
          startedAt: run.claimedAt,
          endedAt: first?.endedAt ?? 0,
          outcome: "E_HANDLER",
          error,
        },
      ],
    });
    const [again] = await soonest(node);
    expect(again).toMatchObject({ id: run.id, attempt: 2, failures: 1 });
    expect(again?.token).toBeGreaterThan(run.token);
    expect(again?.claimedAt).toBeGreaterThanOrEqual(row.availableAt);
    await c.complete({ id: run.id, token: again?.token ?? 0 });
    const ended = await c.get(run.id);
    expect(ended.attempts.map(({ attempt, outcome, token }) => [attempt, outcome, token])).toEqual([
      [1, "E_HANDLER", run.token],
      [2, "completed", again?.token],
    ]);
    expect(ended.attempts[0]).toEqual(first);
  }),
  example("retry: is not claimed before its delay is over", async (c) => {
    const { node, run } = await started(c);
    await c.finish({ ...run, event: "retry", error, delayMs: longDelayMs });
    expect(await node.claim()).toEqual([]);
    expect(await c.get(run.id)).toMatchObject({ state: "delayed" });
  }),
  example("release: is ready at once, and spends no failure", async (c) => {
    const { task, node, run } = await started(c);
    expect(await c.finish({ ...run, event: "release" })).toBe("done");
    const row = await c.get(run.id);
    const [first] = row.attempts;
    expectRow(row, {
      ...{
        id: run.id,
        task,
        state: "ready",
        startedAt: run.claimedAt,
        triggeredAt: run.triggeredAt,
        availableAt: row.availableAt,
      },
      attempts: [
        {
          attempt: 1,
          node: "n1",
          token: run.token,
          startedAt: run.claimedAt,
          endedAt: first?.endedAt ?? 0,
          outcome: "released",
        },
      ],
    });
    const [again] = await node.claim();
    expect(again).toMatchObject({ id: run.id, attempt: 2, failures: 0 });
    expect(again?.token).toBeGreaterThan(run.token);
  }),
  example("changes nothing under any token but the one that holds", async (c) => {
    const { node, task, run } = await started(c);
    const other = await c.start(node, task);
    for (const token of [run.token - 1, other.token, 0, -1, Number.MAX_SAFE_INTEGER])
      await expectStale(c, run.id, token);
    await c.complete(run);
  }),
  example("changes nothing where no attempt runs: waiting, delayed, unknown", async (c) => {
    const task = await c.task();
    const ids = [await c.insert(task), await c.insert(task, { delayMs: longDelayMs })];
    for (const id of ids) for (const token of [0, -1, 1]) await expectStale(c, id, token);
    expect(await c.store.runs.finish(ways(freshId(), 1))).toEqual(["stale", "stale", "stale", "stale"]);
  }),
  example("changes nothing under a token that was taken over", async (c) => {
    const { task, node, run } = await started(c);
    await c.bury(node);
    await expectStale(c, run.id, run.token);
    const [again] = await (await c.node([task])).claim();
    await expectStale(c, run.id, run.token);
    await c.complete({ id: run.id, token: again?.token ?? 0 });
    await expectStale(c, run.id, run.token);
  }),
  example("changes nothing under the token of a run that ended without it: cancelled, expired", async (c) => {
    const task = await c.task();
    const [cancelled, expired] = [await c.insert(task), await c.insert(task)];
    await c.store.runs.cancel([{ id: cancelled }]);
    await c.pass((await c.get(expired)).availableAt);
    await c.store.runs.expire(c.store.now(), 10);
    for (const id of [cancelled, expired]) for (const token of [0, -1, 1]) await expectStale(c, id, token);
  }),
  example("answers done, and changes nothing, once it has ended under this token", async (c) => {
    const { node, task, run } = await started(c);
    const failed = await c.start(node, task);
    await c.complete(run, "1");
    await c.finish({ ...failed, event: "fail", error });
    const before = await c.store.runs.get([run.id, failed.id]);
    for (const store of [c.store, c.other]) {
      expect(await store.runs.finish(ways(run.id, run.token))).toEqual(["done", "done", "done", "done"]);
      expect(await store.runs.finish(ways(failed.id, failed.token))).toEqual(["done", "done", "done", "done"]);
    }
    expect(await c.store.runs.get([run.id, failed.id])).toEqual(before);
    expect(await c.finish({ id: run.id, token: run.token + 1, event: "complete" })).toBe("stale");
  }),
  example("spends a failure once when the call for a retry is repeated", async (c) => {
    const { node, run } = await started(c);
    const item = { ...run, event: "retry", error, delayMs: 0 } as const;
    await c.finish(item);
    const before = await c.get(run.id);
    expect(await c.finish(item, c.other)).toBe("stale");
    expect(await c.get(run.id)).toEqual(before);
    expect((await soonest(node))[0]).toMatchObject({ attempt: 2, failures: 1 });
  }),
  example("answers each item in its place, and one stale spoils no other", async (c) => {
    const { node, task, run } = await started(c);
    const runs = [run, await c.start(node, task), await c.start(node, task), await c.start(node, task)];
    const [a, b, d, e] = runs.map(({ id, token }) => ({ id, token }));
    if (!a || !b || !d || !e) throw new Error("four runs were started");
    const answers = await c.store.runs.finish([
      { ...a, event: "release" },
      { ...b, token: b.token + 100, event: "complete" },
      { ...d, event: "fail", error },
      { ...e, event: "complete", result: "5" },
      { ...e, event: "complete", result: "6" },
      { ...d, id: freshId(), event: "release" },
    ]);
    expect(answers).toEqual(["done", "stale", "done", "done", "done", "stale"]);
    const rows = await c.other.runs.get(idsOf(runs));
    expect(rows.map((row) => row?.state)).toEqual(["ready", "running", "failed", "completed"]);
    expect(rows[3]?.result).toBe("5");
    expect(await c.store.runs.finish([])).toEqual([]);
  }),
  example("counts failures and attempts apart", async (c) => {
    const { node, run } = await started(c);
    let { token } = run;
    const numbers: number[][] = [];
    for (const event of ["retry", "release", "retry", "release", "release"] as const) {
      await c.finish(
        event === "retry" ? { id: run.id, token, event, error, delayMs: 0 } : { id: run.id, token, event },
      );
      const [next] = await soonest(node);
      token = next?.token ?? 0;
      numbers.push([next?.attempt ?? 0, next?.failures ?? 0]);
    }
    expect(numbers).toEqual([
      [2, 1],
      [3, 1],
      [4, 2],
      [5, 2],
      [6, 2],
    ]);
    const outcomes = (await c.get(run.id)).attempts.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["E_HANDLER", "released", "E_HANDLER", "released", "released"]);
  }),
  example("keeps the newest hundred attempts", async (c) => {
    const { node, run } = await started(c);
    let { token } = run;
    for (let attempt = 1; attempt <= limits.attemptsKept + 1; attempt += 1) {
      await c.finish({ id: run.id, token, event: "release" });
      token = (await node.claim())[0]?.token ?? 0;
    }
    await c.complete({ id: run.id, token });
    const numbers = (await c.get(run.id)).attempts.map(({ attempt }) => attempt);
    expect(numbers).toEqual(Array.from({ length: limits.attemptsKept }, (_, index) => index + 3));
  }),
];
