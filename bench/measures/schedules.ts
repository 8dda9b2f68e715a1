import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CronExpressionParser } from "cron-parser";
import { Cron } from "croner";
import { compile } from "../../packages/belfry/src/schedule/compile.ts";
import type { Row } from "../report.ts";
import { median, spread } from "../stats.ts";

const timezone = "Europe/Berlin";
const patterns = ["* * * * *", "*/5 9-17 * * 1-5", "0 0 29 2 *", "0 0 L * *"];
const from = Date.UTC(2026, 10, 24);
const until = Date.UTC(2090, 0, 1);

/** The instant after another, in milliseconds. */
type Next = (after: number) => number | undefined;

/** Instants a second, each asked from the one before, beside croner and cron-parser in the same round. */
export function scheduleRates(rounds: number, ours: number, theirs: number): Row[] {
  return patterns.map((cron) => {
    const rates = { belfry: [] as number[], croner: [] as number[], parser: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      rates.belfry.push(perSecond(belfryNext(cron), ours));
      rates.croner.push(perSecond(cronerNext(cron), theirs));
      rates.parser.push(perSecond(parserNext(cron), theirs));
    }
    const ratio = (others: number[]) =>
      `${median(rates.belfry.map((rate, round) => rate / (others[round] ?? Number.NaN))).toFixed(0)}x`;
    return {
      measure: `next()/s of ${cron} in ${timezone} (by hand: croner; cron-parser)`,
      ours: spread(rates.belfry),
      yardstick: `${spread(rates.croner)}; ${spread(rates.parser)}`,
      ratio: `${ratio(rates.croner)}; ${ratio(rates.parser)}`,
    };
  });
}

function belfryNext(cron: string): Next {
  const schedule = compile({ cron, timezone });
  return (after) => schedule.next(after);
}

function cronerNext(cron: string): Next {
  const job = new Cron(cron, { timezone });
  return (after) => job.nextRun(new Date(after))?.getTime();
}

/** It goes on from where it is: only the first question says from when. */
function parserNext(cron: string): Next {
  const expression = CronExpressionParser.parse(cron, { tz: timezone, currentDate: new Date(from) });
  return (after) => {
    if (after === from) expression.reset(new Date(from));
    return expression.next().getTime();
  };
}

/** Answers a second, after a tenth of them to warm up; those that end begin again. */
function perSecond(next: Next, count: number): number {
  ask(next, Math.ceil(count / 10));
  const start = performance.now();
  ask(next, count);
  return (count / (performance.now() - start)) * 1_000;
}

function ask(next: Next, count: number): void {
  let instant = from;
  for (let index = 0; index < count; index++) {
    const found = next(instant) ?? from;
    instant = found < until ? found : from;
  }
}

/** The heap that a compiled schedule takes, of so many different ones. */
export function scheduleBytes(count: number): Row {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const make = (index: number) => compile({ cron: `${index % 60} ${index % 24} * * ${index % 7}`, timezone });
  make(0).next(from);
  const schedules = new Array<ReturnType<typeof make>>(count);
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < count; index++) schedules[index] = make(index);
  collect();
  const bytes = (process.memoryUsage().heapUsed - before) / schedules.length;
  return { measure: `bytes of a compiled schedule, of ${count.toLocaleString("en")}`, ours: bytes.toFixed(0) };
}
