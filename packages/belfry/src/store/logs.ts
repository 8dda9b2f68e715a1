import type { WriteAnswer } from "./runs.ts";

/** How much a line matters. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** A line of a run's log. */
export interface LogLine {
  /** Milliseconds since 1970, by the store's clock. */
  readonly at: number;
  readonly attempt: number;
  readonly level: LogLevel;
  readonly message: string;
  /** JSON text. */
  readonly data?: string;
}

export interface LogStore {
  /** Appends lines where the token holds. A run keeps its first 1,000 lines; later ones are counted, not kept. */
  append(items: readonly { id: string; token: number; lines: readonly LogLine[] }[]): Promise<WriteAnswer[]>;
  /** The lines after number `after` (0: from the start), in order, each with its number from 1; and how many were not kept. */
  list(
    id: string,
    range: { after: number; limit: number },
  ): Promise<{ lines: (LogLine & { readonly n: number })[]; dropped: number }>;
}
