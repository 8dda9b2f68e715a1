import { defineTask } from "belfry";
import { withFile } from "../files.ts";
import type { Row } from "../report.ts";
import { percentile } from "../stats.ts";
import { engine } from "../tasks.ts";
import { Yardstick } from "../yardstick.ts";

/** From the call of `run()` to the handler's start and to the durable end, one at a time. */
export async function latency(count: number): Promise<Row[]> {
  return withFile(async (file) => {
    const starts: number[] = [];
    const ends: number[] = [];
    let calledAt = 0;
    const task = defineTask({ name: "timed", handler: async () => void starts.push(performance.now() - calledAt) });
    const belfry = engine(file, { tasks: [task] });
    let ended: () => void = () => {};
    belfry.on("run.completed", () => ended());
    await belfry.start();
    for (let call = 0; call < count; call++) {
      const end = new Promise<void>((resolve) => {
        ended = resolve;
      });
      calledAt = performance.now();
      await Promise.all([belfry.task("timed").run(), end]);
      ends.push(performance.now() - calledAt);
    }
    await belfry.stop();
    const commits = commitMs(file, count);
    return [
      row("trigger to start, p50 / p99 ms (by hand: one commit)", starts, commits),
      row("trigger to completed, p50 / p99 ms", ends),
    ];
  });
}

function commitMs(file: string, count: number): number[] {
  const yardstick = new Yardstick(file);
  const times = Array.from({ length: count }, () => yardstick.insert(1, 1));
  yardstick.close();
  return times;
}

function row(measure: string, times: readonly number[], byHand?: readonly number[]): Row {
  const text = (all: readonly number[]) => `${percentile(all, 0.5).toFixed(2)} / ${percentile(all, 0.99).toFixed(2)}`;
  if (!byHand) return { measure, ours: text(times) };
  return {
    measure,
    ours: text(times),
    yardstick: text(byHand),
    ratio: `${(percentile(times, 0.5) / percentile(byHand, 0.5)).toFixed(2)}x`,
  };
}
