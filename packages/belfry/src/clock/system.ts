import { randomFillSync } from "node:crypto";
import { after } from "./after.ts";
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
