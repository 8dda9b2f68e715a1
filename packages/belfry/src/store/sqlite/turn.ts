import type { Overlap } from "../../schedule/overlap.ts";
import type { Connection } from "./connection.ts";
import { Followers } from "./followers.ts";
import { allows, isIn, moves } from "./states.ts";

/** A task as the writing verbs need it. */
export interface TaskInfo {
  /** Its row id. */
  readonly task: number;
  readonly id: string;
  readonly name: string;
  readonly app: string;
  readonly enabled: number;
  readonly defined: number;
  readonly concurrency: number | null;
  readonly on_lost: "retry" | "fail";
  readonly priority: number;
  readonly overlap: Overlap;
  readonly catch_up: string;
}

/** A node's lease, for one claim: who claims, for which tasks, and how many at most. */
export interface Slots {
  readonly epoch: number;
  readonly taskIds: ReadonlySet<string>;
  slots: number;
}

/** How many rows the connection has changed. */
function totalChanges(db: Connection): number {
  return db.value<number>("SELECT total_changes()") ?? 0;
}

/** How many delayed runs become ready in one step: the rest waits for the next. */
const promotedMax = 1_000;

/**
 * One transaction: the connection, the store's time, and what was read or counted so far in it. Nothing else can write
 * while it lasts, so what it remembers stays true; calls of one group then share the price of reading it.
 */
export class Turn {
  readonly db: Connection;
  /** What the end of a run may concern beside the run. */
  readonly followers: Followers;
  /** The store's clock, set anew for every call. */
  now = 0;
  readonly #tasksById = new Map<string, TaskInfo | undefined>();
  readonly #tasks = new Map<number, TaskInfo | undefined>();
  readonly #nodeNames = new Map<number, string>();
  readonly #leases = new Map<number, { readonly leaseMs: number; expiresAt: number } | undefined>();
  readonly #running = new Map<number, number>();
  #ready: Set<number> | undefined;
  #nextDueAt: number | undefined;
  #token: number | undefined;
  #newest: number | undefined;
  readonly #changesBefore: number;
  #renewals = 0;

  constructor(db: Connection) {
    this.db = db;
    this.followers = new Followers(db);
    this.#changesBefore = totalChanges(db);
  }

  /**
   * Writes what was only counted so far; before the COMMIT. Answers whether anything but leases changed: then the
   * store's count of changes has grown, by one.
   */
  flush(): boolean {
    if (totalChanges(this.db) - this.#changesBefore === this.#renewals) return false;
    const sql =
      "UPDATE meta SET changes = changes + 1, token = coalesce(?, token), newest = max(newest, coalesce(?, 0))";
    this.db.run(sql, this.#token, this.#newest);
    return true;
  }

  /** The next fencing token: higher than any before, in this store. */
  takeToken(): number {
    const token = (this.#token ?? this.db.value<number>("SELECT token FROM meta") ?? 0) + 1;
    this.#token = token;
    return token;
  }

  /** The instants of some schedule are decided up to here. */
  noteDecided(cursor: number): void {
    if (this.#newest === undefined || cursor > this.#newest) this.#newest = cursor;
  }

  /** The highest cursor there ever was is now, unless one lies ahead still: some were set back. */
  lowerNewest(): void {
    const newest = Math.max(this.#newest ?? 0, this.db.value<number>("SELECT newest FROM meta") ?? 0);
    if (newest <= this.now) return;
    // From the end: schedules are set back from the first one on.
    const ahead = "SELECT 1 FROM schedules WHERE cursor > ? ORDER BY schedule DESC LIMIT 1";
    if (this.db.value<number>(ahead, this.now) !== undefined) return;
    this.#newest = undefined;
    this.db.run("UPDATE meta SET newest = ?", this.now);
  }

  taskById(id: string): TaskInfo | undefined {
    if (!this.#tasksById.has(id)) this.#tasksById.set(id, this.db.get("SELECT * FROM tasks WHERE id = ?", id));
    return this.#tasksById.get(id);
  }

  task(task: number): TaskInfo | undefined {
    if (!this.#tasks.has(task)) this.#tasks.set(task, this.db.get("SELECT * FROM tasks WHERE task = ?", task));
    return this.#tasks.get(task);
  }

  forgetTasks(): void {
    this.#tasksById.clear();
    this.#tasks.clear();
  }

  /** The node's name, that of one which is gone included; empty where nothing is known of it. */
  nodeName(epoch: number): string {
    const name =
      this.#nodeNames.get(epoch) ?? this.db.value<string>("SELECT name FROM nodes WHERE epoch = ?", epoch) ?? "";
    this.#nodeNames.set(epoch, name);
    return name;
  }

  /** Whether the lease was neither taken over nor given up. */
  isLive(epoch: number): boolean {
    if (!this.#leases.has(epoch)) {
      const sql = "SELECT lease_ms AS leaseMs, expires_at AS expiresAt FROM nodes WHERE epoch = ? AND ended_at IS NULL";
      this.#leases.set(epoch, this.db.get(sql, epoch));
    }
    return this.#leases.get(epoch) !== undefined;
  }

  /** Renews the lease; false where it is no longer live. */
  renew(epoch: number): boolean {
    if (!this.isLive(epoch)) return false;
    const lease = this.#leases.get(epoch);
    const expiresAt = this.now + (lease?.leaseMs ?? 0);
    if (lease && lease.expiresAt !== expiresAt) {
      this.db.run("UPDATE nodes SET expires_at = ? WHERE epoch = ?", expiresAt, epoch);
      lease.expiresAt = expiresAt;
      this.#renewals += 1;
    }
    return true;
  }

  /** Ends a node's lease for ever. */
  endLease(epoch: number): void {
    this.db.run("UPDATE nodes SET ended_at = max(?, started_at) WHERE epoch = ? AND ended_at IS NULL", this.now, epoch);
    this.#leases.delete(epoch);
  }

  /** How many runs of the task run, over all nodes. */
  running(task: number): number {
    const count =
      this.#running.get(task) ??
      this.db.value<number>(`SELECT count(*) FROM runs WHERE ${isIn("running")} AND task = ?`, task) ??
      0;
    this.#running.set(task, count);
    return count;
  }

  /** How many more runs of the task may start. */
  room({ task, concurrency }: TaskInfo): number {
    return concurrency === null ? Number.POSITIVE_INFINITY : concurrency - this.running(task);
  }

  noteClaim({ task, concurrency }: TaskInfo): void {
    if (concurrency !== null) this.#running.set(task, this.running(task) + 1);
  }

  /** Attempts have ended: what runs is to be counted again. */
  forgetRunning(): void {
    this.#running.clear();
  }

  /** The tasks that have ready runs, found by stepping over the index: its cost is their number, not the runs'. */
  readyTasks(): ReadonlySet<number> {
    if (this.#ready) return this.#ready;
    this.#ready = new Set();
    const sql = `SELECT task FROM runs WHERE ${isIn("ready")} AND task > ? ORDER BY task LIMIT 1`;
    for (let task = this.db.value<number>(sql, 0); task !== undefined; task = this.db.value<number>(sql, task))
      this.#ready.add(task);
    return this.#ready;
  }

  noteReady(task: number): void {
    this.#ready?.add(task);
  }

  forgetReady(): void {
    this.#ready = undefined;
  }

  /** Whether any of the claimant's tasks has a run waiting for a slot. */
  hasWaiting({ taskIds }: Slots): boolean {
    for (const task of this.readyTasks()) if (taskIds.has(this.task(task)?.id ?? "")) return true;
    return false;
  }

  /** Makes ready what is delayed and due. */
  promote(): void {
    if ((this.nextDueAt() ?? Number.POSITIVE_INFINITY) > this.now) return;
    this.db.run(
      `UPDATE runs SET ${moves("due")} WHERE ${allows("due")} AND seq IN
         (SELECT seq FROM runs WHERE ${allows("due")} AND available_at <= ? ORDER BY available_at LIMIT ?)`,
      this.now,
      promotedMax,
    );
    this.forgetReady();
    this.forgetDelayed();
  }

  /** When the soonest delayed run is due. */
  nextDueAt(): number | undefined {
    this.#nextDueAt ??=
      this.db.value<number>(`SELECT min(available_at) FROM runs WHERE ${isIn("delayed")}`) ?? Number.POSITIVE_INFINITY;
    return Number.isFinite(this.#nextDueAt) ? this.#nextDueAt : undefined;
  }

  noteDelayed(availableAt: number): void {
    if (this.#nextDueAt !== undefined) this.#nextDueAt = Math.min(this.#nextDueAt, availableAt);
  }

  forgetDelayed(): void {
    this.#nextDueAt = undefined;
  }
}
