import { join } from "node:path";
import { createBelfry, isBelfryError, type RunOptions } from "../../../src/index.ts";
import { between, chance, pick } from "../support/chance.ts";
import { openJournal, optionsOf, pause, say } from "../support/inside.ts";
import { triggered, type Work } from "./tasks.ts";

// A process that only triggers, asks and cancels, and journals what it was answered.

const { name, folder, seed, everyMs } = optionsOf<{ folder: string; seed: number; everyMs: number }>();
const write = openJournal(join(folder, `${name}.jsonl`));
const random = chance(seed);
const belfry = createBelfry({ store: `sqlite:${join(folder, "belfry.db")}`, work: false });
const known: { id: string; task: string }[] = [];
const under = new Set<Promise<void>>();
let count = 0;
let isEnding = false;

function optionsFor(task: string, mark: string): RunOptions {
  const work: Work = {
    ms: task === "quick" ? 0 : between(random, 10, task === "limited" ? 50 : 400),
    succeeds: task === "flaky" ? between(random, 1, 3) : 1,
  };
  return {
    payload: work,
    reason: mark,
    ...(random() < 0.15 ? { delay: `${between(random, 100, 2_500)}ms` } : {}),
    ...(random() < 0.1 ? { priority: between(random, -5, 5) } : {}),
    ...(random() < 0.1 ? { idempotencyKey: mark } : {}),
  };
}

async function trigger(): Promise<void> {
  const task = pick(random, triggered) ?? "quick";
  const mark = `${name}.${++count}`;
  const options = optionsFor(task, mark);
  const key = options.idempotencyKey;
  write({ kind: "asked", mark, task, ...(key === undefined ? {} : { key }) });
  await ask(task, mark, options);
  // The same again, as after a lost answer: the first one's record.
  if (key !== undefined) await ask(task, mark, options);
}

async function ask(task: string, mark: string, options: RunOptions): Promise<void> {
  try {
    const { trackingId } = await belfry.task(task).run(options);
    write({ kind: "acked", mark, id: trackingId });
    known.push({ id: trackingId, task });
  } catch (error) {
    const code = isBelfryError(error) ? error.code : String(error);
    const trackingId = isBelfryError(error) ? String(error.fields.trackingId ?? "") : "";
    write({ kind: "rejected", mark, code, ...(trackingId ? { trackingId } : {}) });
  }
}

async function cancel(): Promise<void> {
  const run = pick(random, known.slice(-50));
  if (!run) return;
  const code = (error: unknown) => (isBelfryError(error) ? error.code : String(error));
  const answer = await belfry.runs.cancel(run.id, { reason: "by chance" }).catch(code);
  write({ kind: "cancelled", id: run.id, answer });
}

async function look(): Promise<void> {
  const run = pick(random, known.slice(-200));
  if (!run) return;
  const found = await belfry.task(run.task).getTaskStatus(run.id);
  write({
    ...{ kind: "told", id: run.id, status: found?.status ?? null },
    startedAt: found?.startedAt,
    completedAt: found?.completedAt,
  });
}

function launch(work: () => Promise<void>): void {
  const running = work().finally(() => under.delete(running));
  under.add(running);
}

process.once("SIGTERM", () => {
  isEnding = true;
});
await belfry.start();
say("ready");
while (!isEnding) {
  for (let burst = between(random, 1, 4); burst > 0 && under.size < 100; burst--) {
    const dice = random();
    launch(dice < 0.75 ? trigger : dice < 0.9 ? look : cancel);
  }
  await pause(between(random, 1, 2 * everyMs));
}
await Promise.all(under);
await belfry.stop();
say("done", { count });
process.exit(0);
