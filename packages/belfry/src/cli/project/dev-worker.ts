import process from "node:process";
import { isBelfryError } from "../../base/errors.ts";
import { textOf } from "../../base/text.ts";
import { type Clock, sleep } from "../../clock/clock.ts";
import { systemClock } from "../../clock/system.ts";
import { defaultLogger } from "../../engine/logger.ts";
import { loadConfig, type ProjectConfig } from "../config.ts";
import { type Discovery, discoverTasks } from "../discovery.ts";
import type { FromWorker, RefusedNews, SeenFiles, ToWorker } from "./messages.ts";
import { Modules } from "./modules.ts";
import { RunTeller } from "./run-news.ts";
import { Service, stopMsMax } from "./serve.ts";
import { zoneWord } from "./zone-word.ts";

// The process that runs the tasks for `belfry dev`: it loads the project once, and another one takes its place when a
// file changes. It ends when it is told to, and when `belfry dev` is gone.

/** How long and how often a port is asked for that the process before may still hold. */
const portMs = { total: 10_000, pause: 50 };

class Worker {
  readonly #clock: Clock;
  #config: ProjectConfig | undefined;
  #discovery: Discovery | undefined;
  #seen: () => SeenFiles = () => [];
  #service: Service | undefined;
  #teller: RunTeller | undefined;
  #going: Promise<void> | undefined;
  #isStopping = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  receive(message: ToWorker): void {
    switch (message.kind) {
      case "load":
        return this.#guard(this.#load(message));
      case "go":
        this.#going = this.#go(message.before);
        return this.#guard(this.#going);
      case "stop":
        return this.#guard(this.stop());
    }
  }

  /** Ends what runs, and the process. */
  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    await this.#going?.catch(ignoreTold);
    const service = this.#service;
    const stopped = service?.engine.stop();
    await service?.closeServer();
    tell({ kind: "yielded", running: this.#teller?.running ?? 0 });
    await stopped;
    await lastTold;
    process.exit(0);
  }

  async #load({ cwd, flags }: Extract<ToWorker, { kind: "load" }>): Promise<void> {
    const modules = new Modules(process.cwd(), this.#clock);
    this.#seen = () => [...modules.seen];
    const config = await loadConfig({ cwd, environment: process.env, clock: this.#clock }, flags, modules);
    this.#config = config;
    this.#discovery = await discoverTasks(config, modules);
    const { tasks, problems } = this.#discovery;
    const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    // What a handler imports when it runs counts too.
    modules.onSeen((path, signature) => tell({ kind: "saw", seen: [[path, signature]] }));
    tell({
      kind: "loaded",
      tasks: tasks.map(({ name }) => name),
      problems: problems.map(({ message }) => message),
      zoneWord: zoneWord(tasks, zone, this.#clock.now()),
      tasksDir: config.tasksDir,
      store: config.store,
      seen: this.#seen(),
      stopMsMax: stopMsMax(config.options),
    });
  }

  async #go(before: string | undefined): Promise<void> {
    if (!this.#config || !this.#discovery) return;
    const { tasks } = this.#discovery;
    const clock = this.#clock;
    // What is being written is no release: each start applies it.
    const environment = { ...process.env, BELFRY_RELEASE: undefined };
    const options = { tasks, clock, environment, logger: defaultLogger, work: true };
    // Any free port was asked for: the one that was found stays.
    const port = this.#config.port === 0 && before !== undefined ? Number(new URL(before).port) : this.#config.port;
    const service = new Service({ ...this.#config, port }, options);
    this.#service = service;
    this.#teller = new RunTeller(service.engine, clock, tell);
    await service.start();
    tell({ kind: "serving", url: await this.#listen(service, before !== undefined) });
  }

  /** Asks for the port until the process before has let go of it. */
  async #listen(service: Service, isTakeover: boolean): Promise<string> {
    const until = this.#clock.mono() + (isTakeover ? portMs.total : 0);
    for (;;) {
      try {
        return await service.listen();
      } catch (error) {
        if (!isBelfryError(error, "E_LISTEN") || this.#clock.mono() >= until || this.#isStopping) throw error;
        await sleep(this.#clock, portMs.pause);
      }
    }
  }

  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => {
      tell(refusalOf(error, this.#seen()));
      void this.stop();
    });
  }
}

function refusalOf(error: unknown, seen: SeenFiles): RefusedNews {
  if (isBelfryError(error)) return { kind: "refused", code: error.code, message: error.message, seen };
  const message = error instanceof Error ? (error.stack ?? error.message) : textOf(error);
  return { kind: "refused", code: "E_INTERNAL", message, seen };
}

/** What went wrong was told by who waited for it first. */
function ignoreTold(): void {}

let lastTold: Promise<void> = Promise.resolve();

function tell(news: FromWorker): void {
  if (!process.connected) return;
  lastTold = new Promise((resolve) => process.send?.(news, undefined, undefined, () => resolve()));
}

const worker = new Worker(systemClock);
// A Ctrl-C reaches every process of the terminal; `belfry dev` decides what it means.
process.on("SIGINT", ignoreTold);
process.on("SIGHUP", ignoreTold);
process.on("SIGTERM", () => void worker.stop());
process.on("disconnect", () => void worker.stop());
process.on("message", (message: ToWorker) => worker.receive(message));
