import { checkersOf } from "./checkers/all.ts";
import { Faults } from "./faults.ts";
import { Operators } from "./operators.ts";
import type { Options } from "./options.ts";
import { unfinished } from "./pending.ts";
import type { Sabotage } from "./sabotage.ts";
import { type Violation, World } from "./world.ts";

/** What became of one history. */
export interface Outcome {
  readonly options: Options;
  readonly violation: Violation | undefined;
  /** Two histories are the same when this is. */
  readonly digest: string;
  readonly lines: readonly string[];
  readonly runs: number;
  readonly virtualMs: number;
}

const tickMs = 250;
/** How long after the last fault everything must have come to its end. */
const calmMsMax = 180_000;

/** One history from its first process to the end of its last run: first with faults, then without. */
export async function simulate(options: Options, sabotage?: Sabotage): Promise<Outcome> {
  const world = new World({ ...options, ...sabotage?.options }, sabotage);
  world.checkers.push(...checkersOf(world));
  const faults = new Faults(world);
  let isOver = false;
  const tick = () => {
    for (const checker of world.checkers) checker.onTick?.();
    if (world.calm && world.time > world.options.faultsMs + 5_000)
      isOver = unfinished(world, world.options.faultsMs + 2_000).length === 0;
    world.plan(world.time + tickMs, tick);
  };
  world.plan(tickMs, tick);
  faults.begin();
  world.callers.start();
  const operators = new Operators(world);
  operators.start();
  await world.run(world.options.faultsMs);
  if (!world.violation) {
    faults.end();
    await world.run(world.options.faultsMs + calmMsMax, () => isOver);
    if (!isOver && !world.violation)
      world.fail(
        "liveness",
        unfinished(world, world.options.faultsMs + 2_000)
          .slice(0, 5)
          .join("; "),
      );
  }
  if (!world.violation) for (const checker of world.checkers) checker.atEnd?.();
  for (const process of world.processes) world.forget(process);
  const { violation, trace, shadow, time } = world;
  return {
    options: world.options,
    violation,
    digest: trace.digest,
    lines: trace.lines,
    runs: shadow.runs.size,
    virtualMs: time,
  };
}
