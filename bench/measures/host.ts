import { readFileSync, statSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { defineTask } from "belfry";
import { withFile } from "../files.ts";
import type { Row } from "../report.ts";
import { engine, inFlight, noop } from "../tasks.ts";

/** What the host feels: its event loop's delay, and its memory, while many callers trigger and all runs end. */
export async function host(count: number, flight: number): Promise<Row[]> {
  return withFile(async (file) => {
    const empty = await delayDuring(() => new Promise((resolve) => setTimeout(resolve, 3_000)));
    const belfry = engine(file);
    await belfry.start();
    const rssBefore = process.memoryUsage.rss();
    let rssMax = rssBefore;
    const sampler = setInterval(() => {
      rssMax = Math.max(rssMax, process.memoryUsage.rss());
    }, 50);
    let left = count;
    const done = new Promise<void>((resolve) => {
      belfry.on("run.completed", () => {
        left -= 1;
        if (left === 0) resolve();
      });
    });
    const ids = new Set<string>();
    const busy = await delayDuring(async () => {
      await inFlight(count, flight, async () => void ids.add((await belfry.task("noop").run()).trackingId));
      await done;
    });
    clearInterval(sampler);
    await belfry.stop();
    const what = `${count.toLocaleString("en")} triggers by ${flight.toLocaleString("en")} callers, all run`;
    return [
      { measure: `${what}: event-loop delay p50 / p99 ms (by hand: an empty loop)`, ours: busy, yardstick: empty },
      { measure: "  distinct ids / memory before / at most", ours: `${ids.size} / ${mb(rssBefore)} / ${mb(rssMax)}` },
    ];
  });
}

async function delayDuring(work: () => Promise<unknown>): Promise<string> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  const ms = (share: number) => (delay.percentile(share) / 1e6).toFixed(1);
  return `${ms(50)} / ${ms(99)}`;
}

/** What an engine costs that has one schedule, not due. */
export async function idle(seconds: number): Promise<Row[]> {
  return withFile(async (file) => {
    const yearly = defineTask({ name: "yearly", schedule: "0 0 1 1 *", handler: async () => {} });
    const belfry = engine(file, { tasks: [yearly, noop] });
    await belfry.start();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const written = () =>
      [statSync(file).mtimeMs, statSync(`${file}-wal`).mtimeMs, statSync(`${file}-wal`).size].join();
    const before = { written: written(), cpu: process.cpuUsage(), io: bytesWritten() };
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    const cpu = process.cpuUsage(before.cpu);
    const share = ((cpu.user + cpu.system) / 1e6 / seconds) * 100;
    const wrote = written() === before.written ? "none" : "some";
    const bytes = bytesWritten() - before.io;
    await belfry.stop();
    return [
      { measure: `idle for ${seconds} s: share of a core`, ours: `${share.toFixed(2)} %` },
      {
        measure: "  writes to the file / bytes written by the process",
        ours: `${wrote} / ${bytes}`,
      },
    ];
  });
}

function bytesWritten(): number {
  if (process.platform !== "linux") return Number.NaN;
  return Number(/write_bytes: (\d+)/.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MB`;
}
