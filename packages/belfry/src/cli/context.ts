import type { Readable, Writable } from "node:stream";
import type { Clock } from "../clock/clock.ts";
import type { Environment } from "../engine/options.ts";

/**
 * All that a command has of the process it runs in: commands read and write nothing else. Each file in commands/
 * exports `register<Name>(program: Command, context: CliContext): void`.
 */
export interface CliContext {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly environment: Environment;
  /** The folder that relative names, the config and the default store start from. */
  readonly cwd: string;
  readonly clock: Clock;
  /** Whether stdout is a terminal: then, and only then, there are colours and progress. */
  readonly isTty: boolean;
  /** Says what the process is to end with once everything is written. Ends nothing itself. */
  exit(code: number): void;
  /** Calls the listener when the process is asked to end so; answers what stops listening. */
  onSignal(signal: "SIGINT" | "SIGTERM", listener: () => void): () => void;
}
