import { join } from "node:path";
import { createBelfry, defineTask, isBelfryError, type RunOptions } from "../../src/index.ts";
import { journaled, sleepFor } from "./load/tasks.ts";
import { onCommand, openJournal, optionsOf, pause, say } from "./support/inside.ts";

// A process with an engine, for the tests that do one thing to it. Triggers on command, and says what it was answered.

interface NodeOptions {
  readonly folder: string;
  readonly lease?: string;
  readonly work?: boolean;
  /** Which schedules it has: `tick` is due every second, `never` in years. */
  readonly schedules?: readonly ("tick" | "never")[];
}

const { name, folder, lease, work = true, schedules = [] } = optionsOf<NodeOptions>();
const write = openJournal(join(folder, `${name}.jsonl`));
const has = (schedule: "tick" | "never") => schedules.includes(schedule);

const sleeper = defineTask({
  name: "sleeper",
  handler: journaled("sleeper", write, async (run) => {
    await sleepFor(Number(run.payload ?? 0), run.signal);
    return `by attempt ${run.attempt}`;
  }),
});

/** Blocks the whole process. */
const blocker = defineTask({
  name: "blocker",
  handler: journaled("blocker", write, async (run) => {
    const end = Date.now() + Number(run.payload);
    while (Date.now() < end);
  }),
});

/**
 * Speaks all the time. Its first attempt ends only when something happened to its process: `hasty` returns as soon as
 * it notices that time has passed by, without looking at its signal; others speak on after their signal was aborted.
 */
const talker = defineTask({
  name: "talker",
  handler: journaled("talker", write, async (run) => {
    if (run.attempt > 1) return "in time";
    for (let last = Date.now(); !run.signal.aborted; last = Date.now()) {
      await pause(50);
      run.progress(0.25, `from ${name}`);
      run.log("still here", { from: name });
      if (run.payload === "hasty" && Date.now() - last > 2_000) break;
    }
    run.progress(1, `late, from ${name}`);
    run.log("late", { from: name });
    return "late";
  }),
});

const tick = defineTask({
  name: "tick",
  ...(has("tick") ? { schedule: { every: "1s" } } : {}),
  overlap: "allow",
  handler: journaled("tick", write, async () => {}),
});

const yearly = defineTask({
  name: "yearly",
  ...(has("never") ? { schedule: "0 0 29 2 *" } : {}),
  handler: async () => {},
});

const tasks = work ? [sleeper, blocker, talker, tick, yearly] : [];
const store = `sqlite:${join(folder, "belfry.db")}`;
const belfry = createBelfry({ store, tasks, work, ...(lease === undefined ? {} : { lease }), stopGrace: "5s" });

let asked = 0;

async function trigger(task: string, options: RunOptions): Promise<void> {
  const mark = `${name}.${++asked}`;
  write({ kind: "asked", mark, task });
  try {
    const { trackingId: id } = await belfry.task(task as "sleeper").run({ ...options, reason: mark });
    write({ kind: "acked", mark, id });
    say("acked", { id });
  } catch (error) {
    const code = isBelfryError(error) ? error.code : String(error);
    write({ kind: "rejected", mark, code });
    say("rejected", { code });
  }
}

onCommand((command) => {
  const { task = "sleeper", count = 1, payload } = command as { task?: string; count?: number; payload?: unknown };
  if (command.do === "trigger") for (let at = 0; at < count; at++) void trigger(task, { payload });
});
process.once("SIGTERM", async () => {
  await belfry.stop();
  process.exit(0);
});
await belfry.start();
say("ready");
