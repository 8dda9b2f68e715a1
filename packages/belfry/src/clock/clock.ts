/**
 * The only source of time and chance. Everything that asks "when" or "which at random" gets a `Clock`; nothing
 * outside this room reads the process's own.
 */
export interface Clock {
  /** The wall clock, in milliseconds since 1970. It may jump either way. */
  now(): number;
  /** A clock that never goes back and does not follow the wall clock, in milliseconds. */
  mono(): number;
  /** Calls back once after `ms` milliseconds (at once for 0 or less) unless the returned function is called before. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back once, after all that this turn of the event loop brings: what groups the work of a turn. */
  soon(callback: () => void): void;
  /** A number from 0 (included) to 1 (excluded). */
  random(): number;
  /** So many lower-case hex characters of chance. */
  randomHex(characters: number): string;
}

/** Resolves after `ms` milliseconds, or as soon as `signal` is aborted. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal?.addEventListener("abort", done, { once: true });
  });
}
