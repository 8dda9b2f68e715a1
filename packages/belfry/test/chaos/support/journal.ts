import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** A trigger is about to be called. `mark` is its reason, and names it in the store. */
export interface Asked {
  readonly kind: "asked";
  readonly mark: string;
  readonly task: string;
  readonly key?: string;
}

/** A trigger was acknowledged. */
export interface Acked {
  readonly kind: "acked";
  readonly mark: string;
  readonly id: string;
}

/** A trigger was rejected. */
export interface Rejected {
  readonly kind: "rejected";
  readonly mark: string;
  readonly code: string;
  readonly trackingId?: string;
}

/** A cancel was answered: `ended`, `requested`, or an error's code. */
export interface Cancelled {
  readonly kind: "cancelled";
  readonly id: string;
  readonly answer: string;
}

/** A caller was told a run's status; null: that there is none. */
export interface Told {
  readonly kind: "told";
  readonly id: string;
  readonly status: string | null;
  readonly startedAt?: string;
  readonly completedAt?: string;
}

/** What a handler does: it starts, sees its signal aborted, ends. */
export interface Handled {
  readonly kind: "start" | "aborted" | "returned" | "threw";
  readonly id: string;
  readonly token: number;
  readonly attempt: number;
  readonly task: string;
  readonly at: number;
  /** The code of the signal's reason. */
  readonly why?: string;
}

/** A run's row, as the watcher found it changed. */
export interface Sighted {
  readonly kind: "sighted";
  readonly id: string;
  readonly state: number;
  readonly attempt: number;
  readonly token: number;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly outcome: string | null;
}

export type Line = Asked | Acked | Rejected | Cancelled | Told | Handled | Sighted;

/** A line, and whose it is. */
export type Entry<L extends Line = Line> = L & { readonly process: string };

/** All journals of a folder, each in its order. A last line that its writer could not end is left out. */
export function readJournals(folder: string): Entry[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".jsonl"));
  return files.sort().flatMap((file) => {
    const lines = readFileSync(join(folder, file), "utf8").split("\n").slice(0, -1);
    return lines.map((line) => ({ ...(JSON.parse(line) as Line), process: basename(file, ".jsonl") }));
  });
}

/** The entries of these kinds. */
export function ofKind<Kind extends Line["kind"]>(entries: readonly Entry[], ...kinds: Kind[]) {
  const wanted: readonly string[] = kinds;
  return entries.filter((entry): entry is Entry<WithKind<Line, Kind>> => wanted.includes(entry.kind));
}

type WithKind<L extends Line, Kind extends Line["kind"]> = L extends unknown
  ? L["kind"] & Kind extends never
    ? never
    : L
  : never;
