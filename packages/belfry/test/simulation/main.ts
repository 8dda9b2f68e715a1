// The simulation by hand. `npm run sim -- --seed=7` shows one history and its trace; `npm run sim -- --seeds=20000
// --from=1 --workers=2` looks at many, and shows the end of each that breaks a promise.

import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { optionsOf } from "./options.ts";
import { type Outcome, simulate } from "./simulate.ts";

const linesShown = 50;
const progressEvery = 500;

interface Share {
  readonly from: number;
  readonly seeds: number;
  readonly step: number;
}

interface Report {
  readonly seed: number;
  readonly runs: number;
  readonly virtualMs: number;
  /** What to print, where a promise was broken. */
  readonly broken?: string;
}

/** Whole numbers, each with what holds where it is not given. */
function readArguments() {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { seed: text, seeds: text, from: text, workers: text } });
  const whole = (name: keyof typeof values, otherwise: number) => {
    const value = values[name] === undefined ? otherwise : Number(values[name]);
    if (Number.isInteger(value) && value >= 0) return value;
    throw new Error(`--${name} is ${values[name]}; expected a whole number`);
  };
  return {
    seed: values.seed === undefined ? undefined : whole("seed", 1),
    from: whole("from", 1),
    seeds: whole("seeds", 500),
    workers: Math.max(1, whole("workers", 1)),
  };
}

function describe({ options, violation, lines }: Outcome, shown: number): string {
  const what = violation ? `${violation.checker}: ${violation.message}` : "no promise is broken";
  return `${lines.slice(-shown).join("\n")}\noptions ${JSON.stringify(options)}\nseed ${options.seed}: ${what}\n`;
}

async function showOne(seed: number): Promise<void> {
  const outcome = await simulate(optionsOf(seed));
  process.stdout.write(describe(outcome, Number.POSITIVE_INFINITY));
  process.stdout.write(
    `digest ${outcome.digest}, ${outcome.runs} runs in ${(outcome.virtualMs / 1_000).toFixed(1)} s\n`,
  );
  if (outcome.violation) process.exitCode = 1;
}

async function lookAt({ from, seeds, step }: Share, tell: (report: Report) => void): Promise<void> {
  for (let index = 0; index < seeds; index += step) {
    const outcome = await simulate(optionsOf(from + index));
    const broken = outcome.violation ? describe(outcome, linesShown) : undefined;
    tell({ seed: from + index, runs: outcome.runs, virtualMs: outcome.virtualMs, broken });
  }
}

async function lookAtMany({ from, seeds, workers }: ReturnType<typeof readArguments>): Promise<void> {
  const startedAt = performance.now();
  const sum = { seeds: 0, runs: 0, virtualMs: 0, broken: [] as number[] };
  const tell = ({ seed, runs, virtualMs, broken }: Report) => {
    sum.seeds += 1;
    sum.runs += runs;
    sum.virtualMs += virtualMs;
    if (broken) {
      sum.broken.push(seed);
      process.stdout.write(`\n${broken}\n`);
    }
    if (sum.seeds % progressEvery !== 0 && sum.seeds !== seeds) return;
    const seconds = (performance.now() - startedAt) / 1_000;
    const rate = `${(sum.seeds / seconds).toFixed(1)} seeds/s`;
    const what = `${sum.runs} runs in ${(sum.virtualMs / 3_600_000).toFixed(1)} h of virtual time`;
    process.stdout.write(`${sum.seeds} of ${seeds} seeds, ${rate}, ${what}: ${sum.broken.length} violations\n`);
  };
  if (workers === 1) await lookAt({ from, seeds, step: 1 }, tell);
  else {
    const shares = Array.from({ length: workers }, (_, share) => ({
      from: from + share,
      seeds: seeds - share,
      step: workers,
    }));
    await Promise.all(shares.map((share) => runWorker(share, tell)));
  }
  if (sum.broken.length === 0) return;
  process.stdout.write(`broken by ${sum.broken.map((seed) => `--seed=${seed}`).join(" ")}\n`);
  process.exitCode = 1;
}

function runWorker(share: Share, tell: (report: Report) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.on("message", tell);
    worker.on("error", reject);
    worker.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
  });
}

if (isMainThread) {
  const given = readArguments();
  await (given.seed === undefined ? lookAtMany(given) : showOne(given.seed));
} else {
  await lookAt(workerData as Share, (report) => parentPort?.postMessage(report));
}
