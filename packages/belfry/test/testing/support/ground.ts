import { defineTask, type Task } from "../../../src/task/definition.ts";
import type { Run } from "../../../src/task/run.ts";
import type { Event, Story, StoryTask } from "./story.ts";

/** A decision, or a run, as both sides tell it. */
export interface Tale {
  readonly firings: readonly string[];
  readonly runs: readonly string[];
  readonly failures: readonly string[];
}

/** What tells a story: the kit, or an engine. Instants fall on whole minutes; nothing else does. */
export interface Ground {
  start(tasks: (sleep: Sleep) => readonly Task[]): Promise<void>;
  pass(ms: number): Promise<void>;
  outage(ms: number): Promise<void>;
  jump(ms: number): void;
  pause(task: string): Promise<void>;
  resume(task: string): Promise<void>;
  skip(task: string, count: number): Promise<void>;
  run(task: string): Promise<void>;
  put(task: string, schedule: string): Promise<void>;
  delete(task: string): Promise<void>;
  redeploy(tasks: (sleep: Sleep) => readonly Task[]): Promise<void>;
  tell(tasks: readonly string[]): Promise<Omit<Tale, "failures">>;
}

/** An engine tells a handler of its cancelling some seconds later; what is left of its time is never near this. */
export const stopGraceMs = 91_000;

export type Sleep = (ms: number, signal: AbortSignal | undefined) => Promise<void>;

const minuteMs = 60_000;
/** What takes time ends so long after a whole minute: never near an instant. */
const beyondMs = 7_000;

/** Plays the story on the ground. */
export async function play({ tasks, events }: Story, ground: Ground): Promise<Tale> {
  const failures: string[] = [];
  const off = new Set<number>();
  const names = tasks.map((_, index) => `task ${index}`);
  const define = (sleep: Sleep) => tasks.map((task, index) => toTask(task, index, sleep, failures, off.has(index)));
  await ground.start(define);
  await ground.pass(23_000);
  for (const event of events) {
    await ground.pass(event.afterMinutes * minuteMs);
    await happen(event, event.task % tasks.length, ground, async (index) => {
      if (!off.delete(index)) off.add(index);
      await ground.redeploy(define);
    });
  }
  await ground.pass(40 * minuteMs + 11_000);
  return { ...(await ground.tell(names)), failures: failures.sort() };
}

async function happen(
  event: Event,
  index: number,
  ground: Ground,
  toggle: (index: number) => Promise<void>,
): Promise<void> {
  const task = `task ${index}`;
  switch (event.kind) {
    case "skip":
      return ground.skip(task, event.count);
    case "outage":
      return ground.outage(event.minutes * minuteMs);
    case "jump":
      return ground.jump(event.minutes * minuteMs);
    case "put":
      return ground.put(task, "*/6 * * * *");
    case "toggle":
      return toggle(index);
    default:
      return ground[event.kind](task);
  }
}

function toTask(
  { minutes, failsEach, everyMinutes, timeout, obeys, pauseOnFailure, enabled, ...rules }: StoryTask,
  index: number,
  sleep: Sleep,
  failures: string[],
  isOff: boolean,
): Task {
  const name = `task ${index}`;
  const handler = async (run: Run) => {
    // What an attempt does depends on which one it is, and on nothing that the two sides may differ in.
    const instant = (run.scheduledFor?.getTime() ?? 0) / minuteMs;
    const number = instant + run.attempt - 1;
    const takes = minutes[number % minutes.length] ?? 0;
    if (takes >= 0) await sleep(takes * minuteMs + beyondMs, obeys ? run.signal : undefined);
    if (failsEach > 0 && number % failsEach === 0) throw new Error("as the story says");
    return run.key.split("/").slice(1).join("/");
  };
  return defineTask({
    name,
    ...rules,
    enabled: enabled !== isOff,
    backoff: "0ms",
    ...(timeout ? { timeout: "3m41s" } : {}),
    schedule: everyMinutes.map((every) => ({
      key: `every ${every}`,
      cron: `*/${every} * * * *`,
      ...(pauseOnFailure === undefined ? {} : { pauseOnFailure }),
    })),
    handler,
    onFailure: (run) => void failures.push(`${name} ${run.schedule} ${run.scheduledFor} ${run.outcome}`),
  }) as Task;
}
