import { expect } from "vitest";
import { claimedRuns, failureOf, freshId, idsOf, longDelayMs, newRun } from "../context.ts";
import { heldRuns, manyTasks, waitingRuns } from "./prepare.ts";
import { type Interleaving, race } from "./race.ts";

const error = failureOf();

export const runs: readonly Interleaving[] = [
  race({
    title: "claim × claim: one run goes to one node",
    prepare: async (c, rounds) => {
      const tasks = await manyTasks(c, rounds);
      const [a, b] = [await c.node(tasks), await c.node(tasks, { store: c.other })];
      return (await waitingRuns(c, tasks)).map((item) => ({ ...item, a, b }));
    },
    left: (c, { task, a }) => c.store.runs.claim({ epoch: a.epoch, taskIds: [task.id], slots: 5 }),
    right: (c, { task, b }) => c.other.runs.claim({ epoch: b.epoch, taskIds: [task.id], slots: 5 }),
    check: async (c, { id }, left, right, first) => {
      const claimed = [...claimedRuns(left), ...claimedRuns(right)];
      if (first) expect(claimedRuns(first === "left" ? left : right)).toHaveLength(1);
      expect(idsOf(claimed)).toEqual([id]);
      expect((await c.get(id)).current).toMatchObject({ attempt: 1, token: claimed[0]?.token });
    },
  }),
  race({
    title: "claim × claim: a task's concurrency holds over both nodes",
    prepare: async (c, rounds) => {
      const tasks = await manyTasks(c, rounds, { concurrency: 1 });
      const [a, b] = [await c.node(tasks), await c.node(tasks, { store: c.other })];
      await waitingRuns(c, tasks);
      return (await waitingRuns(c, tasks)).map(({ task }) => ({ task, a, b }));
    },
    left: (c, { task, a }) => c.store.runs.claim({ epoch: a.epoch, taskIds: [task.id], slots: 5 }),
    right: (c, { task, b }) => c.other.runs.claim({ epoch: b.epoch, taskIds: [task.id], slots: 5 }),
    check: async (c, { task }, left, right, first) => {
      expect([...claimedRuns(left), ...claimedRuns(right)]).toHaveLength(1);
      if (first) expect(claimedRuns(first === "left" ? left : right)).toHaveLength(1);
      const { items } = await c.store.runs.list({ task: task.name, limit: 5 });
      expect(items.map(({ state }) => state)).toEqual(["ready", "running"]);
    },
  }),
  race({
    title: "insert × claim: a run that is inserted held is not claimed as well",
    prepare: async (c, rounds) => {
      const tasks = await manyTasks(c, rounds, { concurrency: 1 });
      const [a, b] = [await c.node(tasks), await c.node(tasks, { store: c.other })];
      return tasks.map((task) => ({ task, run: newRun(task), a, b }));
    },
    left: (c, { task, run, a }) => c.store.runs.insert([run], { epoch: a.epoch, taskIds: [task.id], slots: 5 }),
    right: (c, { task, b }) => c.other.runs.claim({ epoch: b.epoch, taskIds: [task.id], slots: 5 }),
    check: async (c, { run }, left, right) => {
      const held = left.flatMap((answer) => ("claimed" in answer && answer.claimed ? [answer.claimed] : []));
      expect(idsOf(held)).toEqual([run.id]);
      expect(claimedRuns(right)).toEqual([]);
      expect(await c.get(run.id)).toMatchObject({ state: "running", current: { attempt: 1 } });
    },
  }),
  race({
    title: "claim × cancel: a run is held and marked, or ended and never held",
    prepare: async (c, rounds) => {
      const tasks = await manyTasks(c, rounds);
      const node = await c.node(tasks);
      return (await waitingRuns(c, tasks)).map((item) => ({ ...item, node }));
    },
    left: (c, { task, node }) => c.store.runs.claim({ epoch: node.epoch, taskIds: [task.id], slots: 5 }),
    right: (c, { id }) => c.other.runs.cancel([{ id }]),
    check: async (c, { id }, left, [answer], first) => {
      const isHeld = claimedRuns(left).length === 1;
      if (first) expect(isHeld).toBe(first === "left");
      expect(answer).toEqual(isHeld ? { outcome: "requested" } : { outcome: "ended", now: true });
      const row = await c.get(id);
      expect([row.state, row.cancelRequested, row.outcome]).toEqual(
        isHeld ? ["running", true, undefined] : ["failed", true, "E_CANCELLED"],
      );
    },
  }),
  race({
    title: "finish × cancel: what is done completes, and the cancelling says truly what it met",
    prepare: async (c, rounds) => (await heldRuns(c, rounds)).runs,
    left: (c, { id, token }) => c.store.runs.finish([{ id, token, event: "complete", result: "1" }]),
    right: (c, { id }) => c.other.runs.cancel([{ id }]),
    check: async (c, { id }, left, [answer], first) => {
      expect(left).toEqual(["done"]);
      const row = await c.get(id);
      expect([row.state, row.result, row.outcome]).toEqual(["completed", "1", "completed"]);
      if (first) expect(row.cancelRequested).toBe(first === "right");
      expect(answer).toEqual(row.cancelRequested ? { outcome: "requested" } : { outcome: "ended", now: false });
    },
  }),
  race({
    title: "finish × finish: one attempt ends once, in one way",
    prepare: async (c, rounds) => (await heldRuns(c, rounds)).runs,
    left: (c, { id, token }) => c.store.runs.finish([{ id, token, event: "complete", result: "1" }]),
    right: (c, { id, token }) => c.other.runs.finish([{ id, token, event: "fail", error }]),
    check: async (c, { id }, left, right, first) => {
      expect([left, right]).toEqual([["done"], ["done"]]);
      const row = await c.get(id);
      expect(row.attempts).toHaveLength(1);
      const isCompleted = row.state === "completed";
      if (first) expect(isCompleted).toBe(first === "left");
      expect([row.outcome, row.result]).toEqual(isCompleted ? ["completed", "1"] : ["E_HANDLER", undefined]);
      expect(row.attempts[0]?.error).toEqual(isCompleted ? undefined : error);
    },
  }),
  race({
    title: "retry × cancel: the run ends, whichever comes first",
    prepare: async (c, rounds) => (await heldRuns(c, rounds)).runs,
    left: (c, { id, token }) => c.store.runs.finish([{ id, token, event: "retry", error, delayMs: longDelayMs }]),
    right: (c, { id }) => c.other.runs.cancel([{ id }]),
    check: async (c, { id }, [finished], [answer], first) => {
      if (first) expect(answer?.outcome).toBe(first === "left" ? "ended" : "requested");
      expect([finished, answer]).toEqual(
        answer?.outcome === "ended"
          ? ["done", { outcome: "ended", now: true }]
          : ["cancelled", { outcome: "requested" }],
      );
      const row = await c.get(id);
      expect([row.state, row.outcome]).toEqual(["failed", "E_CANCELLED"]);
      expect(row.attempts.map(({ outcome }) => outcome)).toEqual(["E_HANDLER", "E_CANCELLED"]);
    },
  }),
  race({
    title: "release × cancel: the run ends, whichever comes first",
    prepare: async (c, rounds) => (await heldRuns(c, rounds)).runs,
    left: (c, { id, token }) => c.store.runs.finish([{ id, token, event: "release" }]),
    right: (c, { id }) => c.other.runs.cancel([{ id }]),
    check: async (c, { id }, [finished], [answer], first) => {
      if (first) expect(answer?.outcome).toBe(first === "left" ? "ended" : "requested");
      expect([finished, answer]).toEqual(
        answer?.outcome === "ended"
          ? ["done", { outcome: "ended", now: true }]
          : ["cancelled", { outcome: "requested" }],
      );
      const row = await c.get(id);
      expect([row.state, row.outcome]).toEqual(["failed", "E_CANCELLED"]);
      expect(row.attempts.map(({ outcome }) => outcome)).toEqual(["released", "E_CANCELLED"]);
    },
  }),
  race({
    title: "insert × insert: one id is one run",
    prepare: async (c, rounds) => (await manyTasks(c, rounds)).map((task) => ({ task, id: freshId() })),
    left: (c, { task, id }) => c.store.runs.insert([newRun(task, { id, payload: "1" })]),
    right: (c, { task, id }) => c.other.runs.insert([newRun(task, { id, payload: "2" })]),
    check: async (c, { task, id }, [left], [right], first) => {
      expect([left?.outcome, right?.outcome].sort()).toEqual(["created", "replayed"]);
      if (first) expect((first === "left" ? left : right)?.outcome).toBe("created");
      const { items } = await c.store.runs.list({ task: task.name, limit: 5 });
      expect(items.map((run) => [run.id, run.payload])).toEqual([[id, left?.outcome === "created" ? "1" : "2"]]);
      for (const answer of [left, right])
        expect(answer).toMatchObject({ run: { id, triggeredAt: items[0]?.triggeredAt } });
    },
  }),
  race({
    title: "insert × insert: one idempotency key is one run",
    prepare: async (c, rounds) => {
      const idempotency = { key: "k", request: "r" };
      const tasks = await manyTasks(c, rounds);
      return tasks.map((task) => ({
        task,
        mine: newRun(task, { idempotency }),
        theirs: newRun(task, { idempotency }),
      }));
    },
    left: (c, { mine }) => c.store.runs.insert([mine]),
    right: (c, { theirs }) => c.other.runs.insert([theirs]),
    check: async (c, { task, mine, theirs }, [left], [right], first) => {
      expect([left?.outcome, right?.outcome].sort()).toEqual(["created", "replayed"]);
      if (first) expect((first === "left" ? left : right)?.outcome).toBe("created");
      const winner = left?.outcome === "created" ? mine.id : theirs.id;
      for (const answer of [left, right]) expect(answer).toMatchObject({ run: { id: winner } });
      expect(idsOf((await c.store.runs.list({ task: task.name, limit: 5 })).items)).toEqual([winner]);
    },
  }),
  race({
    title: "insert × insert: of two requests under one idempotency key the second is refused",
    prepare: async (c, rounds) => {
      const tasks = await manyTasks(c, rounds);
      const run = (task: { id: string }, request: string) => newRun(task, { idempotency: { key: "k", request } });
      return tasks.map((task) => ({ task, mine: run(task, "1"), theirs: run(task, "2") }));
    },
    left: (c, { mine }) => c.store.runs.insert([mine]),
    right: (c, { theirs }) => c.other.runs.insert([theirs]),
    check: async (c, { task, mine, theirs }, [left], [right], first) => {
      expect([left?.outcome, right?.outcome].sort()).toEqual(["conflict", "created"]);
      if (first) expect((first === "left" ? left : right)?.outcome).toBe("created");
      const winner = left?.outcome === "created" ? mine.id : theirs.id;
      expect(idsOf((await c.store.runs.list({ task: task.name, limit: 5 })).items)).toEqual([winner]);
    },
  }),
];
