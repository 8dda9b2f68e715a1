import { randomFillSync } from "node:crypto";
import type { Clock } from "./clock.ts";

const pool = Buffer.alloc(8_192);
let used = pool.length;

/** Random bytes from a pool: one system call for a thousand tracking ids. */
function randomHex(characters: number): string {
  const bytes = Math.ceil(characters / 2);
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString("hex", used - bytes, used).slice(0, characters);
}

/** The longest that one timer of the host can wait, in milliseconds: longer ones fire at once. */
const timerMsMax = 2 ** 31 - 1;

/** The process's own clock and chance. */
export const systemClock: Clock = {
  now: () => Date.now(),
  mono: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, ms), timerMsMax));
    return () => clearTimeout(timer);
  },
  soon(callback) {
    setImmediate(callback);
  },
  random: () => Math.random(),
  randomHex,
};
