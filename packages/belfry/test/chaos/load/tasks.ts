import { defineTask, type Run, type Task } from "../../../src/index.ts";
import type { Line } from "../support/journal.ts";

/** What a trigger tells its handler to do. */
export interface Work {
  /** How long it takes, in milliseconds. */
  readonly ms?: number;
  /** Which attempt succeeds; the ones before throw. */
  readonly succeeds?: number;
}

type Write = (line: Line) => void;

/** Sleeps, unless the signal says to end. */
export function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end);
      resolve();
    }, ms);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}

/** A handler that journals its start, its signal and its end, before any of them has an effect. */
export function journaled<Result>(task: string, write: Write, work: (run: Run) => Promise<Result>) {
  return async (run: Run): Promise<Result> => {
    const note = (kind: "start" | "aborted" | "returned" | "threw", why?: string) => {
      const { trackingId: id, fencingToken: token, attempt } = run;
      write({ kind, id, token, attempt, task, at: Date.now(), ...(why === undefined ? {} : { why }) });
    };
    note("start");
    run.signal.addEventListener("abort", () => note("aborted", codeOf(run.signal.reason)));
    try {
      const result = await work(run);
      note("returned");
      return result;
    } catch (error) {
      note("threw");
      throw error;
    }
  };
}

function codeOf(error: unknown): string {
  return String((error as { code?: string } | undefined)?.code ?? error);
}

async function doWork(run: Run): Promise<string> {
  const { ms = 0, succeeds = 1 } = (run.payload ?? {}) as Work;
  run.log("working", { ms });
  if (ms > 0) {
    await sleepFor(ms / 2, run.signal);
    run.progress(0.5, "half");
    await sleepFor(ms / 2, run.signal);
  }
  if (run.attempt < succeeds) throw new Error(`attempt ${run.attempt} of ${succeeds} fails`);
  return `by attempt ${run.attempt}`;
}

/** The tasks that are triggered by hand, each as often as its share. `limited` can only end a few at a time. */
export const triggered = ["quick", "quick", "quick", "slow", "slow", "slow", "flaky", "flaky", "limited"] as const;

/** The tasks of the load: some for triggers, and schedules of every kind of rule, due every second or so. */
export function loadTasks(write: Write): Task[] {
  const works = (task: string) => journaled(task, write, doWork);
  const ticks = (task: string, ms: (run: Run) => number) =>
    journaled(task, write, async (run) => {
      await sleepFor(ms(run), run.signal);
      return run.key;
    });
  return [
    defineTask({ name: "quick", handler: works("quick") }),
    defineTask({ name: "slow", handler: works("slow") }),
    defineTask({ name: "flaky", handler: works("flaky"), retries: 4, backoff: "100ms" }),
    defineTask({ name: "limited", handler: works("limited"), concurrency: 2 }),
    // Takes longer than a second now and then, so that the overlap rule has something to say.
    defineTask({
      name: "tickSkip",
      schedule: { every: "1s" },
      handler: ticks("tickSkip", ({ scheduledFor }) => (Number(scheduledFor) % 3_000 === 0 ? 1_500 : 100)),
    }),
    defineTask({
      name: "tickAllow",
      schedule: { every: "1s" },
      overlap: "allow",
      catchUp: "skip",
      handler: ticks("tickAllow", ({ fencingToken }) => (fencingToken % 3) * 600),
    }),
    defineTask({
      name: "tickMany",
      schedule: [
        { key: "two", every: "2s", anchor: new Date(500) },
        { key: "three", every: "3s", payload: { ms: 20 } },
      ],
      catchUp: "skip",
      handler: works("tickMany"),
    }),
    defineTask({
      name: "tickFlaky",
      schedule: { every: "1s", anchor: new Date(250) },
      retries: 2,
      backoff: "200ms",
      handler: journaled("tickFlaky", write, async (run) => {
        if (run.attempt % 2 === 1 && run.fencingToken % 2 === 0) throw new Error("this time not");
      }),
    }),
    defineTask({
      name: "nightly",
      schedule: { cron: "0 2 * * *", timezone: "Europe/Berlin" },
      handler: works("nightly"),
    }),
  ];
}
