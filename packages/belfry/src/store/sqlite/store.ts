import { limits } from "../../base/limits.ts";
import type { Clock } from "../../clock/clock.ts";
import { systemClock } from "../../clock/system.ts";
import type { BackfillStore } from "../backfills.ts";
import type { KeyStore } from "../keys.ts";
import type { LedgerStore } from "../ledger.ts";
import type { LogStore } from "../logs.ts";
import type { NodeStore } from "../nodes.ts";
import type { Presence } from "../presence.ts";
import type { RunStore } from "../runs.ts";
import type { ScheduleRow, ScheduleStore } from "../schedules.ts";
import type { Store } from "../store.ts";
import type { TaskRow, TaskStore } from "../tasks.ts";
import type { CallOptions } from "./messages.ts";
import { checkPlace, checkSqlite } from "./place.ts";
import { toSchedule } from "./schedule-rows.ts";
import { StoreThread } from "./thread.ts";
import type { longReads, shortReads, writes } from "./verbs.ts";
import { packFinish, packFiring, packRun, unpackClaimed, unpackFiring, unpackInsert } from "./wire.ts";

type Writer = StoreThread<typeof writes & typeof shortReads>;
type Reader = StoreThread<typeof longReads>;

const reads: CallOptions = { reads: true };

/** How to open a store. */
export interface SqliteOptions {
  /** The file's path; it is made where it does not exist. */
  readonly file: string;
  /** Whether the schema may be brought to the newest. @default true */
  readonly migrate?: boolean;
  readonly presence: Presence;
  /** Whose time is the store's. @default the machine's, as the writing thread reads it within each transaction */
  readonly clock?: Clock;
}

/**
 * Opens a store on one SQLite file. A thread writes; a second one, started by the first long read, reads. Rejects with
 * E_SQLITE_VERSION, E_STORE_FILESYSTEM, E_STORE_OPEN, E_STORE_NOT_DATABASE, E_STORE_READONLY, E_STORE_NEWER and what
 * else the file brings.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  checkSqlite();
  const { migrate = true, clock = systemClock, presence } = options;
  const file = await checkPlace(options.file, migrate);
  const listeners = new Set<() => void>();
  const onChanged = () => {
    for (const listener of listeners) listener();
  };
  const shared = { file, migrate, clock, sendsTime: options.clock !== undefined, onChanged };
  const writer: Writer = new StoreThread({ ...shared, name: "writer" });
  const reader: Reader = new StoreThread({ ...shared, name: "reader" });
  // The first call opens the file, or says why not.
  await writer.call("nextAfter", 0, reads);
  let closed: Promise<void> | undefined;
  return {
    tasks: tasksOf(writer, reader),
    schedules: schedulesOf(writer, reader, clock),
    ledger: ledgerOf(writer, reader),
    runs: runsOf(writer, reader),
    backfills: backfillsOf(writer, reader),
    nodes: nodesOf(writer, reader),
    logs: logsOf(writer, reader),
    keys: keysOf(writer),
    presence,
    now: () => clock.now(),
    onChange(listener) {
      // A function of its own for each: the same listener may come twice.
      const own = () => listener();
      listeners.add(own);
      if (listeners.size === 1) writer.watch(true);
      return () => {
        if (listeners.delete(own) && listeners.size === 0) writer.watch(false);
      };
    },
    close() {
      writer.shut();
      // The reader first: the last connection to close has to be one that can write.
      closed ??= reader.close().then(() => writer.close());
      return closed;
    },
  };
}

function tasksOf(writer: Writer, reader: Reader): TaskStore {
  return {
    current: (app) => writer.call("currentDeploy", app, reads),
    apply: (deploy) => writer.call("apply", deploy),
    list: () =>
      allPages<TaskRow>(Number.POSITIVE_INFINITY, (last, limit) =>
        reader.call("listTasks", { after: last?.name ?? "", limit }, reads),
      ),
    deploys: (app, limit) => reader.call("listDeploys", { app, limit }, reads),
    definitions: (app, number) => reader.call("definitionsOf", { app, number }, reads),
  };
}

function schedulesOf(writer: Writer, reader: Reader, clock: Clock): ScheduleStore {
  return {
    due: (upTo, limit) =>
      allPages<ScheduleRow>(limit, async (last, pageLimit) => {
        const after = last?.dueAt === undefined ? undefined : { dueAt: last.dueAt, id: last.id };
        return (await writer.call("dueSchedules", { upTo, after, limit: pageLimit }, reads)).map(toSchedule);
      }),
    newest: () => writer.call("newestDecided", undefined, reads),
    nextAfter: (after) => writer.call("nextAfter", after, reads),
    list: (query) =>
      allPages<ScheduleRow>(query.limit, (last, limit) =>
        reader.call("listSchedules", { ...query, after: last ?? query.after, limit }, reads),
      ),
    get: (items, { removed = false } = {}) => writer.call("getSchedules", { items, removed }, reads),
    summaries: (taskIds) => reader.call("summarize", { taskIds, now: clock.now() }, reads),
    put: (items) => writer.call("putSchedules", items, { weight: items.length }),
    remove: (items) => writer.call("removeSchedules", items, { weight: items.length }),
    amend: (items) => writer.call("amendSchedules", items, { weight: items.length }),
    past: (scheduleId, range) => reader.call("listPast", { scheduleId, ...range }, reads),
  };
}

function ledgerOf(writer: Writer, reader: Reader): LedgerStore {
  return {
    async fire(by, firings) {
      const weight = firings.reduce((sum, { links }) => sum + links.length, 0);
      const answers = await writer.call("fire", firings.map(packFiring), { by, weight });
      return firings.map((firing, index) => unpackFiring(answers[index] ?? "stale", firing));
    },
    list: (scheduleId, range) => reader.call("listLedger", { scheduleId, ...range }, reads),
    outcomes: (scheduleId, instants) => reader.call("outcomesOf", { scheduleId, instants }, reads),
  };
}

function backfillsOf(writer: Writer, reader: Reader): BackfillStore {
  return {
    create: (items) => writer.call("createBackfills", items),
    get: (ids) => writer.call("getBackfills", ids, reads),
    list: (query) => reader.call("listBackfills", query, reads),
    running: () => writer.call("runningBackfills", undefined, reads),
    step: (items) => {
      const weight = items.reduce((sum, { runs }) => sum + 1 + runs.length, 0);
      return writer.call("stepBackfills", items, { weight });
    },
    set: (items) => writer.call("setBackfills", items),
  };
}

function runsOf(writer: Writer, reader: Reader): RunStore {
  return {
    async insert(runs, by) {
      const ids = () => runs.map(({ id }) => id).join(", ");
      const weight = runs.reduce((sum, run) => sum + weightOf(run.payload), 0);
      const answers = await writer.call("insert", runs.map(packRun), { by, weight, ids });
      return runs.map((run, index) => unpackInsert(answers[index] ?? "unknownTask", run));
    },
    async claim(by) {
      const answer = await writer.call("claim", null, { by, weight: Math.min(by.slots, limits.callsPerCommitMax) });
      if (answer === "dead") return { outcome: "dead" };
      const { nextDueAt } = answer;
      return {
        outcome: "claimed",
        runs: answer.runs.map(unpackClaimed),
        ...(nextDueAt === undefined ? {} : { nextDueAt }),
      };
    },
    finish: (items) => {
      const weight = items.reduce((sum, item) => sum + weightOf("result" in item ? item.result : undefined), 0);
      return writer.call("finish", items.map(packFinish), { weight });
    },
    progress: (items) => writer.call("progress", items, { weight: items.length }),
    cancel: (items) => writer.call("cancel", items, { weight: items.length }),
    async held(epoch) {
      const { runs, cancelled } = await writer.call("held", epoch, reads);
      return { runs: runs.map(unpackClaimed), cancelled };
    },
    get: (ids) => reader.call("getRuns", ids, reads),
    list: (query) => reader.call("listRuns", query, reads),
    expire: (readyBefore, limit) => writer.call("expire", { readyBefore, limit }),
    prune: (endedBefore, limit) => writer.call("prune", { endedBefore, limit }),
  };
}

function nodesOf(writer: Writer, reader: Reader): NodeStore {
  return {
    register: (node) => writer.call("register", node),
    renew: (epoch) => writer.call("renew", epoch, { urgent: true }),
    list: () => writer.call("listNodes", null, reads),
    lives: (from, to) => reader.call("listLives", { from, to }, reads),
    reap: (by, suspects) => writer.call("reap", { by, suspects }),
    leave: (epoch) => writer.call("leave", epoch),
  };
}

function logsOf(writer: Writer, reader: Reader): LogStore {
  return {
    append: (items) =>
      writer.call("append", items, { weight: items.reduce((sum, { lines }) => sum + lines.length, 0) }),
    list: (id, range) => reader.call("listLines", { id, ...range }, reads),
  };
}

function keysOf(writer: Writer): KeyStore {
  return {
    create: (key, { onlyFirst = false } = {}) => writer.call("createKey", { ...key, onlyFirst }),
    list: () => writer.call("listKeys", undefined, reads),
    revoke: (id) => writer.call("revokeKey", id),
  };
}

/** How many rows a text counts as: a large one takes the time of several. */
function weightOf(text: string | undefined): number {
  return 1 + Math.floor((text?.length ?? 0) / 4_096);
}

/** Reads up to `limit` rows, a page at a time, so that no single message is large. */
async function allPages<Row>(
  limit: number,
  read: (after: Row | undefined, limit: number) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const pageLimit = Math.min(limits.pageItemsMax, limit - rows.length);
    const page = await read(rows.at(-1), pageLimit);
    rows.push(...page);
    if (page.length < pageLimit || rows.length >= limit) return rows;
  }
}
