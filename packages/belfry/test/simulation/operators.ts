import { isBelfryError } from "../../src/base/errors.ts";
import type { ScheduleTime } from "../../src/schedule/spec.ts";
import { anyTime } from "./definitions.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** The people on call and the host's own code: they put, pause, skip and backfill, ask, and are told. */
export class Operators {
  readonly #world: World;
  readonly #everyMs: number;
  readonly #anyTime: () => ScheduleTime;

  /** `times`: when what they put is due. */
  constructor(world: World, times = () => anyTime(world.random, world.options)) {
    this.#world = world;
    this.#anyTime = times;
    this.#everyMs = world.options.operationsEveryMs;
  }

  start(): void {
    if (!Number.isFinite(this.#everyMs)) return;
    const next = () => {
      this.#world.plan(this.#world.time + this.#world.random.between(0.2, 1.8) * this.#everyMs, () => {
        if (this.#world.calm) return;
        this.actOnce();
        next();
      });
    };
    next();
  }

  /** One of them does something. */
  actOnce(): void {
    const { random } = this.#world;
    const process = random.pick(this.#world.processes.filter(({ phase, alive }) => alive && phase === "up"));
    if (!process) return;
    const acts = [
      ...[() => this.#put(process), () => this.#put(process), () => this.#delete(process), () => this.#pause(process)],
      ...[() => this.#pause(process), () => this.#resume(process), () => this.#skip(process)],
      ...[() => this.#backfill(process), () => this.#stopBackfill(process), () => this.#ask(process)],
    ];
    const act = random.pick(acts);
    process.post(this.#world.time, "answer", () => {
      if (process.phase === "up") act();
    });
  }

  #anyTask(): string {
    const { random, versions } = this.#world;
    return random.pick(random.pick(versions).tasks).name;
  }

  #anyKey(): string {
    return this.#world.random.pick(["*", "*", "default", "a", "r1", "r2"]);
  }

  #put(process: Process): void {
    const { random } = this.#world;
    const [task, key] = [this.#anyTask(), random.pick(["r1", "r2", "r3"])];
    const time = this.#anyTime();
    const schedule = {
      ...(typeof time === "string" ? { cron: time } : time),
      ...(random.chance(0.3) ? { overlap: random.pick(["skip", "bufferOne", "cancelOther", "allow"] as const) } : {}),
      ...(random.chance(0.2) ? { pauseOnFailure: random.int(1, 3) } : {}),
    };
    void this.#quietly(process, `put ${task}/${key}`, async () =>
      random.chance(0.7)
        ? (await process.instance.schedules.put(task, key, schedule)).outcome
        : JSON.stringify(await process.instance.schedules.putMany([{ task, key, schedule }])),
    );
  }

  #delete(process: Process): void {
    const [task, key] = [this.#anyTask(), this.#world.random.pick(["r1", "r2", "r3"])];
    void this.#quietly(process, `delete ${task}/${key}`, async () => {
      const { runs } = await process.instance.schedules.delete(task, key);
      return `${runs.length} runs`;
    });
  }

  #pause(process: Process): void {
    const { random } = this.#world;
    const [task, key] = [random.chance(0.1) ? "*" : this.#anyTask(), this.#anyKey()];
    const until = random.chance(0.5) ? { until: new Date(process.instance.now() + random.spread(500, 30_000)) } : {};
    void this.#quietly(process, `pause ${task}/${key}`, async () => {
      return `${(await process.instance.schedules.pause(task, key, { reason: "a look", ...until })).count}`;
    });
  }

  #resume(process: Process): void {
    const [task, key] = [this.#world.random.chance(0.5) ? "*" : this.#anyTask(), this.#anyKey()];
    void this.#quietly(process, `resume ${task}/${key}`, async () => {
      return `${(await process.instance.schedules.resume(task, key)).count}`;
    });
  }

  #skip(process: Process): void {
    const { random } = this.#world;
    const [task, key] = [this.#anyTask(), this.#anyKey()];
    const what = random.chance(0.5)
      ? { count: random.int(1, 5) }
      : { until: new Date(process.instance.now() + random.spread(500, 20_000)) };
    void this.#quietly(process, `skip ${task}/${key}`, async () => {
      return `${(await process.instance.schedules.skip(task, key, what)).count}`;
    });
  }

  #backfill(process: Process): void {
    const { random } = this.#world;
    const [task, key] = [this.#anyTask(), random.pick(["default", "r1", "a"])];
    const now = process.instance.now();
    const range = { from: new Date(now - random.spread(2_000, 60_000)), to: new Date(now) };
    const rules = {
      order: random.pick(["oldest", "newest"] as const),
      concurrency: random.int(1, 4),
      reprocess: random.pick(["none", "failed", "all"] as const),
      dryRun: random.chance(0.2),
    };
    void this.#quietly(process, `backfill ${task}/${key}`, async () => {
      return JSON.stringify(await process.instance.schedules.backfill(task, key, { ...range, ...rules }));
    });
  }

  #stopBackfill(process: Process): void {
    const { random, state } = this.#world;
    const id = random.pick([...state.backfills.all])?.id;
    if (id === undefined) return;
    const verb = random.pick(["pause", "resume", "cancel"] as const);
    void this.#quietly(process, `${verb} backfill ${id}`, async () => {
      return (await process.instance.backfills[verb](id)).state;
    });
  }

  #ask(process: Process): void {
    const at = new Date(process.instance.now() - this.#world.random.int(0, 20_000));
    const task = this.#anyTask();
    void this.#quietly(process, `explain ${task}`, async () => (await process.instance.explain(task, { at })).text);
  }

  async #quietly(process: Process, what: string, call: () => Promise<string>): Promise<void> {
    try {
      this.#world.say(process.name, `${what}: ${await call()}`);
    } catch (error) {
      if (!isBelfryError(error))
        this.#world.fail("operators", `${what} rejected ${error instanceof Error ? error.stack : String(error)}`);
      else this.#world.say(process.name, `${what}: ${error.code}`);
    }
  }
}
