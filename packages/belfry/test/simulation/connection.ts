import { BelfryError, type ErrorCode, isBelfryError } from "../../src/base/errors.ts";
import type { Store } from "../../src/store/store.ts";
import { copy } from "./copy.ts";
import { type Fate, fateOf, troubledMs } from "./fates.ts";
import type { Process } from "./process.ts";
import { type Call, isRead, type RoomName, type Verb } from "./verbs.ts";

interface Pending extends Call {
  readonly fate: Fate;
  readonly inner: (...args: unknown[]) => Promise<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
  settled: boolean;
}

/** A process's way to the store: each call takes its time, and may fail in every way that the contract allows. */
export class Connection implements Store {
  readonly tasks: Store["tasks"];
  readonly schedules: Store["schedules"];
  readonly ledger: Store["ledger"];
  readonly runs: Store["runs"];
  readonly backfills: Store["backfills"];
  readonly nodes: Store["nodes"];
  readonly logs: Store["logs"];
  readonly keys: Store["keys"];
  readonly presence: Store["presence"];
  readonly #process: Process;
  readonly #pending = new Set<Pending>();
  readonly #listeners = new Set<() => void>();
  #closed = false;
  #whenIdle: (() => void)[] = [];
  /** When the newest call reaches the store, and its answer the process; and of which turn it was. */
  #newest = { turn: -1, arrivesAt: 0, answeredAt: 0 };
  #hintAt = Number.POSITIVE_INFINITY;

  constructor(process: Process) {
    this.#process = process;
    const inner = process.world.storeOf(process);
    this.tasks = this.#room("tasks", inner.tasks);
    this.schedules = this.#room("schedules", inner.schedules);
    this.ledger = this.#room("ledger", inner.ledger);
    this.runs = this.#room("runs", inner.runs);
    this.backfills = this.#room("backfills", inner.backfills);
    this.nodes = this.#room("nodes", inner.nodes);
    this.logs = this.#room("logs", inner.logs);
    // No engine uses them by itself: nothing of theirs can fail in the way of a run.
    this.keys = inner.keys;
    this.presence = inner.presence;
  }

  now(): number {
    return this.#process.guess();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#process.world.options.hints === "polled") this.#hintWithin(1_000);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#pending.size > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Another process changed something: the listeners hear of it, within a second. */
  hint(): void {
    const { random, options } = this.#process.world;
    if (this.#closed || options.hints === "polled" || options.hints === "never") return;
    this.#hintWithin(options.hints === "soon" && random.chance(0.95) ? random.between(1, 25) : random.between(1, 990));
  }

  /** The process is dead: of what is on its way the first part arrives, and no answer finds anybody. */
  die(): void {
    let isCut = false;
    for (const call of this.#pending) {
      isCut ||= this.#process.world.random.chance(0.3);
      if (isCut) call.dropped = true;
    }
  }

  #hintWithin(ms: number): void {
    const { world } = this.#process;
    const at = world.time + ms;
    if (at >= this.#hintAt) return;
    this.#hintAt = at;
    world.plan(at, () => {
      if (this.#hintAt !== at || !this.#process.alive || this.#closed) return;
      this.#hintAt = Number.POSITIVE_INFINITY;
      if (!world.reaches(this.#process)) return this.#hintWithin(900);
      this.#process.post(at, "answer", () => {
        for (const listener of this.#listeners) listener();
      });
      if (world.options.hints === "polled") this.#hintWithin(1_000);
    });
  }

  #room<Room extends object>(name: RoomName, room: Room): Room {
    return new Proxy(room, {
      get: (target, verb) => {
        const inner: unknown = Reflect.get(target, verb);
        if (typeof inner !== "function") return inner;
        const bound = inner.bind(target) as (...args: unknown[]) => Promise<unknown>;
        return (...args: unknown[]) => this.#call(`${name}.${String(verb)}` as Verb, args, bound);
      },
    });
  }

  #call(verb: Verb, args: unknown[], inner: Pending["inner"]): Promise<unknown> {
    const { world } = this.#process;
    if (this.#closed) {
      world.say(this.#process.name, `calls ${verb} of a store that it has closed`);
      return Promise.reject(new BelfryError("E_STORE_UNAVAILABLE", { detail: "it is closed" }));
    }
    return new Promise((resolve, reject) => {
      const base = { number: world.nextCall(), process: this.#process, verb, args: copy(args), issuedAt: world.time };
      const flags = { guess: this.now(), dropped: false, done: false, settled: false };
      this.#send({ ...base, ...flags, fate: fateOf(world, verb), inner, resolve, reject });
    });
  }

  #send(call: Pending): void {
    const { world } = this.#process;
    const { fate } = call;
    this.#pending.add(call);
    world.sayCall(call, fate);
    const follows = world.options.inOrder || this.#newest.turn === world.turn;
    const arrivesAt = Math.max(
      world.time + fate.requestMs,
      follows && fate.kind !== "late" ? this.#newest.arrivesAt : 0,
    );
    if (fate.kind !== "late") this.#newest = { ...this.#newest, turn: world.turn, arrivesAt };
    if (fate.troubled || arrivesAt - world.time > troubledMs) this.#begin(call);
    if (fate.kind === "refused") return this.#fail(call, arrivesAt, fate.code);
    if (fate.kind !== "ok") this.#fail(call, Math.max(arrivesAt, call.issuedAt + fate.givesUpMs), "E_OUTCOME_UNKNOWN");
    if (fate.kind === "lost") call.done = true;
    else world.plan(fate.kind === "late" ? call.issuedAt + fate.appliedMs : arrivesAt, () => this.#apply(call));
  }

  #apply(call: Pending): void {
    const { world } = this.#process;
    if (call.dropped) return;
    if (this.#process.holdsRequests) {
      this.#process.onThaw(() => world.plan(world.time + 1, () => this.#apply(call)));
      return;
    }
    call.done = true;
    if (!world.reaches(this.#process)) return this.#unreachable(call, world.random.chance(0.4));
    const answered = (answer: unknown) => {
      world.committed(call, copy(answer));
      this.#answer(call, () => call.resolve(copy(answer)));
    };
    call.inner(...copy(call.args)).then(answered, (error: unknown) => {
      if (!isBelfryError(error))
        world.fail("store", `${call.verb} threw ${error instanceof Error ? error.stack : String(error)}`);
      this.#answer(call, () => call.reject(error));
    });
  }

  #answer(call: Pending, settle: () => void): void {
    const { world } = this.#process;
    if (call.fate.kind !== "ok") return;
    const at = Math.max(world.time + call.fate.answerMs, world.options.inOrder ? this.#newest.answeredAt : 0);
    this.#newest.answeredAt = at;
    if (at - call.issuedAt > troubledMs) this.#begin(call);
    world.plan(at, () => {
      if (!world.reaches(this.#process)) return this.#unreachable(call, true);
      this.#settle(call, at, settle);
    });
  }

  /** The store is away. What was sent may have been lost with it, and the caller cannot know. */
  #unreachable(call: Pending, sent: boolean): void {
    if (call.settled) return;
    const { world } = this.#process;
    this.#begin(call);
    const gaveUpAt = call.issuedAt + world.random.between(0, world.callMsMax);
    this.#fail(
      call,
      Math.max(world.time, gaveUpAt),
      sent && !isRead(call.verb) ? "E_OUTCOME_UNKNOWN" : "E_STORE_UNAVAILABLE",
    );
  }

  #fail(call: Pending, at: number, code: ErrorCode): void {
    const error = errorOf(code);
    this.#settle(call, at, () => {
      this.#process.world.say(this.#process.name, `← ${call.number} ${code}`);
      call.reject(error);
    });
  }

  #settle(call: Pending, at: number, settle: () => void): void {
    this.#process.post(at, "answer", () => {
      if (call.settled) return;
      call.settled = true;
      this.#pending.delete(call);
      this.#end(call);
      settle();
      if (this.#pending.size === 0) for (const idle of this.#whenIdle.splice(0)) idle();
    });
  }

  #begin(call: Pending): void {
    const cause = `call ${call.number}`;
    this.#process.trouble.begin(cause, call.issuedAt);
    if (call.verb === "nodes.renew") this.#process.away.begin(cause, call.issuedAt);
  }

  #end(call: Pending): void {
    this.#process.world.end(this.#process, `call ${call.number}`);
  }
}

function errorOf(code: ErrorCode): BelfryError {
  if (code === "E_OUTCOME_UNKNOWN") return new BelfryError(code, { trackingId: "" });
  if (code === "E_STORE_BUSY") return new BelfryError(code, { duration: "1s" });
  return new BelfryError("E_STORE_UNAVAILABLE", { detail: "it is away" });
}
