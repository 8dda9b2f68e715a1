import { isBelfryError } from "../../src/base/errors.ts";
import { sleep } from "../../src/clock/clock.ts";
import { defineTask, type Task } from "../../src/task/definition.ts";
import type { Run } from "../../src/task/run.ts";
import type { Manner, TaskPlan } from "./definitions.ts";
import type { Invocation } from "./invocations.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** What one call of a handler does. */
interface Act {
  readonly ms: number;
  readonly steps: number;
  readonly end: "return" | "throw" | "throwHopeless" | "unstorable";
  readonly onAbort: "throw" | "return" | "ignore";
  /** How long it goes on after its signal was aborted. */
  readonly lastMs: number;
  readonly triggers: boolean;
}

/** The tasks of a process's version, with handlers that live in that process. */
export function definitionsOf(process: Process): Task[] {
  return process.version.tasks.map((plan) => {
    const { name, schedules, overlap, catchUp, retries, backoffMs, timeoutMs, concurrency, priority, onLost, enabled } =
      plan;
    return defineTask({
      ...{ name, overlap, catchUp, retries, concurrency, priority, onLost, enabled },
      backoff: { first: `${backoffMs}ms`, max: "5s" },
      timeout: timeoutMs === undefined ? undefined : `${timeoutMs}ms`,
      schedule: schedules.map(({ key, time }) => ({ ...(typeof time === "string" ? { cron: time } : time), key })),
      retryOn: (error) => !(error instanceof Error && error.name === "Hopeless"),
      onFailure: ({ trackingId }) => process.world.noteEnd("onFailure", trackingId),
      handler: (run) => handle(process, plan, run),
    });
  });
}

function handle(process: Process, plan: TaskPlan, run: Run): unknown {
  const { world } = process;
  const { trackingId: id, fencingToken: token, attempt } = run;
  const invocation: Invocation = { process, task: plan.name, id, token, attempt, startedAt: world.time, said: [] };
  world.say(process.name, `handler of ${plan.name} ${id} starts attempt ${attempt} under ${token}`);
  world.noteStart(invocation);
  run.signal.addEventListener("abort", () => {
    const { reason } = run.signal;
    invocation.abortedAt = world.time;
    invocation.abortCode = isBelfryError(reason) ? reason.code : "none";
    world.say(process.name, `signal of ${id} under ${token} aborts ${invocation.abortCode}`);
    world.noteAbort(invocation);
  });
  const settle = (outcome: "returned" | "threw") => {
    world.say(process.name, `handler of ${id} under ${token} ${outcome}`);
    world.invocations.settle(invocation, world.time, outcome);
  };
  const act = actOf(world, plan.manner);
  if (act.ms === 0 && act.end === "throw") {
    settle("threw");
    throw new Error("at once");
  }
  return perform(process, run, act, invocation).then(
    (result) => {
      settle("returned");
      return result;
    },
    (error: unknown) => {
      settle("threw");
      throw error;
    },
  );
}

async function perform(process: Process, run: Run, act: Act, { said }: Invocation): Promise<unknown> {
  const { world, clock } = process;
  for (let step = 1; step <= act.steps; step++) {
    await sleep(clock, act.ms / act.steps, act.onAbort === "ignore" ? undefined : run.signal);
    if (run.signal.aborted && act.onAbort !== "ignore") {
      if (act.lastMs > 0) await sleep(clock, act.lastMs);
      if (act.onAbort === "return") return "early";
      throw run.signal.reason;
    }
    if (act.steps > 1) {
      said.push(`step ${step} of ${act.steps}`);
      run.log(said.at(-1) ?? "", { step });
      run.progress(step / act.steps, said.at(-1));
    }
  }
  if (act.triggers) await world.callers.trigger(process);
  switch (act.end) {
    case "return":
      return { token: run.fencingToken };
    case "unstorable":
      return 1n;
    case "throw":
      throw new Error("as planned");
    case "throwHopeless":
      throw Object.assign(new Error("no use"), { name: "Hopeless" });
  }
}

function actOf(world: World, manner: Manner): Act {
  const { random } = world;
  const quiet: Act = {
    ms: random.spread(1, 300),
    steps: 1,
    end: "return",
    onAbort: "throw",
    lastMs: 0,
    triggers: false,
  };
  if (world.calm) return quiet;
  const onAbort = random.pick(["throw", "throw", "return", "ignore"] as const);
  const lastMs = random.chance(0.3) ? random.spread(10, 8_000) : 0;
  const any: Act = { ...quiet, onAbort, lastMs, steps: random.pick([1, 1, 2, 4]) };
  switch (manner) {
    case "quick":
      return { ...any, ms: random.chance(0.9) ? random.between(0, 60) : random.spread(60, 3_000) };
    case "short":
      return { ...any, ms: random.spread(10, 2_500), end: random.chance(0.9) ? "return" : "throw" };
    case "long":
      return {
        ...any,
        ms: random.chance(0.7) ? random.spread(200, 20_000) : random.between(20_000, 60_000),
        end: random.pick(["return", "return", "return", "unstorable", "throw"]),
      };
    case "failing":
      return {
        ...any,
        ms: random.chance(0.2) ? 0 : random.spread(5, 1_000),
        end: random.pick(["return", "throw", "throw", "throwHopeless"]),
      };
    case "chain":
      return { ...any, ms: random.spread(5, 500), triggers: true };
    case "stubborn":
      return { ...any, ms: random.spread(300, 20_000), onAbort: random.pick(["ignore", "ignore", "throw"]) };
  }
}
