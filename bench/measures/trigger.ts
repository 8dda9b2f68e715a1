import { withFile } from "../files.ts";
import type { Row } from "../report.ts";
import { median, spread } from "../stats.ts";
import { engine, inFlight, prepare } from "../tasks.ts";
import { Yardstick } from "../yardstick.ts";

/** Single `run()` calls a second, so many in flight, beside rows inserted by hand with so many to a commit. */
export async function trigger(rounds: number, count: number, flight: number, perCommit: number): Promise<Row> {
  const ours: number[] = [];
  const byHand: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await withFile((file) => triggersPerSecond(file, count, flight)));
    byHand.push(await withFile((file) => rowsPerSecond(file, count, perCommit)));
  }
  const ratios = ours.map((rate, round) => rate / (byHand[round] ?? Number.NaN));
  return {
    measure: `triggers/s, ${flight} in flight (by hand: ${perCommit} a commit)`,
    ours: spread(ours),
    yardstick: spread(byHand),
    ratio: `${median(ratios).toFixed(2)}x`,
  };
}

async function triggersPerSecond(file: string, count: number, flight: number): Promise<number> {
  await prepare(file);
  const belfry = engine(file, { work: false });
  await belfry.start();
  await inFlight(flight, flight, () => belfry.task("noop").run());
  const ms = await inFlight(count, flight, () => belfry.task("noop").run());
  await belfry.stop();
  return (count / ms) * 1_000;
}

async function rowsPerSecond(file: string, count: number, perCommit: number): Promise<number> {
  await prepare(file);
  const yardstick = new Yardstick(file);
  const ms = yardstick.insert(count, perCommit);
  yardstick.close();
  return (count / ms) * 1_000;
}
