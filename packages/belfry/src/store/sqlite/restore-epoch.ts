import { limits } from "../../base/limits.ts";

/** How far one epoch's first token is from the next one's: more than a store can give out in a second. */
const tokensPerEpoch = 2 ** 21;

/**
 * The token that a restored store counts on from. Epochs are the seconds since 1970, in the bits above the count's 21:
 * so what is restored later leads, wherever the same backup was restored before, and whatever was given out since.
 * `newest` is the newest token that is known. The same number serves for the epochs of nodes. Always a safe integer.
 */
export function leap(newest: number, now: number): number {
  const second = Math.floor(Math.min(Math.max(now, limits.instantMin), limits.instantMax) / 1_000);
  return Math.max(second, Math.floor(newest / tokensPerEpoch) + 1) * tokensPerEpoch;
}
