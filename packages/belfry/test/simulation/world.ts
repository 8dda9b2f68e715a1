import { shared } from "../../src/engine/global.ts";
import { MemoryState } from "../../src/store/memory/state.ts";
import { memoryStore } from "../../src/store/memory/store.ts";
import type { Store } from "../../src/store/store.ts";
import { Callers, type Entry } from "./callers.ts";
import type { Checker } from "./checkers/checker.ts";
import { type Version, versionsOf } from "./definitions.ts";
import type { Fate } from "./fates.ts";
import { type Invocation, Invocations } from "./invocations.ts";
import type { CallRates, Options } from "./options.ts";
import { type Machine, Process } from "./process.ts";
import { type Planned, Queue } from "./queue.ts";
import { Random } from "./random.ts";
import type { Sabotage } from "./sabotage.ts";
import { type Commit, Shadow } from "./shadow.ts";
import { Trace } from "./trace.ts";
import { type Call, isRead } from "./verbs.ts";

/** Of the lease: how long a call may take before it settles. */
const callLeases = 0.3;

const nothing = { runs: [], nodes: [], schedules: [], wasEnabled: () => true };

/** What is wrong, by which checker. */
export interface Violation {
  readonly checker: string;
  readonly message: string;
}

/** One history: a store, the processes around it, and true time, which only this knows. */
export class World {
  readonly options: Options;
  readonly random: Random;
  readonly trace = new Trace();
  readonly invocations = new Invocations();
  readonly callers: Callers;
  readonly versions: readonly Version[];
  readonly processes: Process[] = [];
  readonly sockets = new Map<string, Process>();
  readonly state: MemoryState;
  readonly shadow: Shadow;
  readonly checkers: Checker[] = [];
  readonly callMsMax: number;
  violation: Violation | undefined;
  /** Milliseconds since the start. */
  time = 0;
  turn = 0;
  /** The faults are over: from now on everything must come to its end. */
  calm = false;
  calls: CallRates;
  slow = false;
  away = false;
  /** Where the store's clock has jumped to. */
  storeOffMs = 0;
  readonly #queue = new Queue();
  readonly #sabotage: Sabotage | undefined;
  readonly #machines: Machine[];
  #callCount = 0;
  #processCount = 0;

  constructor(options: Options, sabotage?: Sabotage, versions?: readonly Version[]) {
    this.options = options;
    this.#sabotage = sabotage;
    this.random = new Random(options.seed);
    this.calls = options.calls;
    this.callMsMax = callLeases * options.leaseMs;
    const now = () => this.storeNow();
    this.state = sabotage?.state?.(now) ?? new MemoryState(now);
    this.shadow = new Shadow(this.state);
    this.versions = versions ?? versionsOf(this.random.fork(), options);
    this.callers = new Callers(this);
    this.#machines = Array.from({ length: options.slots + 1 }, (_, slot) => this.#machine(slot));
  }

  storeNow(): number {
    return Math.floor(this.options.startsAt + this.time + this.storeOffMs);
  }

  plan(at: number, run: () => void): Planned {
    return this.#queue.add(at, run);
  }

  /** Lets everything happen that is planned up to `until`, one after the other, until `done` says so or something is wrong. */
  async run(until: number, done: () => boolean = () => false): Promise<void> {
    while (!this.violation && !done()) {
      const next = this.#queue.take(until);
      if (!next) {
        this.time = until;
        return;
      }
      this.time = Math.max(this.time, next.at);
      this.turn += 1;
      next.run();
      await settled();
      if (this.turn % 5_000 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  /** All machines are suspended for so long. */
  suspend(ms: number): void {
    this.time += ms;
    this.#queue.shift(ms);
  }

  say(who: string, what: string): void {
    this.trace.say(this.time, who, what);
  }

  sayCall(call: Call, fate: Fate): void {
    this.say(
      call.process.name,
      `→ ${call.number} ${call.verb} ${shown(call.args)}${fate.kind === "ok" ? "" : ` [${fate.kind}]`}`,
    );
  }

  fail(checker: string, message: string): void {
    this.say("!", `${checker}: ${message}`);
    this.violation ??= { checker, message };
  }

  nextCall(): number {
    return ++this.#callCount;
  }

  /** A new process on a slot's machine. */
  spawn(slot: number, version: Version): Process {
    const name = `n${slot}.${++this.#processCount}`;
    const process = new Process(this, this.#machines[slot] as Machine, name, version);
    this.processes.push(process);
    if (this.away) this.begin(process, "away");
    if (this.slow) process.trouble.begin("slow", this.time);
    this.say(name, `starts with version ${version.number}`);
    return process;
  }

  /** The newest process of a slot that is still there. */
  on(slot: number): Process | undefined {
    return this.processes.findLast(({ machine, alive }) => machine.slot === slot && alive);
  }

  machineOf(slot: number): Machine {
    return this.#machines[slot] as Machine;
  }

  forget(process: Process): void {
    shared().engines.delete(process.instance);
  }

  storeOf(process: Process): Store {
    const store = memoryStore(this.state, process.presence);
    return this.#sabotage?.store?.(store, process) ?? store;
  }

  reaches(process: Process): boolean {
    return !this.away && !process.partitioned;
  }

  begin(process: Process, cause: string): void {
    process.away.begin(cause, this.time);
    process.trouble.begin(cause, this.time);
  }

  end(process: Process, cause: string): void {
    process.away.end(cause, this.time);
    process.trouble.end(cause, this.time);
  }

  /** A call has just changed the store, or read it. */
  committed(call: Call, answer: unknown): void {
    const commit: Commit = {
      ...{ at: this.time, now: this.storeNow(), call, answer },
      ...(isRead(call.verb) ? nothing : this.shadow.changes(call)),
    };
    this.say(call.process.name, `= ${call.number} ${call.verb} ${isRead(call.verb) ? sizeOf(answer) : shown(answer)}`);
    for (const checker of this.checkers) checker.onCommit?.(commit);
    this.shadow.advance(commit);
    if (isVisible(commit)) {
      for (const { connection, alive } of this.processes)
        if (alive && connection !== call.process.connection) connection?.hint();
    }
  }

  noteStart(invocation: Invocation): void {
    for (const checker of this.checkers) checker.onStart?.(invocation);
    this.invocations.start(invocation);
  }

  noteAbort(invocation: Invocation): void {
    for (const checker of this.checkers) checker.onAbort?.(invocation);
  }

  noteAnswer(entry: Entry): void {
    for (const checker of this.checkers) checker.onAnswer?.(entry);
  }

  noteEnd(event: "run.completed" | "run.failed" | "onFailure", id: string): void {
    for (const checker of this.checkers) checker.onEnd?.(event, id);
  }

  noteCancel(id: string, answer: "ended" | "requested"): void {
    for (const checker of this.checkers) checker.onCancel?.(id, answer);
  }

  #machine(slot: number): Machine {
    const { random, options } = this;
    const shares = options.model === "sqlite";
    const guessOffMs = random.chance(0.5) ? 0 : random.between(-250, 250);
    const [monoRate, monoStart] = [random.between(0.99, 1.01), random.between(0, 1e7)];
    const leaseMs = options.leaseMs * (options.mixedLeases && slot % 2 === 1 ? 2 : 1);
    const works = !options.hasReader || slot === 0 || slot !== options.slots - 1;
    const bootId = shares ? "boot" : `boot${slot}`;
    return { slot, leaseMs, works, bootId, monoRate, monoStart, wallOffMs: random.between(-5_000, 5_000), guessOffMs };
  }
}

/** Resolves once every microtask has run, those that microtasks make included. */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** What a trace shows of a call: not where this code lies, nor the same ids again and again. */
function shown(value: unknown): string {
  const text =
    JSON.stringify(value, (key, part: unknown) => (key === "stack" || key === "taskIds" ? undefined : part)) ?? "";
  return text.length > 1_500 ? `${text.slice(0, 1_500)}… ${text.length}` : text;
}

function sizeOf(answer: unknown): string {
  if (Array.isArray(answer)) return `${answer.length} rows`;
  const held = typeof answer === "object" && answer !== null && "runs" in answer && Array.isArray(answer.runs);
  return held ? `${(answer.runs as unknown[]).length} runs` : String(answer);
}

/** Whether other processes could notice it: renewing a lease alone is not told to anybody. */
function isVisible({ call, runs, nodes, schedules }: Commit): boolean {
  if (runs.length > 0 || schedules.length > 0 || call.verb === "logs.append") return true;
  return nodes.some(({ before, after }) => !before || !after);
}
