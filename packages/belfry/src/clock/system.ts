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

/** The longest that one timer of the host can wait, in milliseconds; longer ones would fire at once. */
const timerMsMax = 2 ** 31 - 1;

/** Waits in as many timers as it takes. */
function after(ms: number, callback: () => void): () => void {
  const waitMs = Math.min(Math.max(0, ms), timerMsMax);
  const next = () => {
    if (ms > waitMs) cancel = after(ms - waitMs, callback);
    else callback();
  };
  const timer = setTimeout(next, waitMs);
  let cancel = () => clearTimeout(timer);
  return () => cancel();
}

/** The process's own clock and chance. */
export const systemClock: Clock = {
  now: () => Date.now(),
  mono: () => performance.now(),
  after,
  soon(callback) {
    setImmediate(callback);
  },
  random: () => Math.random(),
  randomHex,
};
