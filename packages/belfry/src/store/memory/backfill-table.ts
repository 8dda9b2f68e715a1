import { Ordered } from "./ordered.ts";
import type { MemoryBackfill } from "./rows.ts";

const bySeq = (a: MemoryBackfill, b: MemoryBackfill) => a.seq - b.seq;

/** The backfills by their ids. */
export class Backfills {
  /** In the order in which they were made. */
  readonly all = new Ordered(bySeq);
  readonly running = new Ordered(bySeq);
  readonly #rows = new Map<string, MemoryBackfill>();

  get(id: string): MemoryBackfill | undefined {
    return this.#rows.get(id);
  }

  add(row: MemoryBackfill): void {
    this.#rows.set(row.id, row);
    this.all.add(row);
    this.running.add(row);
  }

  drop(row: MemoryBackfill): void {
    this.#rows.delete(row.id);
    this.all.delete(row);
  }

  setState(row: MemoryBackfill, state: MemoryBackfill["state"], now: number): void {
    this.running.delete(row);
    row.state = state;
    if (state === "running") this.running.add(row);
    if (state === "done" || state === "cancelled") row.endedAt = now;
  }

  countEnd(row: MemoryBackfill, now: number): void {
    row.unfinished -= 1;
    this.endIfDone(row, now);
  }

  /** All of its runs were made, and have ended. */
  endIfDone(row: MemoryBackfill, now: number): void {
    const isOpen = row.state === "running" || row.state === "paused";
    if (isOpen && row.exhausted && row.unfinished === 0) this.setState(row, "done", now);
  }
}
