import type { Process } from "./process.ts";

/** One call of a handler: what the handler itself saw. */
export interface Invocation {
  readonly process: Process;
  readonly task: string;
  readonly id: string;
  readonly token: number;
  readonly attempt: number;
  readonly startedAt: number;
  /** The lines that it wrote, in order. */
  readonly said: string[];
  settledAt?: number;
  outcome?: "returned" | "threw";
  abortedAt?: number;
  /** The code of the error that its signal was aborted with. */
  abortCode?: string;
}

/** Every call of a handler, by token. */
export class Invocations {
  readonly byToken = new Map<number, Invocation>();
  /** Those that have not settled. */
  readonly open = new Set<Invocation>();

  start(invocation: Invocation): void {
    this.byToken.set(invocation.token, invocation);
    this.open.add(invocation);
  }

  settle(invocation: Invocation, at: number, outcome: "returned" | "threw"): void {
    invocation.settledAt = at;
    invocation.outcome = outcome;
    this.open.delete(invocation);
  }

  /** How many handlers run in a process, those that were abandoned included. */
  countIn(process: Process): number {
    let count = 0;
    for (const one of this.open) if (one.process === process) count += 1;
    return count;
  }
}
