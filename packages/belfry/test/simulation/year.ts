import type { Audit } from "../../src/api/account.ts";
import { shared } from "../../src/engine/global.ts";
import { BackfillRuns } from "./checkers/backfills.ts";
import { Firings } from "./checkers/firings.ts";
import { Held } from "./checkers/held.ts";
import { Operators } from "./operators.ts";
import { type Options, optionsOf } from "./options.ts";
import type { Process } from "./process.ts";
import { type Violation, World } from "./world.ts";
import { anyYearTime, yearVersions } from "./year-definitions.ts";

const dayMs = 86_400_000;
/** How long everything runs around each due instant, and how long before it. */
const awakeMs = 6_000;
const earlyMs = 3_500;
const slots = 3;

/** How a long history is made. */
export interface YearOptions {
  readonly seed: number;
  readonly days: number;
  /** What the clock shows at the start. */
  readonly startsAt: number;
}

/** What became of it. */
export interface Year {
  readonly violation: Violation | undefined;
  readonly audit: Audit;
  readonly schedules: number;
  readonly firings: number;
  readonly troubles: Record<string, number>;
  readonly world: World;
  /** Audits again: what was done to the tables meanwhile is to be found. */
  readonly auditAgain: () => Promise<Audit>;
}

/**
 * Three nodes with some 200 schedules in 20 zones for a long time, with crashes, outages, jumps of the clock, deploys
 * and edits. Between due instants all machines are suspended: so a year takes minutes.
 */
export async function simulateYear({ seed, days, startsAt }: YearOptions): Promise<Year> {
  const faults = { crash: 0, freeze: 0, block: 0, stop: 0, partition: 0, away: 0, slow: 0, jump: 0 };
  const calls = { refused: 0, answerLost: 0, late: 0, lost: 0 };
  const quiet: Partial<Options> = {
    ...{ model: "sqlite", slots, startsAt, faults, calls, hints: "soon", retentionMs: 366 * dayMs, hasReader: false },
    ...{ triggersPerSecond: 0, operationsEveryMs: Number.POSITIVE_INFINITY, concurrency: 100, stopGraceMs: 1_000 },
  };
  const world = new World(optionsOf(seed, quiet), undefined, yearVersions(seed));
  world.checkers.push(new Firings(world), new Held(world), new BackfillRuns(world));
  const year = new YearOfTrouble(world);
  await year.pass(days * dayMs);
  const audit = await year.audit();
  for (const process of world.processes) world.forget(process);
  for (const checker of world.checkers) checker.atEnd?.();
  return {
    ...{ violation: world.violation, audit, schedules: world.state.schedules.byName.size, world },
    ...{ firings: audit.fired, troubles: year.troubles, auditAgain: () => year.audit() },
  };
}

/** What happens to the three nodes, a window of time after the other. */
class YearOfTrouble {
  readonly troubles: Record<string, number> = {};
  readonly #world: World;
  readonly #operators: Operators;
  #windows = 0;

  constructor(world: World) {
    this.#world = world;
    this.#operators = new Operators(world, () => anyYearTime(world.random));
  }

  async pass(ms: number): Promise<void> {
    for (let slot = 0; slot < slots; slot++) this.#launch(slot);
    await this.#awake();
    const end = this.#world.time + ms;
    while (this.#world.time < end && !this.#world.violation) {
      this.#trouble();
      this.#sleep();
      await this.#awake();
    }
    for (let slot = 0; slot < slots; slot++) if (!this.#world.on(slot)) this.#launch(slot);
    await this.#world.run(this.#world.time + 60_000);
  }

  /** What the living audit of it all. */
  async audit(): Promise<Audit> {
    const world = this.#world;
    const node = world.processes.find(({ alive, phase }) => alive && phase === "up") as Process;
    shared().engines.add(node.instance);
    let audit: Audit | undefined;
    const asked = node.instance.audit().then((answer) => {
      audit = answer;
    });
    await world.run(world.time + 3_600_000, () => audit !== undefined);
    await asked;
    return audit as unknown as Audit;
  }

  async #awake(): Promise<void> {
    await this.#world.run(this.#world.time + awakeMs);
  }

  /** Up to shortly before the next thing is due; not while anything runs. */
  #sleep(): void {
    const { state } = this.#world;
    const now = this.#world.storeNow();
    if (state.runs.running.size + state.runs.ready.size + state.backfills.running.size > 0) return;
    const next = Math.min(state.schedules.byDue.first?.dueAt ?? now, state.runs.delayed.first?.availableAt ?? Infinity);
    if (next - now > earlyMs) this.#world.suspend(Math.min(next - now - earlyMs, dayMs));
  }

  /** What may happen before any window: each of these once soon, and then a few times in a month. */
  #trouble(): void {
    const { random } = this.#world;
    const window = 1 / 400;
    this.#windows += 1;
    if (this.#windows === 50) this.#count("jump", () => this.#jump(20 * 60_000));
    if (this.#windows === 100) this.#count("outage", () => this.#outage(3 * 3_600_000));
    if (this.#windows === 150) this.#count("crash", () => this.#crash(3_600_000));
    if (this.#windows === 200) this.#count("deploy", () => this.#deploy());
    if (this.#windows === 250) this.#count("edit", () => this.#operators.actOnce());
    const happens = (perDay: number) => random.chance(perDay * window);
    if (happens(1)) this.#count("crash", () => this.#crash(random.spread(100, 4 * 3_600_000)));
    if (happens(0.2))
      this.#count("outage", () => this.#outage(random.pick([3 * 3_600_000, 3 * 3_600_000, 10 * dayMs])));
    if (happens(0.3)) this.#count("jump", () => this.#jump(random.spread(1_000, 2 * 3_600_000)));
    if (happens(0.7)) this.#count("deploy", () => this.#deploy());
    if (happens(6)) this.#count("edit", () => this.#operators.actOnce());
  }

  #count(what: string, act: () => void): void {
    this.troubles[what] = (this.troubles[what] ?? 0) + 1;
    this.#world.say("!", what);
    act();
  }

  #crash(ms: number): void {
    const { world } = { world: this.#world };
    const slot = world.random.int(0, slots - 1);
    world.on(slot)?.die();
    world.plan(world.time + ms, () => {
      if (!world.on(slot)) this.#launch(slot);
    });
  }

  /** Nobody is up for so long. */
  #outage(ms: number): void {
    const world = this.#world;
    for (let slot = 0; slot < slots; slot++) world.on(slot)?.die();
    world.suspend(ms);
    for (let slot = 0; slot < slots; slot++) this.#launch(slot);
  }

  #jump(ms: number): void {
    const world = this.#world;
    world.storeOffMs += world.random.chance(0.5) ? ms : -ms;
  }

  /** A node begins anew with another set of definitions. */
  #deploy(): void {
    const world = this.#world;
    const slot = world.random.int(0, slots - 1);
    world.on(slot)?.die();
    this.#launch(slot, world.random.int(0, world.versions.length - 1));
  }

  #launch(slot: number, version = 0): void {
    const world = this.#world;
    const process = world.spawn(slot, world.versions[version] as World["versions"][0]);
    process.post(world.time, "timer", () => {
      process.instance.start().then(
        () => {
          process.phase = "up";
          process.upSince = world.time;
        },
        (error: unknown) => world.fail("year", `${process.name} does not start: ${String(error)}`),
      );
    });
  }
}
