import { withFile } from "../files.ts";
import type { Row } from "../report.ts";
import { median, spread } from "../stats.ts";
import { engine, prepare } from "../tasks.ts";
import { Yardstick } from "../yardstick.ts";

const batch = 100;

/** No-op runs a second, from the first handler's start to the last durable end, beside a loop by hand with the same batch. */
export async function drain(rounds: number, count: number): Promise<Row> {
  const ours: number[] = [];
  const byHand: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await withFile((file) => runsPerSecond(file, count)));
    byHand.push(await withFile((file) => rowsPerSecond(file, count)));
  }
  const ratios = ours.map((rate, round) => rate / (byHand[round] ?? Number.NaN));
  return {
    measure: `drain of ${count.toLocaleString("en")} no-op runs, runs/s (by hand: ${batch} a batch)`,
    ours: spread(ours),
    yardstick: spread(byHand),
    ratio: `${median(ratios).toFixed(2)}x`,
  };
}

async function fill(file: string, count: number): Promise<Yardstick> {
  await prepare(file);
  const yardstick = new Yardstick(file);
  yardstick.insert(count, 1_000);
  return yardstick;
}

async function runsPerSecond(file: string, count: number): Promise<number> {
  (await fill(file, count)).close();
  const belfry = engine(file);
  let left = count;
  const done = new Promise<void>((resolve) => {
    belfry.on("run.completed", () => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
  let startedAt = 0;
  const ending = belfry.on("run.started", () => {
    startedAt = performance.now();
    ending();
  });
  await belfry.start();
  await done;
  const ms = performance.now() - startedAt;
  await belfry.stop();
  return (count / ms) * 1_000;
}

async function rowsPerSecond(file: string, count: number): Promise<number> {
  const yardstick = await fill(file, count);
  const ms = yardstick.drain(batch);
  yardstick.close();
  return (count / ms) * 1_000;
}
