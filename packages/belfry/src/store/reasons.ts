import { toIso } from "../run/record.ts";

/** Who pauses a schedule whose runs fail. */
export const failurePauseAuthor = "belfry";

/** Why a schedule is paused whose runs fail. */
export function failurePauseReason(failures: number): string {
  return `${failures} runs in a row failed`;
}

/** Why a run is cancelled whose schedule has the overlap rule `cancelOther`. */
export function replacedReason(instant: number): string {
  return `replaced by the firing of ${toIso(instant)}`;
}
