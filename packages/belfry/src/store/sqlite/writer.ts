import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { limits } from "../../base/limits.ts";
import { systemClock } from "../../clock/system.ts";
import { type Connection, lockWaitMsMax } from "./connection.ts";
import { busyError, isBroken, toWireError, type WireError } from "./failures.ts";
import { type Answer, commitGroup, type WriteCall } from "./group.ts";
import type { CallTuple, FromThread, ThreadData, ToThread } from "./messages.ts";
import { Neighbours } from "./neighbours.ts";
import { openWriting } from "./opening.ts";
import type { Slots } from "./turn.ts";
import { shortReads, type WriteVerb, writes } from "./verbs.ts";
import type { ClaimantTuple } from "./wire.ts";

/** The pause between commits while another writer is there, and how long a lock that is held is left alone. */
const pauseMs = 1;
/** The same for a lock that is held for so long that its holder cannot be at work. */
const longPauseMs = 10;
const longHeldMs = 1_000;
/** After so many groups in a row the thread's other work has its turn. */
const groupsInRowMax = 32;

interface Waiting extends WriteCall {
  readonly weight: number;
  readonly arrivedAt: number;
}

interface Read {
  readonly id: number;
  readonly verb: keyof typeof shortReads;
  readonly args: unknown;
  readonly now: () => number;
}

/** The thread that writes: it gathers the calls that arrive, and commits them a group at a time. */
class Writer {
  readonly #port: MessagePort;
  readonly #file: string;
  readonly #db: Connection;
  #waiting: Waiting[] = [];
  #reads: Read[] = [];
  #taskIds: ReadonlySet<string> = new Set();
  #isPausing = false;
  /** Since when the lock has been somebody else's. */
  #lockedSince: number | undefined;
  readonly #neighbours: Neighbours;

  constructor(port: MessagePort, { file, migrate }: ThreadData) {
    this.#port = port;
    this.#file = file;
    this.#db = openWriting(file, migrate);
    this.#neighbours = new Neighbours(this.#db, () => this.#send({ changed: true }));
    port.on("message", (message: ToThread) => {
      this.#receive(message);
      this.#turn();
    });
    this.#send({ open: true });
  }

  #send(message: FromThread): void {
    this.#port.postMessage(message);
  }

  #drain(): void {
    for (let next = receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port)) {
      this.#receive(next.message as ToThread);
    }
  }

  #receive(message: ToThread): void {
    if ("calls" in message) {
      const { calls, now } = message;
      const clock = now === undefined ? systemClock.now : () => now;
      const arrivedAt = systemClock.mono();
      for (const call of calls) this.#take(call, clock, arrivedAt);
    } else if ("watch" in message) this.#neighbours.watch(message.watch);
    else this.#close();
  }

  #take([id, verb, weight, args, by]: CallTuple, now: () => number, arrivedAt: number): void {
    if (verb in shortReads) this.#reads.push({ id, verb: verb as keyof typeof shortReads, args, now });
    else if (verb in writes) {
      const call = { id, verb: verb as WriteVerb, weight, args, by: by && this.#slotsOf(by), now, arrivedAt };
      // Renewals come first in every group.
      if (verb === "renew") this.#waiting.unshift(call);
      else this.#waiting.push(call);
    }
  }

  #slotsOf([epoch, slots, taskIds]: ClaimantTuple): Slots {
    if (taskIds) this.#taskIds = new Set(taskIds);
    return { epoch, slots, taskIds: this.#taskIds };
  }

  /** Answers what waits, until nothing does or a pause is due. */
  #work(): void {
    for (let groups = 0; this.#waiting.length > 0; groups++) {
      if (groups >= groupsInRowMax) return this.#pause((resume) => systemClock.soon(resume));
      if (!this.#commit()) return this.#pauseFor(this.#isLockedLong() ? longPauseMs : pauseMs);
      if (this.#neighbours.areNear) return this.#pauseFor(pauseMs);
      this.#drain();
      this.#answerReads();
    }
  }

  #isLockedLong(): boolean {
    return this.#lockedSince !== undefined && systemClock.mono() - this.#lockedSince > longHeldMs;
  }

  #pauseFor(ms: number): void {
    this.#pause((resume) => systemClock.after(ms, resume));
  }

  /** Commits nothing until `after` calls back: another writer has its turn, or the thread's other work. */
  #pause(after: (resume: () => void) => void): void {
    this.#isPausing = true;
    after(() => {
      this.#isPausing = false;
      this.#turn();
    });
  }

  #turn(): void {
    this.#drain();
    this.#answerReads();
    if (!this.#isPausing) this.#work();
  }

  /** Answers the reads. They see what was committed, and wait for no write. */
  #answerReads(): void {
    const answers: Answer[] = [];
    for (const { id, verb, args, now } of this.#reads.splice(0)) {
      try {
        const read = shortReads[verb] as (db: Connection, args: unknown, now: number) => unknown;
        answers.push([id, read(this.#db, args, now())]);
      } catch (error) {
        answers.push([id, undefined, toWireError(error, this.#file)]);
        if (isBroken(error)) this.#giveUp(answers, toWireError(error, this.#file));
      }
    }
    if (answers.length > 0) this.#send({ answers });
  }

  /** Commits one group; false where it has to be tried again later. */
  #commit(): boolean {
    const group = this.#nextGroup();
    const outcome = commitGroup(this.#db, group, this.#file);
    if (outcome.busy) {
      this.#lockedSince ??= systemClock.mono();
      this.#neighbours.note();
      this.#dropOverdue();
      return false;
    }
    this.#lockedSince = undefined;
    this.#waiting = this.#waiting.slice(group.length);
    if (outcome.answers.length < group.length) {
      const answered = new Set(outcome.answers.map(([id]) => id));
      this.#waiting.unshift(...group.filter(({ id }) => !answered.has(id)));
    }
    if (outcome.broken) this.#giveUp(outcome.answers, outcome.broken);
    this.#send({ answers: outcome.answers });
    this.#neighbours.look(outcome.changes);
    return true;
  }

  /** The first calls that fit into one transaction, at least one. */
  #nextGroup(): Waiting[] {
    let weight = 0;
    let count = 0;
    for (const call of this.#waiting) {
      weight += call.weight;
      if (count > 0 && weight > limits.callsPerCommitMax) break;
      count += 1;
    }
    return this.#waiting.slice(0, count);
  }

  /** What has waited for the lock as long as a call may is told so; certainly nothing of it was done. */
  #dropOverdue(): void {
    const latest = systemClock.mono() - lockWaitMsMax;
    const overdue = this.#waiting.filter(({ arrivedAt }) => arrivedAt <= latest);
    if (overdue.length === 0) return;
    this.#waiting = this.#waiting.filter(({ arrivedAt }) => arrivedAt > latest);
    this.#send({ answers: overdue.map(({ id }) => [id, undefined, busyError]) });
  }

  /** Ends the thread with its connection: the next call opens a new one. What still waits was not begun. */
  #giveUp(answers: readonly Answer[], error: WireError): never {
    const rest = [...this.#waiting, ...this.#reads].map(({ id }): Answer => [id, undefined, error]);
    this.#send({ answers: [...answers, ...rest] });
    process.exit(0);
  }

  #close(): void {
    this.#neighbours.watch(false);
    this.#port.close();
    try {
      // As far as others let it; what is left, the next one to open the file brings in.
      this.#db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } finally {
      this.#db.close();
    }
  }
}

const port = parentPort as MessagePort;
const data = workerData as ThreadData;
try {
  new Writer(port, data);
} catch (error) {
  port.postMessage({ refused: toWireError(error, data.file) } satisfies FromThread);
}
