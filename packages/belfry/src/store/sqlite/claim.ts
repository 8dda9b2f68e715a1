import { limits } from "../../base/limits.ts";
import type { Cancelling } from "../runs.ts";
import type { Connection } from "./connection.ts";
import { isHeld, selectClaimed } from "./rows.ts";
import { allows, moves } from "./states.ts";
import type { Slots, TaskInfo, Turn } from "./turn.ts";
import type { ClaimedTuple } from "./wire.ts";

/** What a claim answers across the thread. */
export type ClaimWire = { readonly runs: readonly ClaimedTuple[]; readonly nextDueAt: number | undefined } | "dead";

/** Rows are claimed and read so many at a time, so that huge payloads can end the batch early. */
const sliceRows = 100;
const payloadCharactersMax = 4 * 1024 * 1024;

const claimRun = `UPDATE runs SET ${moves("claim")}, token = ?, epoch = ?, attempt = attempt + 1,
  claimed_at = max(?, triggered_at), started_at = coalesce(started_at, max(?, triggered_at)) WHERE seq = ? AND ${allows("claim")}`;
/** CROSS keeps the order of the list. */
const claimedBySeq = selectClaimed("json_each(?) j CROSS JOIN runs r ON r.seq = j.value");

/** `RunStore.claim`. At most 1,000 runs in one answer; where it stops early, `nextDueAt` is now. */
export function claim(turn: Turn, _: null, by: Slots): ClaimWire {
  if (!turn.isLive(by.epoch)) return "dead";
  turn.promote();
  const wanted = Math.min(by.slots, limits.callsPerCommitMax);
  const picked = pick(turn, by, wanted);
  const runs: ClaimedTuple[] = [];
  let characters = 0;
  for (let start = 0; start < picked.length && characters < payloadCharactersMax; start += sliceRows) {
    const slice = claimSlice(turn, by.epoch, picked.slice(start, start + sliceRows));
    for (const run of slice) {
      runs.push(run);
      characters += run[13]?.length ?? 0;
    }
  }
  if (runs.length > 0) {
    turn.renew(by.epoch);
    turn.forgetReady();
  }
  const stoppedEarly = runs.length < picked.length || (runs.length === wanted && wanted < by.slots);
  return { runs, nextDueAt: stoppedEarly ? turn.now : turn.nextDueAt() };
}

interface Pick {
  readonly seq: number;
  readonly priority: number;
  readonly task: TaskInfo;
}

function claimSlice(turn: Turn, epoch: number, slice: readonly Pick[]): ClaimedTuple[] {
  const { db, now } = turn;
  const update = db.prepared(claimRun);
  for (const { seq, task } of slice) {
    update.run(turn.takeToken(), epoch, now, now, seq);
    turn.noteClaim(task);
  }
  return db.tuples<ClaimedTuple>(claimedBySeq, `[${slice.map(({ seq }) => seq).join()}]`);
}

/** The waiting runs of one task, read a few at a time in the order in which they are claimed. */
class Queue {
  readonly task: TaskInfo;
  readonly #turn: Turn;
  readonly #chunk: number;
  readonly #max: number;
  #read = 0;
  #heads: Pick[] = [];

  constructor(turn: Turn, task: TaskInfo, chunk: number) {
    this.#turn = turn;
    this.task = task;
    this.#chunk = chunk;
    this.#max = turn.room(task);
  }

  next(): Pick | undefined {
    if (this.#heads.length === 0) this.#fill();
    return this.#heads.pop();
  }

  #fill(): void {
    const limit = Math.min(this.#chunk, this.#max - this.#read);
    if (limit <= 0) return;
    const sql = `SELECT seq, priority FROM runs WHERE ${allows("claim")} AND task = ? ORDER BY priority DESC, seq LIMIT ? OFFSET ?`;
    const rows = this.#turn.db.tuples<[number, number]>(sql, this.task.task, limit, this.#read);
    this.#read += rows.length;
    this.#heads = rows.map(([seq, priority]) => ({ seq, priority, task: this.task })).reverse();
  }
}

/** The highest priority first, then the oldest, over all tasks of the claimant that have room: a merge of their queues. */
function pick(turn: Turn, { taskIds }: Slots, wanted: number): Pick[] {
  const tasks = [...turn.readyTasks()]
    .flatMap((key) => turn.task(key) ?? [])
    .filter((task) => taskIds.has(task.id) && turn.room(task) > 0);
  const chunk = Math.ceil(wanted / Math.max(1, tasks.length));
  const queues = new Map(tasks.map((task) => [task.task, new Queue(turn, task, chunk)]));
  const heads = [...queues.values()].flatMap((queue) => queue.next() ?? []).sort(byTurn);
  const picked: Pick[] = [];
  while (picked.length < wanted) {
    const first = heads.pop();
    if (!first) break;
    picked.push(first);
    const next = queues.get(first.task.task)?.next();
    if (next) heads.splice(placeOf(heads, next), 0, next);
  }
  return picked;
}

/** Whose turn is first stands last, where it is taken from. */
function byTurn(a: Pick, b: Pick): number {
  return a.priority - b.priority || b.seq - a.seq;
}

function placeOf(heads: readonly Pick[], item: Pick): number {
  let [low, high] = [0, heads.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byTurn(heads[middle] as Pick, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** `RunStore.held`. */
export function held(db: Connection, epoch: number): { runs: ClaimedTuple[]; cancelled: Cancelling[] } {
  return {
    runs: db.tuples<ClaimedTuple>(
      `${selectClaimed("runs r INDEXED BY runs_running")} WHERE ${isHeld} ORDER BY r.seq`,
      epoch,
    ),
    cancelled: cancelledOf(db, epoch),
  };
}

/** The runs that the epoch holds and that are to be cancelled. */
export function cancelledOf(db: Connection, epoch: number): Cancelling[] {
  const sql = `SELECT r.id, d.cancel_reason FROM runs r LEFT JOIN details d ON d.run = r.seq
    WHERE ${isHeld} AND r.cancel_requested = 1 ORDER BY r.seq`;
  return db
    .tuples<[string, string | null]>(sql, epoch)
    .map(([id, reason]) => (reason === null ? { id } : { id, reason }));
}
