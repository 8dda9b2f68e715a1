import type { ProjectFlags } from "../config.ts";

/** What `belfry dev` tells the process that runs the tasks. */
export type ToWorker =
  /** Load the project. The first message. */
  | { readonly kind: "load"; readonly cwd: string; readonly flags: ProjectFlags }
  /** What was loaded is wanted: serve, in the place of a process that served there, where there was one. */
  | { readonly kind: "go"; readonly before?: string }
  /** Take nothing more, end what runs, and leave. */
  | { readonly kind: "stop" };

/** The files of a project that a process has loaded, each with its signature then; empty for what was not there. */
export type SeenFiles = readonly (readonly [path: string, signature: string])[];

/** A project as it was loaded. */
export interface LoadedNews {
  readonly kind: "loaded";
  readonly tasks: readonly string[];
  /** What was left out, and why. */
  readonly problems: readonly string[];
  /** A word about time zones, where one is needed. */
  readonly zoneWord?: string;
  readonly tasksDir: string;
  readonly store: string;
  readonly seen: SeenFiles;
  /** How long it may take to stop at most. */
  readonly stopMsMax: number;
}

/** Why a process cannot do what it was told. `code` is a `BelfryError`'s. */
export interface RefusedNews {
  readonly kind: "refused";
  readonly code: string;
  readonly message: string;
  readonly seen: SeenFiles;
}

/** The end of an attempt. */
export interface RunNews {
  readonly kind: "run";
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly task: string;
  readonly trackingId: string;
  readonly trigger?: string;
  readonly outcome: "completed" | "failed" | "retrying";
  readonly durationMs?: number;
  /** Until the next attempt, where there is one. */
  readonly delayMs?: number;
  readonly error?: string;
}

/** Instants that did not fire. */
export interface SkippedNews {
  readonly kind: "skipped";
  readonly at: number;
  readonly task: string;
  readonly schedule: string;
  readonly upTo: string;
  readonly reason: string;
}

/** What the process that runs the tasks tells `belfry dev`. */
export type FromWorker =
  | LoadedNews
  | RefusedNews
  | RunNews
  | SkippedNews
  | { readonly kind: "serving"; readonly url: string }
  /** These were loaded since. */
  | { readonly kind: "saw"; readonly seen: SeenFiles }
  /** It claims nothing more and its port is free; so many runs still go on. */
  | { readonly kind: "yielded"; readonly running: number };
