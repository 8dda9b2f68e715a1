import type { RunTrigger } from "../run/record.ts";

/** Writes a line to the run's own log, at level `info`; the other levels are its methods. */
export interface RunLog {
  /**
   * Never throws and never waits. `data` is kept as JSON where it can be. A run keeps its first 1,000 lines, messages
   * up to 8,000 characters and data up to 16 KiB; what is beyond is counted.
   */
  (message: string, data?: unknown): void;
  debug(message: string, data?: unknown): void;
  info(message: string, data?: unknown): void;
  warn(message: string, data?: unknown): void;
  error(message: string, data?: unknown): void;
}

/** What a handler gets: one attempt of one run. */
export interface Run<Payload = unknown> {
  /** The payload as the task's schema parsed it, for this attempt. */
  readonly payload: Payload;
  /**
   * Aborted when this attempt should end: its timeout passed, its cancelling was asked for, its lease was lost, or the
   * engine stops and the grace is over. A handler that passes it on ends in time; one that ignores it is abandoned.
   */
  readonly signal: AbortSignal;
  /** The run's log. */
  readonly log: RunLog;
  /**
   * Says how far it is: 0 to 1, with a note of at most 1,000 characters. Never waits; the newest value wins. Throws
   * E_OPTION for other values.
   */
  progress(value: number, note?: string): void;
  /** The run's id: what `run()` answered. */
  readonly trackingId: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Grows with every claim in the store: pass it to outside systems, and let them refuse a lower one after a higher. */
  readonly fencingToken: number;
  /** What asked for this run. */
  readonly trigger: RunTrigger;
  /** The instant it was due, for a run that a schedule made. */
  readonly scheduledFor?: Date;
  /** The schedule's instant before `scheduledFor` (or before the trigger), where there is one. */
  readonly previousFiring?: Date;
  /** The schedule's instant after it, where there is one. */
  readonly nextFiring?: Date;
  /**
   * The idempotency key for this run's effects: the same for every attempt, retry and replay of one instant; the
   * tracking id for a run by hand.
   */
  readonly key: string;
}
