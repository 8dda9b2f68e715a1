import { expect, onTestFinished } from "vitest";
import { defaults } from "../../../src/base/limits.ts";
import { shared } from "../../../src/engine/global.ts";
import { Instance } from "../../../src/engine/instance.ts";
import type { EngineSettings } from "../../../src/engine/options.ts";
import { type RunRecord, toRunRecord } from "../../../src/run/record.ts";
import { MemoryState } from "../../../src/store/memory/state.ts";
import { memoryStore } from "../../../src/store/memory/store.ts";
import type { Presence } from "../../../src/store/presence.ts";
import { Said, Told } from "./ears.ts";
import { Link, Writes } from "./link.ts";
import { TestClock, Time } from "./time.ts";

const settings = {
  app: defaults.app,
  work: true,
  concurrency: defaults.concurrencyPerNode,
  leaseMs: defaults.leaseMs,
  stopGraceMs: defaults.stopGraceMs,
  retentionMs: defaults.retentionMs,
};

/** One process with an engine. */
export interface TestNode {
  readonly belfry: Instance;
  readonly clock: TestClock;
  readonly link: Link;
  /** What it logged. */
  readonly said: Said;
  /** Its events. */
  readonly told: Told;
  /** Nothing of it runs any more, and the kernel has closed its socket. */
  crash(): void;
  /** Stops it, while time passes. */
  stop(): Promise<void>;
}

interface NodeOptions extends Partial<EngineSettings> {
  readonly tasks?: readonly unknown[];
  /** Whether it listens on a socket, which proves its death. Default false. */
  readonly sockets?: boolean;
  /** Makes the engine. Default: as `createBelfry` does. */
  readonly make?: (deps: ConstructorParameters<typeof Instance>[0]) => Instance;
}

/**
 * Processes with engines on one store, in a time that the test moves. At the test's end all that still run are stopped,
 * and nothing may be left behind: no timer, no open store, no socket.
 */
export class World {
  readonly time: Time;
  readonly state: MemoryState;
  readonly nodes: TestNode[] = [];
  /** The names of the processes that listen. */
  readonly sockets = new Set<string>();
  readonly #writes = new Writes();
  readonly #crashed = new Set<TestNode>();

  constructor(wall = "2026-01-05T12:00:00.000Z") {
    this.time = new Time(wall);
    this.state = new MemoryState(() => this.time.wallMs);
    onTestFinished(() => this.#end());
  }

  /** A node that is not started yet. */
  node({ tasks = [], sockets = false, make = (deps) => new Instance(deps), ...given }: NodeOptions = {}): TestNode {
    const name = `node-${this.nodes.length + 1}`;
    const clock = new TestClock(this.time);
    const link = new Link(memoryStore(this.state, this.#presence(name, sockets)), clock, this.#writes);
    const said = new Said();
    const deps = {
      open: async () => link.open(),
      api: () => Promise.reject(new Error("nothing is served here")),
      tasks,
      settings: { ...settings, logger: said, ...given },
      clock,
      name,
    };
    const belfry = make(deps);
    const crash = () => {
      clock.frozen = true;
      this.sockets.delete(name);
      shared().engines.delete(belfry);
      this.#crashed.add(node);
    };
    const stop = () => this.time.during(belfry.stop(), 20 * 60_000);
    const node = { belfry, clock, link, said, told: new Told(belfry), crash, stop };
    this.nodes.push(node);
    return node;
  }

  /** A node that is started and has had time to claim. */
  async start(options: NodeOptions = {}): Promise<TestNode> {
    const node = this.node(options);
    await this.time.during(node.belfry.start());
    await this.time.settle();
    return node;
  }

  /** A run's record, whatever node is there to ask. */
  record(trackingId: string): RunRecord {
    const run = this.state.findRun(trackingId);
    if (!run) throw new Error(`there is no run ${trackingId}`);
    return toRunRecord(structuredClone(run));
  }

  #presence(name: string, isPossible: boolean): Presence {
    return {
      listen: async () => {
        if (isPossible) this.sockets.add(name);
        return isPossible ? { socket: name, bootId: "boot" } : undefined;
      },
      probe: async ({ socket }) => (socket === undefined || this.sockets.has(socket) ? "unknown" : "dead"),
      forget: async () => {},
      close: async () => void this.sockets.delete(name),
    };
  }

  async #end(): Promise<void> {
    const nodes = this.nodes.filter((node) => !this.#crashed.has(node));
    for (const node of nodes) {
      node.clock.frozen = false;
      node.link.away = false;
    }
    await Promise.all(nodes.map((node) => node.stop()));
    for (const { clock, link } of nodes) {
      expect(this.time.pending(clock), "timers left behind by an engine that is stopped").toBe(0);
      expect(link.isOpen, "the store is left open").toBe(false);
    }
    expect(this.sockets, "sockets left open").toEqual(new Set());
  }
}
