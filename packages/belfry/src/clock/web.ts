import { after } from "./after.ts";
import type { Clock } from "./clock.ts";

/** Clock and chance of what has Web APIs only: browsers, edge runtimes, and Node.js too. */
export const webClock: Clock = {
  now: () => Date.now(),
  mono: () => performance.now(),
  after,
  soon: (callback) => void after(0, callback),
  random: () => Math.random(),
  randomHex(characters) {
    const bytes = crypto.getRandomValues(new Uint8Array(Math.ceil(characters / 2)));
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.slice(0, characters);
  },
};
