import type { FaultRates } from "./options.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** Starts, stops and kills processes, and brings the faults that this history has, until they end. */
export class Faults {
  readonly #world: World;
  #version = 0;
  #heal: (() => void)[] = [];
  #offMsMax = 0;

  constructor(world: World) {
    this.#world = world;
  }

  begin(): void {
    const { random, options } = this.#world;
    for (let slot = 0; slot < options.slots; slot++) this.#launchIn(slot === 0 ? 0 : random.between(0, 3_000), slot);
    const acts: Record<keyof FaultRates, () => void> = {
      crash: () => this.#crash(),
      freeze: () => this.#freeze("frozen", 1_000, 40_000),
      block: () => this.#freeze("blocked", 300, 20_000),
      stop: () => this.#stop(),
      partition: () => this.#partition(),
      away: () => this.#away(),
      slow: () => this.#slow(),
      jump: () => this.#jump(),
    };
    for (const kind of Object.keys(acts) as (keyof FaultRates)[]) this.#repeat(options.faults[kind], acts[kind]);
  }

  /** From now on nothing fails any more, and what is down comes up, with the first definitions. */
  end(): void {
    const world = this.#world;
    world.calm = true;
    world.calls = { refused: 0, answerLost: 0, late: 0, lost: 0 };
    for (const heal of this.#heal.splice(0)) heal();
    if (world.storeOffMs !== this.#offMsMax) this.#jumpTo(this.#offMsMax);
    world.say("!", "all faults are over");
    const { slots } = world.options;
    for (let slot = 0; slot < slots; slot++) this.#launchIn(world.random.between(0, 1_000), slot);
    if (world.processes.some(({ version }) => version.number !== 0)) this.#launchIn(1_500, slots);
  }

  #repeat(perMinute: number, act: () => void): void {
    if (perMinute === 0) return;
    const { random } = this.#world;
    const waitMs = -Math.log(1 - random.next()) * (60_000 / perMinute);
    this.#world.plan(this.#world.time + waitMs, () => {
      if (this.#world.calm) return;
      act();
      this.#repeat(perMinute, act);
    });
  }

  /** Ends a fault after `ms`, or when all faults end. */
  #for(ms: number, end: () => void): void {
    let over = false;
    const heal = () => {
      if (!over) end();
      over = true;
    };
    this.#heal.push(heal);
    this.#world.plan(this.#world.time + ms, heal);
  }

  /** How long a fault lasts: often about as long as a node may be away, where it matters most. */
  #lengthMs(min: number, max: number): number {
    const { random, options } = this.#world;
    return random.chance(0.35) ? options.leaseMs * random.between(1.2, 2.2) : random.spread(min, max);
  }

  #anyone(fits: (process: Process) => boolean = () => true): Process | undefined {
    return this.#world.random.pick(
      this.#world.processes.filter((one) => one.alive && one.phase !== "stopped" && fits(one)),
    );
  }

  #launchIn(ms: number, slot: number): void {
    const world = this.#world;
    world.plan(world.time + ms, () => {
      if (world.on(slot)) return;
      if (world.calm) this.#version = 0;
      else if (world.random.chance(world.options.deploys))
        this.#version = world.random.int(0, world.versions.length - 1);
      const process = world.spawn(slot, world.versions[this.#version] as (typeof world.versions)[0]);
      process.post(world.time, "timer", () => this.#start(process));
    });
  }

  #start(process: Process): void {
    const world = this.#world;
    process.instance.start().then(
      () => {
        world.say(process.name, "is up");
        if (process.phase === "starting") process.phase = "up";
        process.upSince = world.time;
      },
      (error: unknown) => {
        world.say(process.name, `does not start: ${String(error)}`);
        process.trouble.note(world.time, world.time);
        if (process.phase === "starting") process.post(world.time + 1_000, "timer", () => this.#start(process));
      },
    );
  }

  #crash(): void {
    const { random, processes, options } = this.#world;
    const all = random.chance(0.15);
    if (all && options.model === "sqlite" && random.chance(0.5)) {
      const bootId = `boot${random.hex(4)}`;
      for (let slot = 0; slot <= options.slots; slot++) this.#world.machineOf(slot).bootId = bootId;
    }
    const victims = all ? processes.filter(({ alive }) => alive) : [this.#anyone()];
    for (const victim of victims) {
      if (!victim) continue;
      this.#world.say(victim.name, "crashes");
      victim.die();
      this.#launchIn(random.spread(50, 20_000), victim.machine.slot);
    }
  }

  #freeze(cause: string, msMin: number, msMax: number): void {
    const { random } = this.#world;
    const process = this.#anyone(({ frozen }) => !frozen);
    if (!process) return;
    const ms = this.#lengthMs(msMin, msMax);
    this.#world.say(process.name, `is ${cause} for ${ms.toFixed(0)} ms`);
    process.freeze(cause, cause === "frozen" && random.chance(0.5));
    this.#for(ms, () => {
      this.#world.say(process.name, `is no longer ${cause}`);
      process.thaw(cause);
    });
  }

  #stop(): void {
    const { random } = this.#world;
    const process = this.#anyone(({ phase }) => phase === "up" || (phase === "starting" && random.chance(0.2)));
    if (!process) return;
    this.#world.say(process.name, "is to stop");
    process.phase = "stopping";
    const lingersMs = random.chance(0.5) ? 0 : random.spread(500, 20_000);
    process.post(this.#world.time, "timer", () => {
      process.stopCalledAt = this.#world.time;
      process.instance.stop().then(
        () => this.#stopped(process, lingersMs),
        (error: unknown) => this.#stopped(process, lingersMs, error),
      );
    });
  }

  #stopped(process: Process, lingersMs: number, error?: unknown): void {
    const world = this.#world;
    world.say(process.name, `has stopped${error === undefined ? "" : `: ${String(error)}`}`);
    process.phase = "stopped";
    for (const checker of world.checkers) checker.onStopped?.(process, error);
    world.plan(world.time + lingersMs, () => {
      if (!process.alive) return;
      world.say(process.name, "exits");
      process.die();
      this.#launchIn(world.random.spread(50, 5_000), process.machine.slot);
    });
  }

  #partition(): void {
    const world = this.#world;
    const process = this.#anyone(({ partitioned }) => !partitioned);
    if (!process) return;
    process.partitioned = true;
    world.begin(process, "partition");
    world.say(process.name, "cannot reach the store");
    this.#for(this.#lengthMs(300, 40_000), () => {
      process.partitioned = false;
      world.end(process, "partition");
      world.say(process.name, "can reach the store");
    });
  }

  #away(): void {
    const world = this.#world;
    if (world.away) return;
    world.away = true;
    for (const process of world.processes) world.begin(process, "away");
    world.say("!", "the store is away");
    this.#for(this.#lengthMs(300, 30_000), () => {
      world.away = false;
      for (const process of world.processes) world.end(process, "away");
      world.say("!", "the store is back");
    });
  }

  #slow(): void {
    const world = this.#world;
    if (world.slow) return;
    world.slow = true;
    for (const { trouble } of world.processes) trouble.begin("slow", world.time);
    world.say("!", "the store is slow");
    this.#for(world.random.spread(1_000, 20_000), () => {
      world.slow = false;
      for (const { trouble } of world.processes) trouble.end("slow", world.time);
      world.say("!", "the store is no longer slow");
    });
  }

  /** On SQLite the machine's clock jumps, for all; on PostgreSQL one node's clock and its guess of the store's. */
  #jump(): void {
    const { random, options, storeOffMs } = this.#world;
    const ms = random.spread(50, 4 * 3_600_000) * (random.chance(0.5) ? 1 : -1);
    if (options.model === "sqlite") return this.#jumpTo(storeOffMs + ms);
    const machine = this.#world.machineOf(random.int(0, options.slots - 1));
    machine.wallOffMs = ms;
    machine.guessOffMs = random.between(-250, 250);
  }

  #jumpTo(offMs: number): void {
    const world = this.#world;
    world.say("!", `the store's clock jumps by ${((offMs - world.storeOffMs) / 1_000).toFixed(1)} s`);
    world.storeOffMs = offMs;
    this.#offMsMax = Math.max(this.#offMsMax, offMs);
    for (const { trouble } of world.processes) trouble.note(world.time, world.time);
  }
}
