import { definitions } from "./definitions.ts";
import { firings } from "./firings.ts";
import { leases } from "./leases.ts";
import type { Interleaving } from "./race.ts";
import { runs } from "./runs.ts";

/** The table of interleavings. */
export const interleavings: readonly Interleaving[] = [...runs, ...leases, ...firings, ...definitions];
