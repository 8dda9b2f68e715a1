import fc from "fast-check";
import { type Overlap, overlaps } from "../../../src/schedule/overlap.ts";

/** One call, in numbers that each store's world turns into ids, tokens and instants of its own. */
export type Call =
  | {
      verb: "deploy";
      app: number;
      tasks: readonly TaskChoice[];
      isStale: boolean;
      decision?: DecisionKind;
      digest: string;
      release?: string;
    }
  | { verb: "put"; task: number; schedule: ScheduleChoice; isStale: boolean; decision?: DecisionKind }
  | { verb: "remove"; task: number; key: string }
  | { verb: "amend"; schedule: number; kind: "pause" | "skip" | "resume" | "rewind"; isStale: boolean }
  | { verb: "backfill"; backfill: number; schedule: number; concurrency: number }
  | { verb: "step"; backfill: number; count: number; passed: number; exhausted: boolean; isStale: boolean }
  | { verb: "set"; backfill: number; state: "running" | "paused" | "cancelled" }
  | { verb: "register"; node: number; tasks: readonly number[] }
  | { verb: "renew" | "leave"; node: number }
  | { verb: "reap"; node: number; suspects: readonly { node: number; isProved: boolean }[] }
  | { verb: "insert"; runs: readonly RunChoice[]; node?: number; slots: number }
  | { verb: "claim"; node: number; slots: number }
  | { verb: "finish"; items: readonly { run: number; token: number; event: number; delayMs: number }[] }
  | { verb: "progress" | "log"; run: number; token: number; count: number }
  | { verb: "cancel"; runs: readonly number[]; reason?: string }
  | { verb: "fire"; node: number; slots: number; firings: readonly FiringChoice[] }
  | { verb: "redo"; node: number; slots: number; schedule: number; kind: DecisionKind }
  | { verb: "expire" | "prune" }
  | { verb: "list"; task?: number; status?: number; trigger?: number; limit: number };

export interface TaskChoice {
  readonly isIn: boolean;
  readonly enabled: boolean;
  readonly concurrency?: number;
  readonly onLost: "retry" | "fail";
  readonly schedules: readonly ScheduleChoice[];
}

export interface ScheduleChoice {
  readonly key: string;
  readonly spec: string;
  readonly payload?: string;
  readonly overlap: Overlap;
  readonly pauseOnFailure?: number;
  readonly isLater: boolean;
}

/** What is decided about the next instants of a schedule. */
export type DecisionKind = (typeof decisionKinds)[number];

interface RunChoice {
  readonly run: number;
  readonly task: number;
  readonly priority: number;
  readonly delayMs: number;
  readonly key?: { key: string; request: string };
  readonly payload?: string;
}

interface FiringChoice {
  readonly schedule: number;
  readonly kind: DecisionKind | "stale";
}

export const counts = { apps: 2, tasksPerApp: 2, runs: 24, nodes: 3, backfills: 3 } as const;
const decisionKinds = [
  "fire",
  "missed",
  "both",
  "two",
  "queued",
  "early",
  "paused",
  "invalid",
  "ahead",
  "missAhead",
] as const;

const below = (count: number) => fc.nat(count - 1);
const task = below(counts.apps * counts.tasksPerApp);
/** A run that is made, by its place among the ids. */
const newRun = below(counts.runs);
/** A run that something is done to: a high number is one of those that were claimed last. */
const run = fc.nat(9);
const node = fc.constantFrom(0, 0, 0, 1, 1, 2);
/** Mostly the newest of a run's tokens. */
const token = fc.nat(9);
const slots = fc.constantFrom(0, 1, 2, 100);
const some = <T>(item: fc.Arbitrary<T>, maxLength = 3) => fc.array(item, { minLength: 1, maxLength });
const maybe = <T>(item: fc.Arbitrary<T>) => fc.option(item, { nil: undefined });
const delayMs = fc.constantFrom(0, 0, 0, 3_600_000);

const schedule = fc.record({
  key: fc.constantFrom("default", "x", "y"),
  spec: fc.constantFrom("1", "1", "2"),
  payload: maybe(fc.constant("[1]")),
  overlap: fc.constantFrom(...overlaps),
  pauseOnFailure: fc.constantFrom(undefined, undefined, 1, 2),
  isLater: fc.boolean(),
});
const taskChoice: fc.Arbitrary<TaskChoice> = fc.record({
  isIn: fc.constantFrom(true, true, true, true, true, false),
  enabled: fc.constantFrom(true, true, true, true, true, false),
  concurrency: fc.constantFrom(undefined, undefined, 1, 2),
  onLost: fc.constantFrom("retry", "retry", "fail"),
  schedules: fc.uniqueArray(schedule, { maxLength: 2, selector: ({ key }) => key }),
});
const runChoice: fc.Arbitrary<RunChoice> = fc.record({
  ...{ run: newRun, task, delayMs, priority: fc.constantFrom(0, 0, 5, -5), payload: maybe(fc.json({ maxDepth: 1 })) },
  key: maybe(fc.record({ key: fc.constantFrom("a", "b"), request: fc.constantFrom("1", "2") })),
});
const backfill = below(counts.backfills);
const isStale = fc.constantFrom(false, false, false, true);
const decision = fc.constantFrom(...decisionKinds);
const firing = fc.record({
  schedule: fc.nat(7),
  kind: fc.constantFrom("fire", "fire", "fire", ...decisionKinds, "stale"),
});
const finishItem = fc.record({ run, token, event: fc.nat(3), delayMs });

function call<V extends Call["verb"], F extends object>(verb: V, fields: { [K in keyof F]: fc.Arbitrary<F[K]> }) {
  return fc.record({ verb: fc.constant(verb), ...fields }) as unknown as fc.Arbitrary<Call>;
}

const calls: { weight: number; arbitrary: fc.Arbitrary<Call> }[] = [
  {
    weight: 2,
    arbitrary: call("deploy", {
      app: below(counts.apps),
      tasks: fc.tuple(taskChoice, taskChoice),
      isStale,
      ...{ decision: maybe(decision), digest: fc.constantFrom("a", "b", "c") },
      release: fc.constantFrom(undefined, undefined, "v1", "v2"),
    }),
  },
  { weight: 5, arbitrary: call("put", { task, schedule, isStale, decision: maybe(decision) }) },
  { weight: 1, arbitrary: call("remove", { task, key: fc.constantFrom("default", "x", "y") }) },
  {
    weight: 3,
    arbitrary: call("amend", {
      schedule: fc.nat(7),
      kind: fc.constantFrom("pause", "skip", "resume", "resume", "rewind", "rewind"),
      isStale,
    }),
  },
  { weight: 2, arbitrary: call("backfill", { backfill, schedule: fc.nat(7), concurrency: fc.constantFrom(1, 2, 3) }) },
  {
    weight: 4,
    arbitrary: call("step", {
      ...{ backfill, count: fc.constantFrom(0, 1, 1, 2), passed: fc.nat(2), isStale },
      exhausted: fc.constantFrom(false, false, true),
    }),
  },
  {
    weight: 1,
    arbitrary: call("set", { backfill, state: fc.constantFrom("running", "running", "paused", "cancelled") }),
  },
  { weight: 3, arbitrary: call("register", { node, tasks: fc.uniqueArray(task, { minLength: 3 }) }) },
  { weight: 1, arbitrary: call("renew", { node }) },
  { weight: 1, arbitrary: call("leave", { node }) },
  { weight: 2, arbitrary: call("reap", { node, suspects: some(fc.record({ node, isProved: fc.boolean() }), 2) }) },
  { weight: 6, arbitrary: call("insert", { runs: some(runChoice), node: maybe(node), slots }) },
  { weight: 6, arbitrary: call("claim", { node, slots }) },
  { weight: 8, arbitrary: call("finish", { items: some(finishItem) }) },
  { weight: 2, arbitrary: call("progress", { run, token, count: fc.nat(3) }) },
  { weight: 2, arbitrary: call("log", { run, token, count: fc.constantFrom(0, 1, 3, 600) }) },
  { weight: 2, arbitrary: call("cancel", { runs: some(run), reason: maybe(fc.string()) }) },
  { weight: 6, arbitrary: call("fire", { node, slots, firings: some(firing, 4) }) },
  {
    weight: 2,
    arbitrary: call("redo", { node, slots, schedule: fc.nat(7), kind: fc.constantFrom("ahead", "missAhead") }),
  },
  { weight: 1, arbitrary: call("expire", {}) },
  { weight: 1, arbitrary: call("prune", {}) },
  {
    weight: 1,
    arbitrary: call("list", {
      task: maybe(task),
      status: maybe(fc.nat(3)),
      trigger: maybe(fc.nat(3)),
      limit: fc.constantFrom(1, 3, 100),
    }),
  },
];

const deployAll = (app: number) =>
  call("deploy", {
    app: fc.constant(app),
    tasks: fc.tuple(taskChoice, taskChoice).map((choices) => choices.map((choice) => ({ ...choice, isIn: true }))),
    ...{ isStale: fc.constant(false), decision: fc.constant(undefined), digest: fc.constant("first") },
  });
const registerAll = (index: number) => call("register", { node: fc.constant(index), tasks: fc.constant([0, 1, 2, 3]) });

/** A sequence of calls that begins with something to work on. */
export const sequence: fc.Arbitrary<Call[]> = fc
  .tuple(
    fc.tuple(deployAll(0), deployAll(1), registerAll(0), registerAll(1)),
    fc.array(fc.oneof(...calls), { minLength: 40, maxLength: 60, size: "max" }),
  )
  .map(([first, rest]) => [...first, ...rest]);
