import { BelfryError } from "../base/errors.ts";

const shape = /^[0-9a-f]{24}$/;

/** An id of 24 lower-case hex characters: 4 bytes of seconds since 1970 and 8 bytes of chance, as the seed's. */
export function makeId(nowMs: number, randomHex: string): string {
  return (
    Math.floor(nowMs / 1_000)
      .toString(16)
      .padStart(8, "0")
      .slice(-8) + randomHex
  );
}

/** Whether this is a well-formed id. */
export function isId(value: unknown): value is string {
  return typeof value === "string" && shape.test(value);
}

/** Gives back a well-formed tracking id. Throws E_TRACKING_ID for anything else, upper case included. */
export function checkTrackingId(value: unknown): string {
  if (isId(value)) return value;
  throw new BelfryError("E_TRACKING_ID", { value });
}
