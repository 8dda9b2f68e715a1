import type { KeyRow } from "../keys.ts";
import type { LogLine } from "../logs.ts";
import type { NodeLife } from "../nodes.ts";
import type { PastSchedule } from "../schedules.ts";
import { Backfills } from "./backfill-table.ts";
import type { MemoryDeploy, MemoryNode, RunAnswer } from "./rows.ts";
import { RunTable } from "./run-table.ts";
import { ScheduleTable } from "./schedule-table.ts";
import { Spans } from "./spans.ts";
import { TaskTable } from "./task-table.ts";

/** The tables of a store, its time and its numbers. */
export class MemoryTables {
  readonly tasks = new TaskTable();
  /** The sets of each app, oldest first. */
  readonly deploys = new Map<string, MemoryDeploy[]>();
  readonly schedules = new ScheduleTable();
  /** The definitions that each schedule had before, oldest first. */
  readonly past = new Map<number, PastSchedule[]>();
  readonly runs = new RunTable();
  readonly spans = new Spans();
  readonly backfills = new Backfills();
  readonly nodes = new Map<number, MemoryNode>();
  /** The nodes that left or were declared dead. */
  readonly formerNodes = new Map<number, NodeLife>();
  readonly logs = new Map<string, { lines: LogLine[]; dropped: number }>();
  readonly apiKeys = new Map<string, KeyRow>();
  /** The idempotency keys, oldest first. */
  readonly keys = new Map<string, { request: string; answer: RunAnswer; madeAt: number }>();
  /** The listeners of each store on these tables. */
  readonly listeners = new Set<Set<() => void>>();
  /** Grows with every change but a lease's: what the other stores are told of. */
  changes = 0;
  readonly #clock: () => number;
  #time: number | undefined;
  #sequence = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  now(): number {
    return this.#time ?? this.#clock();
  }

  /** Makes one verb's changes: time stands still meanwhile, as in a transaction. */
  atOnce<T>(verb: () => T): T {
    this.#time = this.#clock();
    try {
      return verb();
    } finally {
      this.#time = undefined;
    }
  }

  nextNumber(): number {
    return ++this.#sequence;
  }
}
