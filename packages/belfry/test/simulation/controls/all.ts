import type { Sabotage } from "../sabotage.ts";
import { claimControls } from "./claims.ts";
import { firingControls } from "./firings.ts";
import { leaseControls } from "./leases.ts";
import { scheduleControls } from "./schedules.ts";

/** Every way in which the engine or its store is broken on purpose. */
export const controls: readonly Sabotage[] = [
  ...claimControls,
  ...leaseControls,
  ...firingControls,
  ...scheduleControls,
];
