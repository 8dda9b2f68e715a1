import type { Clock } from "../../clock/clock.ts";
import type { Claimant } from "../store.ts";
import type { WireError } from "./failures.ts";
import type { ClaimantTuple } from "./wire.ts";

/** What a thread is started with. */
export interface ThreadData {
  readonly file: string;
  readonly migrate: boolean;
}

/** How a thread is started. */
export interface ThreadOptions extends ThreadData {
  /** Its code, a file beside this one. */
  readonly name: "writer" | "reader";
  readonly clock: Clock;
  /** Whether the caller's clock leads, and not the thread's own. */
  readonly sendsTime: boolean;
  readonly onChanged: () => void;
}

/** What is said of a call beside its arguments. */
export interface CallOptions {
  /** Who claims. */
  readonly by?: Claimant;
  /** How much of a group the call takes, in rows. */
  readonly weight?: number;
  /** It goes before every other. */
  readonly urgent?: boolean;
  /** It only reads: whatever happens, nothing was done. */
  readonly reads?: boolean;
  /** The tracking ids of what it inserts. */
  readonly ids?: () => string;
}

/** One call. `weight` says how much of a group it takes, in rows. */
export type CallTuple = readonly [
  id: number,
  verb: string,
  weight: number,
  args: unknown,
  by: ClaimantTuple | undefined,
];

/**
 * To a thread: calls, with the store's time where a clock of the caller's own leads; `watch` to say when others write;
 * `close` to end.
 */
export type ToThread =
  | { readonly calls: readonly CallTuple[]; readonly now: number | undefined }
  | { readonly watch: boolean }
  | { readonly close: true };

/** From a thread: once that it is open or why not; then answers, in any order; that others wrote. */
export type FromThread =
  | { readonly open: true }
  | { readonly refused: WireError }
  | { readonly answers: readonly (readonly [id: number, answer: unknown, error?: WireError])[] }
  | { readonly changed: true };
