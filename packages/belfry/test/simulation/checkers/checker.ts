import type { Entry } from "../callers.ts";
import type { Invocation } from "../invocations.ts";
import type { Process } from "../process.ts";
import type { Commit } from "../shadow.ts";

/** Watches a history and says where a promise is broken, by `world.fail`. */
export interface Checker {
  /** After each call that reached the store; the shadow still shows what was before. */
  onCommit?(commit: Commit): void;
  /** Before a handler's first line. */
  onStart?(invocation: Invocation): void;
  /** When a handler's signal was aborted. */
  onAbort?(invocation: Invocation): void;
  /** When a caller got its answer. */
  onAnswer?(entry: Entry): void;
  /** When a process told of a run's end. */
  onEnd?(event: "run.completed" | "run.failed" | "onFailure", id: string): void;
  /** When a caller was told what became of its cancel. */
  onCancel?(id: string, answer: "ended" | "requested"): void;
  /** When `stop()` resolved, or rejected. */
  onStopped?(process: Process, error: unknown): void;
  /** Every quarter of a second of true time. */
  onTick?(): void;
  /** When everything has come to its end. */
  atEnd?(): void;
}
