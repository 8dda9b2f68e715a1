import { buffers } from "./buffers.ts";
import { definitions } from "./definitions.ts";
import { edits } from "./edits.ts";
import { firings } from "./firings.ts";
import { leases } from "./leases.ts";
import type { Interleaving } from "./race.ts";
import { rewinds } from "./rewinds.ts";
import { runs } from "./runs.ts";

/** The table of interleavings. */
export const interleavings: readonly Interleaving[] = [
  ...runs,
  ...leases,
  ...firings,
  ...buffers,
  ...definitions,
  ...edits,
  ...rewinds,
];
