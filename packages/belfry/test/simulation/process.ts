import type { Clock } from "../../src/clock/clock.ts";
import { Instance } from "../../src/engine/instance.ts";
import { Connection } from "./connection.ts";
import type { Version } from "./definitions.ts";
import { definitionsOf } from "./handlers.ts";
import { SimulatedPresence } from "./presence.ts";
import { Trouble } from "./trouble.ts";
import type { World } from "./world.ts";

/** What a process runs on. Outlives it. */
export interface Machine {
  readonly slot: number;
  bootId: string;
  readonly leaseMs: number;
  /** Whether its processes run anything. */
  readonly works: boolean;
  /** How fast its monotonic clock goes; true time has 1. */
  readonly monoRate: number;
  readonly monoStart: number;
  /** Where its wall clock and its guess of the store's clock are off, on PostgreSQL. */
  wallOffMs: number;
  guessOffMs: number;
}

interface Delivery {
  readonly kind: "timer" | "answer";
  readonly at: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** One process with an engine, from its start to its end. Everything that reaches its code passes here. */
export class Process {
  readonly world: World;
  readonly machine: Machine;
  readonly name: string;
  readonly version: Version;
  readonly instance: Instance;
  readonly presence: SimulatedPresence;
  /** When it could not reach the store, or could not run. */
  readonly away = new Trouble();
  /** When anything at all was not as it should be. */
  readonly trouble = new Trouble();
  connection: Connection | undefined;
  phase: "starting" | "up" | "stopping" | "stopped" = "starting";
  alive = true;
  /** True time since when it has been up, or gone. */
  upSince = Number.POSITIVE_INFINITY;
  endedAt = Number.POSITIVE_INFINITY;
  /** True time of the call of `stop()`. */
  stopCalledAt = Number.POSITIVE_INFINITY;
  partitioned = false;
  /** True time of the end of its newest freeze. */
  thawedAt = Number.NEGATIVE_INFINITY;
  #frozen = false;
  #holds = false;
  #waiting: Delivery[] = [];
  #thawed: (() => void)[] = [];

  constructor(world: World, machine: Machine, name: string, version: Version) {
    this.world = world;
    this.machine = machine;
    this.name = name;
    this.version = version;
    this.presence = new SimulatedPresence(this);
    const { stopGraceMs, concurrency, retentionMs } = world.options;
    const { leaseMs, works: work } = machine;
    const say = (level: string) => (message: string) => world.say(name, `${level}: ${message}`);
    const logger = { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
    this.instance = new Instance({
      open: () => this.#open(),
      api: () => Promise.reject(new Error("nothing is served here")),
      tasks: definitionsOf(this),
      settings: { app: "default", work, concurrency, leaseMs, stopGraceMs, retentionMs, logger },
      clock: this.#clock(),
      name,
    });
    for (const event of ["run.completed", "run.failed"] as const) {
      this.instance.on(event, ({ trackingId }) => world.noteEnd(event, trackingId));
    }
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** Runs as code of this process at `at`, or when its freeze ends; never after its death. */
  post(at: number, kind: Delivery["kind"], run: () => void): Delivery {
    const delivery: Delivery = { kind, at, run, cancelled: false };
    this.world.plan(at, () => this.#arrive(delivery));
    return delivery;
  }

  /** Whether its calls are stuck in it, instead of on their way to the store. */
  get holdsRequests(): boolean {
    return this.#frozen && this.#holds;
  }

  /** No code of it runs. `holds`: nor does the thread that talks to the store. */
  freeze(cause: string, holds: boolean): void {
    this.#frozen = true;
    this.#holds = holds;
    this.world.begin(this, cause);
  }

  /** All that waited happens now: timers in the order in which they were due, and answers, first the ones or the others. */
  thaw(cause: string): void {
    if (!this.#frozen || !this.alive) return;
    this.#frozen = false;
    this.thawedAt = this.world.time;
    this.world.end(this, cause);
    const waiting = this.#waiting;
    this.#waiting = [];
    const timersFirst = this.world.random.chance(0.5);
    const rank = (one: Delivery) => (one.kind === "timer") !== timersFirst;
    waiting.sort((a, b) => Number(rank(a)) - Number(rank(b)) || a.at - b.at);
    for (const delivery of waiting) this.post(this.world.time, delivery.kind, () => this.#deliver(delivery));
    for (const thawed of this.#thawed.splice(0)) thawed();
  }

  /** Calls back once it is not frozen. */
  onThaw(callback: () => void): void {
    this.#thawed.push(callback);
  }

  /** Everything of it stops at once. */
  die(): void {
    this.alive = false;
    this.endedAt = this.world.time;
    this.#waiting = [];
    this.connection?.die();
    this.world.forget(this);
  }

  /** The store's clock as this process can tell without asking. */
  guess(): number {
    return this.world.storeNow() + (this.world.options.model === "postgres" ? Math.round(this.machine.guessOffMs) : 0);
  }

  async #open(): Promise<Connection> {
    const connection = new Connection(this);
    this.connection = connection;
    return connection;
  }

  #arrive(delivery: Delivery): void {
    if (!this.alive || delivery.cancelled) return;
    if (this.#frozen) this.#waiting.push(delivery);
    else this.#deliver(delivery);
  }

  #deliver(delivery: Delivery): void {
    if (delivery.cancelled) return;
    try {
      delivery.run();
    } catch (error) {
      this.world.fail(
        "engine",
        `${this.name} threw out of its event loop: ${error instanceof Error ? error.stack : String(error)}`,
      );
    }
  }

  #clock(): Clock {
    const { world, machine } = this;
    return {
      now: () => world.storeNow() + (world.options.model === "postgres" ? Math.round(machine.wallOffMs) : 0),
      mono: () => machine.monoStart + world.time * machine.monoRate,
      after: (ms, callback) => {
        const delayMs = Math.max(1, Math.trunc(ms)) / machine.monoRate + world.random.between(0, 1.5);
        const delivery = this.post(world.time + delayMs, "timer", callback);
        return () => {
          delivery.cancelled = true;
        };
      },
      soon: (callback) => void this.post(world.time, "timer", callback),
      random: () => world.random.next(),
      randomHex: (characters) => world.random.hex(characters),
    };
  }

  get clock(): Clock {
    return this.#clock();
  }
}
