import type { Clock } from "../clock/clock.ts";

const keyCharacters = 32;

/** A fresh idempotency key: 16 bytes of chance, as hex. */
export function newKey(clock: Clock): string {
  return clock.randomHex(keyCharacters);
}

/** Whether a header can carry an idempotency key as it is. */
export function fitsHeader(key: string): boolean {
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(key);
}
