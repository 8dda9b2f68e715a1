import { expect } from "vitest";
import { type BelfryError, type ErrorCode, errorTable, isBelfryError } from "../../../src/index.ts";

/** The error that a call throws or rejects with; fails where it does neither, or with what is none of ours. */
export async function errorOf(call: () => unknown): Promise<BelfryError> {
  try {
    await call();
  } catch (error) {
    if (isBelfryError(error)) return error;
    throw new Error("it threw what is no error of ours", { cause: error });
  }
  throw new Error("it was accepted");
}

/** Expects a call to be refused with this code, and a message that says all of this. */
export async function expectRefused(call: () => unknown, code: ErrorCode, ...parts: readonly string[]): Promise<void> {
  const error = await errorOf(call);
  expect([error.code, error.message]).toEqual([code, error.message]);
  for (const part of parts) expect(error.message).toContain(part);
  expect(error.message.length).toBeLessThan(2_500);
  expect(error.status).toBe(errorTable[code].status);
}
