import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createBelfry, defineTask } from "../../src/index.ts";
import { optionsOf, pause, say } from "./support/inside.ts";

// 100,000 triggers by 1,000 callers at once, in one process that also runs them; and the delay of its event loop,
// beside that of an empty one in the same run.

interface VolumeOptions {
  readonly folder: string;
  readonly triggers: number;
  readonly callers: number;
  /** Breaks it on purpose: every handler blocks the loop for so long. */
  readonly blockMs?: number;
}

const { folder, triggers, callers, blockMs = 0 } = optionsOf<VolumeOptions>();
const emptyMs = 3_000;
let ended = 0;
let done = () => {};
const allEnded = new Promise<void>((resolve) => {
  done = resolve;
});

const noop = defineTask({
  name: "noop",
  handler: async () => {
    const end = Date.now() + blockMs;
    while (Date.now() < end);
  },
});
const belfry = createBelfry({ store: `sqlite:${join(folder, "belfry.db")}`, tasks: [noop] });
belfry.on("run.completed", () => {
  ended += 1;
  if (ended === triggers) done();
});

async function delayWhile(work: () => Promise<unknown>) {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await work();
  histogram.disable();
  const ms = (nanoseconds: number) => Math.round(nanoseconds / 1e4) / 100;
  return { p50: ms(histogram.percentile(50)), p99: ms(histogram.percentile(99)), max: ms(histogram.max) };
}

const ids = new Set<string>();
let rssMax = 0;

async function caller(count: number): Promise<void> {
  for (let call = 0; call < count; call++) ids.add((await belfry.task("noop").run()).trackingId);
}

const empty = await delayWhile(() => pause(emptyMs));
await belfry.start();
const rssBefore = process.memoryUsage.rss();
const sampling = setInterval(() => {
  rssMax = Math.max(rssMax, process.memoryUsage.rss());
}, 50);
const startedAt = Date.now();
let triggeredAt = 0;
const loaded = await delayWhile(async () => {
  await Promise.all(Array.from({ length: callers }, () => caller(triggers / callers)));
  triggeredAt = Date.now();
  await allEnded;
});
const endedAt = Date.now();
clearInterval(sampling);
await belfry.stop();
const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);
say("done", {
  distinct: ids.size,
  ended,
  ...{ empty, loaded, rssBefore: mebibytes(rssBefore), rssMax: mebibytes(rssMax) },
  ...{ triggerMs: triggeredAt - startedAt, endMs: endedAt - startedAt },
});
process.exit(0);
