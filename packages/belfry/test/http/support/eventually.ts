import { vi } from "vitest";

/** Resolves once the answer is truthy; asks often, and for as long as a busy machine may take. */
export function eventually<T>(ask: () => T | Promise<T>): Promise<Awaited<T>> {
  return vi.waitUntil(ask, { interval: 5, timeout: 20_000 }) as Promise<Awaited<T>>;
}
