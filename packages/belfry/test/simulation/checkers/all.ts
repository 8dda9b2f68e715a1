import type { World } from "../world.ts";
import { Acknowledged } from "./acknowledged.ts";
import { Attempts } from "./attempts.ts";
import { BackfillRuns } from "./backfills.ts";
import { Capacity } from "./capacity.ts";
import type { Checker } from "./checker.ts";
import { Fences } from "./fences.ts";
import { Firings } from "./firings.ts";
import { Held } from "./held.ts";
import { Lateness } from "./lateness.ts";
import { Leases } from "./leases.ts";
import { Lifecycle } from "./lifecycle.ts";
import { Lines } from "./lines.ts";
import { Recovery } from "./recovery.ts";
import { Signals } from "./signals.ts";
import { Stops } from "./stops.ts";
import { Waiting } from "./waiting.ts";

/** A fresh one of every checker. */
export function checkersOf(world: World): Checker[] {
  const runs = [Lifecycle, Fences, Capacity, Attempts, Acknowledged, Lines, Waiting];
  const nodes = [Leases, Signals, Recovery, Stops];
  return [...runs, ...nodes, Firings, Held, BackfillRuns, Lateness].map((Kind) => new Kind(world));
}
