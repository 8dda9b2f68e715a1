import type { NodeLife } from "../store/nodes.ts";

/** A time in which no node is known to have been up: from the last sign of life to the next start. */
export interface Down {
  readonly from?: number;
  readonly to?: number;
}

/** The time around `at` in which no node is known to have been up; undefined where one was. */
export function downAt(lives: readonly NodeLife[], at: number): Down | undefined {
  let [from, to]: [number | undefined, number | undefined] = [undefined, undefined];
  for (const { startedAt, seenAt } of lives) {
    if (startedAt <= at && at <= seenAt) return undefined;
    if (startedAt > at) to = Math.min(to ?? startedAt, startedAt);
    else from = Math.max(from ?? seenAt, seenAt);
  }
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
