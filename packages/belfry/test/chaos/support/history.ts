import { join } from "node:path";
import type { RunRow } from "../../../src/run/record.ts";
import { compile } from "../../../src/schedule/compile.ts";
import type { ScheduleSpec } from "../../../src/schedule/spec.ts";
import type { LedgerItem } from "../../../src/store/ledger.ts";
import type { Presence } from "../../../src/store/presence.ts";
import type { ScheduleRow } from "../../../src/store/schedules.ts";
import { openSqliteStore } from "../../../src/store/sqlite/store.ts";
import type { Store } from "../../../src/store/store.ts";
import { type Entry, readJournals } from "./journal.ts";
import { damageOf } from "./raw.ts";

/** A schedule, where its chain began, and all that was decided about it. */
export interface Timetable {
  readonly row: ScheduleRow;
  /** The cursor it was made with: it has no instants before. */
  readonly madeAt: number;
  /** Every instant that was due from then up to its cursor. */
  readonly due: readonly number[];
  readonly decided: readonly LedgerItem[];
}

/** All that is known of what happened: by those who asked, those who worked, who watched, and the store. */
export interface History {
  readonly entries: readonly Entry[];
  readonly runs: ReadonlyMap<string, RunRow>;
  readonly timetables: readonly Timetable[];
  /** When each process that was killed or stopped was still alive for certain. */
  readonly ends: ReadonlyMap<string, number>;
  /** What was made up to then has had its time to end. */
  readonly quietAt: number;
  /** When the last node stopped. */
  readonly stoppedAt: number;
  readonly damage: readonly string[];
}

/** What the one who drove the load knows. */
export interface Driven {
  readonly folder: string;
  readonly ends: ReadonlyMap<string, number>;
  readonly quietAt: number;
  readonly stoppedAt: number;
  /** The cursors of the schedules, by id, before any node ran; where they are not known, a chain begins with its first item. */
  readonly madeAt?: ReadonlyMap<number, number>;
}

/** No sockets: for a store that is opened to look. */
const noPresence: Presence = {
  listen: async () => undefined,
  probe: async () => "unknown",
  forget: async () => {},
  close: async () => {},
};

const pageItems = 1_000;

/** Opens a folder's store to look at it. */
export function openStore(folder: string): Promise<Store> {
  return openSqliteStore({ file: join(folder, "belfry.db"), presence: noPresence });
}

/** Reads everything that a load left behind. */
export async function collect(driven: Driven): Promise<History> {
  const { folder, ends, quietAt, stoppedAt, madeAt } = driven;
  const store = await openStore(folder);
  try {
    const runs = await readRuns(store);
    const timetables: Timetable[] = [];
    for (const row of await store.schedules.list({ limit: pageItems }))
      timetables.push(await readTimetable(store, row, madeAt?.get(row.id)));
    const entries = readJournals(folder);
    return { entries, runs, timetables, ends, quietAt, stoppedAt, damage: damageOf(join(folder, "belfry.db")) };
  } finally {
    await store.close();
  }
}

async function readRuns(store: Store): Promise<Map<string, RunRow>> {
  const runs = new Map<string, RunRow>();
  let cursor: string | undefined;
  do {
    const page = await store.runs.list({ limit: pageItems, cursor });
    for (const run of page.items) runs.set(run.id, run);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return runs;
}

async function readTimetable(store: Store, row: ScheduleRow, known?: number): Promise<Timetable> {
  const decided: LedgerItem[] = [];
  let from = known ?? 0;
  for (;;) {
    const items = await store.ledger.list(row.id, { from, to: row.cursor, limit: pageItems });
    decided.push(...items);
    const last = items.at(-1);
    if (items.length < pageItems || !last) break;
    from = last.upTo;
  }
  const madeAt = known ?? beginningOf(decided[0]) ?? row.cursor;
  const due = compile(JSON.parse(row.spec) as ScheduleSpec).between(madeAt, row.cursor, 1_000_000);
  return { row, madeAt, due, decided };
}

function beginningOf(first: LedgerItem | undefined): number | undefined {
  return first?.decision === "fired" ? first.upTo - 1 : first?.after;
}
