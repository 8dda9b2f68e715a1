import { createHash } from "node:crypto";

const idCharacters = 24;

/**
 * The id of what a request makes, from its idempotency key: the same request makes the same id, so that it makes
 * nothing twice, and the same key with another request makes another.
 */
export function derivedId(idempotencyKey: string, request: readonly unknown[]): string {
  const text = JSON.stringify([idempotencyKey, ...request]);
  return createHash("sha256").update(text).digest("hex").slice(0, idCharacters);
}
