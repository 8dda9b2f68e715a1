import process from "node:process";
import { type Logger as PinoLogger, pino } from "pino";
import type { ProjectFlags } from "./config.ts";
import type { CliContext } from "./context.ts";
import { refuseUsage } from "./exit.ts";
import { loadProject } from "./project/load.ts";
import { Service } from "./project/serve.ts";
import { shownStore } from "./project/shown-store.ts";

/** What `belfry start` may be told. */
export interface StartFlags extends ProjectFlags {
  /** False: this process runs no tasks. */
  readonly work?: boolean;
  /** False: this process has no server. */
  readonly server?: boolean;
  /** This start may remove more than half of what the app's code defined. */
  readonly prune?: boolean;
  /** Errors are told as JSON. */
  readonly json?: boolean;
}

/** The share of an app's tasks and schedules that a start removes without being told to. */
const removedShareMax = 0.5;

/**
 * `belfry start`: a project in production. Logs a line of JSON for its start and stop and each run that did not end
 * well, and resolves once a SIGTERM or SIGINT has drained it. The project's folder becomes the process's own. Rejects
 * E_CONFIG, the first E_TASK_FILE (the others are said on stderr), E_USAGE where it would work and there is no task,
 * E_DEPLOY_REMOVES, and what keeps the engine or the server from starting.
 */
export async function startProject(context: CliContext, flags: StartFlags, folder: string): Promise<void> {
  const { clock, environment } = context;
  const { config, tasks } = await loadProject(context, flags, folder);
  const log = pino({ level: config.logLevel, timestamp: pino.stdTimeFunctions.isoTime }, context.stdout);
  const work = flags.work !== false && config.options.work !== false;
  if (work && tasks.length === 0) {
    // A set without tasks would take those of an earlier start out: more likely it is the wrong folder.
    refuseUsage(`${config.tasksDir} defines no task; name the project's folder, or serve only with --no-work`);
  }
  const own = flags.prune ? {} : { removedShareMax };
  const service = new Service(config, { tasks, environment, clock, logger: log, work, own });
  const stopping = untilTold(context, log);
  tellRuns(service, log);
  try {
    await service.start();
    const url = flags.server === false ? undefined : await service.listen();
    const { store, file } = config;
    log.info({ url, store: shownStore(store), config: file, tasks: tasks.length, work }, "started");
  } catch (error) {
    await service.stop();
    throw error;
  }
  const signal = await stopping;
  log.info({ signal }, "stopping");
  await service.stop();
  log.info("stopped");
}

/** Resolves with the first signal that asks this process to end. A second one ends it at once, with code 1. */
function untilTold({ onSignal }: CliContext, log: PinoLogger): Promise<string> {
  return new Promise((resolve) => {
    let isTold = false;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      onSignal(signal, () => {
        if (isTold) {
          log.warn({ signal }, "stopped at once; what was running is taken over when its lease is over");
          process.exit(1);
        }
        isTold = true;
        resolve(signal);
      });
    }
  });
}

/** A line for each run that did not end well, and for instants that did not fire; the others at level `debug`. */
function tellRuns({ engine }: Service, log: PinoLogger): void {
  engine.on("run.started", (event) => log.debug(event, "run started"));
  engine.on("run.completed", (event) => log.debug(event, "run completed"));
  engine.on("run.retrying", ({ cause: _, ...event }) => log.warn(event, "run failed, and is tried again"));
  engine.on("run.failed", ({ cause: _, ...event }) => log.error(event, "run failed"));
  engine.on("firing.skipped", (event) => log.info(event, "firing skipped"));
}
