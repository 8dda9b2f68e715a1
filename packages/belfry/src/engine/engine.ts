import { textOf } from "../base/text.ts";
import { type Clock, sleep } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import type { TaskRow } from "../store/tasks.ts";
import type { Registry } from "../task/registry.ts";
import { Backfiller } from "./backfiller.ts";
import { Claimer } from "./claimer.ts";
import { Claims } from "./claims.ts";
import { captureConsole, releaseConsole } from "./console.ts";
import { deployTasks } from "./deploy.ts";
import type { Events } from "./events.ts";
import { Executor } from "./executor.ts";
import { Finisher } from "./finisher.ts";
import type { GlobalEngine } from "./global.ts";
import { Inserter } from "./inserter.ts";
import { Lease } from "./lease.ts";
import type { EngineSettings } from "./options.ts";
import { Planner } from "./planner.ts";
import { Pruner } from "./pruner.ts";
import { Reaper } from "./reaper.ts";
import { Reporter } from "./reporter.ts";
import { Slots } from "./slots.ts";

/** How long the last writes of a stop may take at least. */
const lastWritesMs = 5_000;

interface EngineDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly settings: EngineSettings;
  readonly events: Events;
  /** This process's name in records. */
  readonly name: string;
  /** What code inside of a handler reaches as its engine. */
  readonly outer: GlobalEngine;
}

/** One node: its lease, its loops, and how they wake each other. Decides nothing itself. */
export class Engine {
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: EngineSettings;
  readonly reporter: Reporter;
  readonly inserter: Inserter;
  readonly executor: Executor;
  readonly backfiller: Backfiller;
  readonly #deps: EngineDeps;
  readonly #finisher: Finisher;
  readonly #claims: Claims;
  readonly #claimer: Claimer;
  readonly #planner: Planner;
  readonly #lease: Lease;
  readonly #reaper: Reaper;
  readonly #pruner: Pruner;
  #ownTaskIds: string[] = [];
  #endChanges: () => void = () => {};
  #capturing = false;

  constructor(deps: EngineDeps) {
    const { store, clock, registry, settings, events, name } = deps;
    const { logger, leaseMs, stopGraceMs, retentionMs } = settings;
    this.#deps = deps;
    this.store = store;
    this.clock = clock;
    this.settings = settings;
    const base = { store, clock, logger };
    const slots = new Slots(settings.concurrency);
    const onReady = (at?: number) => this.#claimer.want(at);
    this.reporter = new Reporter({ ...base, registry, events, engine: deps.outer });
    const reporter = this.reporter;
    const afterFlush = () => this.#claimer.wake();
    this.#finisher = new Finisher({ ...base, afterFlush, onEnded: () => this.backfiller.ended() });
    const finisher = this.#finisher;
    const voice = {
      now: () => store.now(),
      say: finisher.say.bind(finisher),
      progress: finisher.progress.bind(finisher),
    };
    this.executor = new Executor({
      ...base,
      registry,
      slots,
      finisher,
      reporter,
      voice,
      stopGraceMs,
      engine: deps.outer,
      onReady,
    });
    const executor = this.executor;
    this.#lease = new Lease({
      ...base,
      ...{ name, leaseMs },
      taskIds: () => this.#ownTaskIds,
      holding: () => executor.holding + Number(this.#claims.inDoubt),
      onCancelled: (items) => executor.cancel(items),
      onLost: () => executor.loseAll(),
    });
    const lease = this.#lease;
    const onFree = () => this.#claimer.retry();
    const onDoubt = () => {
      this.#claimer.want();
      lease.cover();
    };
    this.#claims = new Claims({ clock, lease, slots, executor, onDoubt, onFree });
    const claims = this.#claims;
    this.#claimer = new Claimer({ ...base, claims, slots, lease, executor });
    this.#planner = new Planner({ ...base, claims, events, reporter, onReady, onReplacing: () => lease.ask() });
    this.#reaper = new Reaper({ ...base, lease, reporter, onReady });
    this.backfiller = new Backfiller({ ...base, onReady });
    this.#pruner = new Pruner({ ...base, reporter, retentionMs });
    this.inserter = new Inserter({ store, clock, claims, claimer: this.#claimer });
  }

  /** Applies the definitions, takes a lease, frees what dead nodes held, and runs. Without `work` it does none of that. */
  async start(): Promise<void> {
    const { store, clock, registry, settings } = this.#deps;
    if (!settings.work) return;
    const rules = registry.all();
    const tasks: TaskRow[] = await deployTasks(store, clock, settings.logger, settings, rules);
    this.#ownTaskIds = tasks.filter(({ name }) => registry.get(name)).map(({ id }) => id);
    await this.#register();
    if (rules.some((rule) => rule.captureConsole)) {
      captureConsole();
      this.#capturing = true;
    }
    this.#claims.open(this.#ownTaskIds);
    for (const loop of this.#loops()) loop.start();
    this.#endChanges = store.onChange(() => {
      this.changed();
      this.#reaper.wake();
    });
  }

  /** Schedules or runs were changed, by another process or by a call here: what was read of them is read again. */
  changed(): void {
    this.#claimer.want();
    this.#planner.refresh();
    this.backfiller.wake();
  }

  /**
   * Claims nothing more, waits for the grace, gives the rest back at once, and leaves. Never rejects: a store that is
   * away is given up after another grace, and the lease then decides when others take over.
   */
  async stop(): Promise<void> {
    const { stopGraceMs } = this.#deps.settings;
    this.#endChanges();
    this.reporter.wakeAll();
    this.#claims.shut();
    const stopped = Promise.all(this.#loops().map((loop) => loop !== this.#lease && loop.stop()));
    await this.#within(
      stopGraceMs,
      stopped.then(() => this.#claims.quiet()).then(() => this.executor.idle()),
    );
    this.executor.giveBackAll();
    const written = this.#finisher.drained();
    const left = written.then(() => this.#lease.stop()).then(() => this.#lease.leave());
    await this.#within(
      Math.max(stopGraceMs, lastWritesMs),
      Promise.all([left, written.then(() => this.reporter.idle())]),
    );
    this.#finisher.close();
    this.reporter.close();
    void this.#lease.stop();
    await this.#within(lastWritesMs, this.store.presence.close());
    if (this.#capturing) releaseConsole();
  }

  async #register(): Promise<void> {
    try {
      await this.#lease.register();
    } catch (error) {
      await this.store.presence.close();
      throw error;
    }
  }

  /** Waits so long at most. What goes wrong is logged. */
  async #within(ms: number, wanted: Promise<unknown>): Promise<void> {
    const { clock, settings } = this.#deps;
    const over = new AbortController();
    const settled = wanted.catch((error) => settings.logger.warn(`belfry: while stopping: ${textOf(error)}`));
    await Promise.race([settled, sleep(clock, ms, over.signal)]);
    over.abort();
  }

  #loops() {
    return [this.#lease, this.#reaper, this.#claimer, this.#planner, this.backfiller, this.#pruner];
  }
}
