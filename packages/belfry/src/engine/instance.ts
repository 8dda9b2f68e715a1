import type { Audit, AuditOptions, Explanation, Forecast, Plan } from "../api/account.ts";
import type { Backfill, BackfillEstimate, BackfillOptions } from "../api/backfills.ts";
import type { RunOptions, TaskHandle } from "../api/handle.ts";
import type { NodeInfo } from "../api/nodes.ts";
import { BelfryError } from "../base/errors.ts";
import { textOf } from "../base/text.ts";
import type { Clock } from "../clock/clock.ts";
import { makeId } from "../run/id.ts";
import { type TriggerRecord, toIso } from "../run/record.ts";
import type { Store } from "../store/store.ts";
import type { Task } from "../task/definition.ts";
import { Registry } from "../task/registry.ts";
import { StoredAccount } from "./account.ts";
import { StoredBackfills } from "./backfills.ts";
import type { Belfry } from "./belfry.ts";
import { ClockWatch } from "./clock-watch.ts";
import { StoredDeploys } from "./deploys.ts";
import { Directory } from "./directory.ts";
import { Engine } from "./engine.ts";
import { type BelfryEvents, Events } from "./events.ts";
import { shared } from "./global.ts";
import { type HttpApi, LateApi, type ServedApi } from "./http-api.ts";
import { StoredKeys } from "./keys.ts";
import { harmless } from "./logger.ts";
import { NamedTask, type NamedTaskDeps } from "./named-task.ts";
import type { EngineSettings } from "./options.ts";
import { StoredRuns } from "./runs.ts";
import { StoredSchedules } from "./schedules.ts";
import { StoredTasks } from "./tasks.ts";

interface InstanceDeps {
  readonly open: () => Promise<Store>;
  readonly tasks: unknown;
  readonly settings: EngineSettings;
  readonly clock: Clock;
  readonly name: string;
  /** Makes the HTTP API of an engine; called when it is first asked. */
  readonly api: (engine: Instance) => Promise<ServedApi>;
}

/** An engine with its parts given: what `createBelfry` makes, on any store and clock. */
export class Instance implements Belfry<readonly Task[]> {
  readonly tasks: StoredTasks;
  readonly runs: StoredRuns;
  readonly schedules: StoredSchedules;
  readonly backfills: StoredBackfills;
  readonly deploys: StoredDeploys;
  readonly keys: StoredKeys;
  readonly fetch: HttpApi["fetch"];
  readonly listener: HttpApi["listener"];
  readonly #api: LateApi;
  readonly #account: StoredAccount;
  readonly #deps: InstanceDeps;
  readonly #registry: Registry;
  readonly #events: Events;
  readonly #clockWatch: ClockWatch;
  readonly #taskDeps: NamedTaskDeps;
  #engine: Engine | undefined;
  #directory: Directory | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #isClosed = false;

  constructor(deps: InstanceDeps) {
    const settings = { ...deps.settings, logger: harmless(deps.settings.logger) };
    this.#deps = { ...deps, settings };
    this.#registry = new Registry(deps.tasks);
    this.#events = new Events(settings.logger);
    this.#clockWatch = new ClockWatch(settings.logger);
    const engine = (call: string) => this.#running(call);
    this.tasks = new StoredTasks(engine);
    this.runs = new StoredRuns(engine, deps.settings.retentionMs, () => this.#newId());
    this.backfills = new StoredBackfills(engine, deps.settings.retentionMs, () => this.#newId());
    this.schedules = new StoredSchedules(engine, this.#registry, this.backfills);
    this.deploys = new StoredDeploys(engine);
    this.#account = new StoredAccount(engine, this.#registry);
    this.keys = new StoredKeys(engine, deps.clock);
    this.#api = new LateApi(() => deps.api(this), settings.logger);
    this.fetch = this.#api.fetch;
    this.listener = this.#api.listener;
    this.#taskDeps = {
      engine,
      directory: () => this.#directory as Directory,
      registry: this.#registry,
      clock: deps.clock,
      newId: () => this.#newId(),
    };
  }

  start(): Promise<void> {
    if (this.#stopping) return Promise.reject(new BelfryError("E_STOPPED", { call: "start()" }));
    this.#starting ??= this.#start().catch((error) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  task(name: string): TaskHandle {
    return new NamedTask(name, this.#taskDeps);
  }

  /** As `task(name).run(options)`; also tells whether an earlier trigger with the same key is answered. */
  trigger(name: string, options?: RunOptions): Promise<{ record: TriggerRecord; isReplay: boolean }> {
    return new NamedTask(name, this.#taskDeps).trigger(options);
  }

  /** As `schedules.backfill`, under an id of the caller's: one that exists is answered. */
  backfilling(task: string, key: string, options: BackfillOptions, id: string): Promise<Backfill | BackfillEstimate> {
    return this.backfills.make(task, key, options, id);
  }

  explain(task: string, options: { at: Date; schedule?: string }): Promise<Explanation> {
    return this.#account.explain(task, options);
  }

  audit(options?: AuditOptions): Promise<Audit> {
    return this.#account.audit(options);
  }

  forecast(options?: { hours?: number }): Promise<Forecast> {
    return this.#account.forecast(options);
  }

  plan(): Promise<Plan> {
    return this.#account.plan();
  }

  async nodes(): Promise<NodeInfo[]> {
    const rows = await this.#running("nodes()").store.nodes.list();
    return rows.map(({ name, epoch, startedAt, expiresAt, running }) => {
      return { name, epoch, startedAt: toIso(startedAt), leaseExpiresAt: toIso(expiresAt), running };
    });
  }

  /** Rejects, saying why, where this engine cannot answer for its runs now: not started, stopping, its store away, or its clock behind. */
  async checkReady(): Promise<void> {
    const { store } = this.#running("readiness");
    await store.nodes.list();
    if (await this.#clockWatch.isBehind(store)) throw new BelfryError("E_NOT_READY", { problem: "clock_behind" });
  }

  /** The store's clock as well as this process can tell without asking it, in milliseconds since 1970. */
  now(): number {
    return this.#engine?.store.now() ?? this.#deps.clock.now();
  }

  /** Calls `listener` within a second after something was committed elsewhere; a hint. Answers what ends it. */
  onChange(listener: () => void): () => void {
    return this.#running("onChange()").store.onChange(listener);
  }

  on<Name extends keyof BelfryEvents>(name: Name, listener: (event: BelfryEvents[Name]) => void): () => void {
    return this.#events.on(name, listener);
  }

  async #start(): Promise<void> {
    const { open, settings, clock, name } = this.#deps;
    const store = await open();
    try {
      const engine = new Engine({
        store,
        clock,
        registry: this.#registry,
        settings,
        events: this.#events,
        name,
        outer: this,
      });
      this.#directory = new Directory(store);
      if (settings.work) await this.#clockWatch.isBehind(store);
      await engine.start();
      this.#engine = engine;
      shared().engines.add(this);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async #stop(): Promise<void> {
    this.#api.close();
    await this.#starting?.catch((error) =>
      this.#deps.settings.logger.debug(`belfry: stopped after a failed start: ${textOf(error)}`),
    );
    shared().engines.delete(this);
    const engine = this.#engine;
    if (!engine) return;
    try {
      await engine.stop();
    } finally {
      this.#isClosed = true;
      await engine.store.close();
    }
  }

  #running(call: string): Engine {
    if (this.#stopping && !this.#isAskedFromInside()) throw new BelfryError("E_STOPPED", { call });
    if (!this.#engine) throw new BelfryError("E_NOT_STARTED", { call });
    return this.#engine;
  }

  /** Handlers that are waited for, and hooks of what just ended, may still trigger and read while this engine stops. */
  #isAskedFromInside(): boolean {
    return !this.#isClosed && shared().inside.getStore()?.engine === this;
  }

  #newId(): string {
    return makeId(this.now(), this.#deps.clock.randomHex(16));
  }
}
