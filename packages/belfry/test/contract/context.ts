import { randomBytes } from "node:crypto";
import { expect, vi } from "vitest";
import type { RunRow } from "../../src/run/record.ts";
import { hasEnded } from "../../src/run/states.ts";
import type { LostRun, NodeStore } from "../../src/store/nodes.ts";
import type { Finish, NewRun, WriteAnswer } from "../../src/store/runs.ts";
import type { ScheduleDefinition, ScheduleRow } from "../../src/store/schedules.ts";
import type { Claimant, ClaimedRun, Store } from "../../src/store/store.ts";
import type { Deploy, TaskDefinition, TaskRow } from "../../src/store/tasks.ts";

/** Two stores on the same data, as two processes have them. */
export interface Pair {
  readonly store: Store;
  readonly other: Store;
}

/** A task of a deploy, as far as a case cares. */
export type TaskSketch = Partial<Omit<TaskDefinition, "schedules">> & {
  schedules?: readonly Partial<ScheduleDefinition>[];
};

/** A registered node. */
export interface TestNode {
  readonly epoch: number;
  by(slots?: number): Claimant;
  claim(slots?: number): Promise<readonly ClaimedRun[]>;
}

type NodeSketch = Partial<Parameters<NodeStore["register"]>[0]> & { store?: Store };

/** A lease that does not expire while a test runs. */
export const longLeaseMs = 3_600_000;
/** A delay that does not end while a test runs. */
export const longDelayMs = 3_600_000;

/** A tracking id or task id like no other. */
export function freshId(): string {
  return randomBytes(12).toString("hex");
}

/** Resolves with the first answer of `probe` that is neither undefined nor false. */
export async function eventually<T>(probe: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  return (await vi.waitUntil(probe, { interval: 1, timeout: 20_000 })) as T;
}

/** What a node claims as soon as there is anything. */
export async function soonest(node: TestNode, slots?: number): Promise<readonly ClaimedRun[]> {
  return eventually(async () => {
    const runs = await node.claim(slots);
    return runs.length > 0 && runs;
  });
}

export function taskOf(sketch: TaskSketch = {}): TaskDefinition {
  const { schedules = [], ...rest } = sketch;
  return {
    ...{ name: `task-${freshId()}`, enabled: true, onLost: "retry", newId: freshId() },
    ...{ priority: 0, overlap: "skip", catchUp: "latest", ...rest },
    schedules: schedules.map(scheduleOf),
  };
}

export function scheduleOf(sketch: Partial<ScheduleDefinition> = {}): ScheduleDefinition {
  const due = sketch.nextAt === undefined ? {} : { dueAt: sketch.nextAt };
  return { key: "default", spec: '{"every":1}', priority: 0, overlap: "skip", catchUp: "latest", ...due, ...sketch };
}

export function newRun(task: { id: string }, sketch: Partial<NewRun> = {}): NewRun {
  return { id: freshId(), taskId: task.id, trigger: "manual", priority: 0, ...sketch };
}

/** What a case works with: the two stores, and short ways to the states that it starts from. */
export class Context {
  readonly store: Store;
  readonly other: Store;

  constructor({ store, other }: Pair) {
    this.store = store;
    this.other = other;
  }

  /** Applies a set of tasks as the whole of an app; answers them in this order. */
  async deploy(app: string, sketches: readonly TaskSketch[], settle: Deploy["settle"] = []): Promise<TaskRow[]> {
    const tasks = sketches.map(taskOf);
    const answer = await this.store.tasks.apply({ app, digest: freshId(), draftedAt: 0, tasks, settle });
    if (answer.outcome !== "applied") throw new Error(`the deploy is ${answer.outcome}`);
    return tasks.map(({ name }) => answer.tasks.find((row) => row.name === name) as TaskRow);
  }

  /** A task in an app of its own. */
  async task(sketch: TaskSketch = {}): Promise<TaskRow> {
    const [task] = await this.deploy(`app-${freshId()}`, [sketch]);
    return task as TaskRow;
  }

  /** A node with these tasks, its lease far from over unless it is said. */
  async node(tasks: readonly { id: string }[], sketch: NodeSketch = {}): Promise<TestNode> {
    const { store = this.store, leaseMs = longLeaseMs, name = "node", ...rest } = sketch;
    const taskIds = tasks.map(({ id }) => id);
    const { epoch } = await store.nodes.register({ name, leaseMs, taskIds, ...rest });
    const by = (slots = 100): Claimant => ({ epoch, taskIds, slots });
    return { epoch, by, claim: async (slots) => claimedRuns(await store.runs.claim(by(slots))) };
  }

  /** Makes a run of this task; answers its id. */
  async insert(task: { id: string }, sketch: Partial<NewRun> = {}): Promise<string> {
    const run = newRun(task, sketch);
    const [answer] = await this.store.runs.insert([run]);
    expect(answer?.outcome).toBe("created");
    return run.id;
  }

  /** Makes a run of this task that the node holds from the start. */
  async start(node: TestNode, task: { id: string }, sketch: Partial<NewRun> = {}): Promise<ClaimedRun> {
    const [answer] = await this.store.runs.insert([newRun(task, sketch)], node.by());
    if (!answer || !("claimed" in answer) || !answer.claimed)
      throw new Error(`the run is not claimed: ${answer?.outcome}`);
    return answer.claimed;
  }

  /** The schedules of an app, or of all. */
  schedules(app?: string, store: Store = this.store): Promise<ScheduleRow[]> {
    return store.schedules.list({ app, limit: 10_000 });
  }

  /** The digest of the app's current set. */
  async digest(app: string, store: Store = this.store): Promise<string | undefined> {
    return (await store.tasks.current(app))?.digest;
  }

  async finish(item: Finish, store: Store = this.store): Promise<WriteAnswer> {
    const [answer] = await store.runs.finish([item]);
    return answer as WriteAnswer;
  }

  async complete({ id, token }: { id: string; token: number }, result?: string): Promise<void> {
    expect(await this.finish({ id, token, event: "complete", result })).toBe("done");
  }

  /** A run that has ended, started under a node of its own. */
  async ended(task: { id: string }): Promise<string> {
    const run = await this.start(await this.node([task]), task);
    await this.complete(run);
    return run.id;
  }

  async get(id: string, store: Store = this.store): Promise<RunRow> {
    const [run] = await store.runs.get([id]);
    if (!run) throw new Error("there is no such run");
    return run;
  }

  /** Declares the node dead, its death being proved. */
  async bury({ epoch }: { epoch: number }): Promise<readonly LostRun[]> {
    const undertaker = await this.node([]);
    const answer = await this.store.nodes.reap(undertaker.epoch, [{ epoch }]);
    if (answer.outcome !== "reaped") throw new Error("the undertaker is dead");
    return answer.lost;
  }

  /** Waits until the store's clock has passed the instant. */
  async pass(instant: number): Promise<void> {
    await eventually(() => this.store.now() > instant);
  }

  /** Checks that nothing moves the run any more. */
  async expectForever(id: string, token: number): Promise<void> {
    const before = await this.get(id);
    expect(hasEnded(before.state)).toBe(true);
    const error = failureOf("E_HANDLER");
    for (const store of [this.store, this.other]) {
      await store.runs.finish([
        { id, token, event: "complete", result: '"late"' },
        { id, token, event: "fail", error },
        { id, token, event: "retry", error, delayMs: 0 },
        { id, token, event: "release" },
      ]);
      await store.runs.cancel([{ id }]);
      await store.runs.progress([{ id, token, value: 0.5 }]);
      await store.runs.expire(store.now(), 1_000);
    }
    expect(await this.get(id)).toEqual(before);
  }
}

/** The runs of a claim that was not refused. */
export function claimedRuns(answer: { outcome: string; runs?: readonly ClaimedRun[] }): readonly ClaimedRun[] {
  if (!answer.runs) throw new Error(`the claim is ${answer.outcome}`);
  return answer.runs;
}

export function failureOf(code: "E_HANDLER" | "E_TIMEOUT" | "E_CANCELLED" = "E_HANDLER") {
  return { code, name: "Error", message: "it broke" };
}

/** The ids of rows, in their order. */
export function idsOf(rows: readonly { id: string }[]): string[] {
  return rows.map(({ id }) => id);
}

/** The only schedule of a task. */
export function onlyOf(rows: readonly ScheduleRow[], task: { id: string }): ScheduleRow {
  const own = rows.filter(({ taskId }) => taskId === task.id);
  expect(own).toHaveLength(1);
  return own[0] as ScheduleRow;
}
