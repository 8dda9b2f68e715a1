import { type Duration, parseDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { defaults, limits } from "../base/limits.ts";
import { checkBoolean, checkInteger, checkOptions, checkText, guarded } from "../base/options.ts";
import type { Task } from "../task/definition.ts";
import { checkTaskName } from "../task/name.ts";
import { type Authorize, type DoorOptions, parseDoorOptions } from "./door.ts";
import { defaultLogger, type Logger } from "./logger.ts";

/** What makes an engine. */
export interface BelfryOptions<Tasks extends readonly Task[] = readonly Task[]> {
  /**
   * Where everything is kept: `"sqlite:belfry.db"`. Opened by `start()`. Throws E_STORE_URL there for other kinds.
   * Default: the environment's `BELFRY_STORE`.
   */
  store?: string;
  /** The tasks that this process has handlers for. Default: none. */
  tasks?: Tasks;
  /** Whose definitions these are: a start adds, changes and removes only those of its own app. Default `"default"`. */
  app?: string;
  /** False: this process only triggers and reads, and applies no definitions. Default true. */
  work?: boolean;
  /** How many runs this process may have at once, 1 to 10,000. Default 100. */
  concurrency?: number;
  /**
   * How long this process is taken for alive without a word from it, 1 s to 10 min. Default 10 s. A process that dies
   * without proof is taken over within two of these.
   */
  lease?: Duration;
  /**
   * How long `stop()` waits for handlers, and how long a handler may ignore its aborted signal before it is abandoned.
   * Default 30 s.
   */
  stopGrace?: Duration;
  /** How long ended runs are kept, 1 h to 366 d. Default 7 d. */
  retention?: Duration;
  /** pino's or the console's shape. Default: warnings and errors to the console. */
  logger?: Logger;
  /** Whether `start()` may bring the store's schema up to date. Default true. */
  migrate?: boolean;
  /**
   * Decides about each HTTP request that no API key opens. Default: none may come in without a key but, while no key was
   * ever made, those of this machine to a server of Belfry's own.
   */
  authorize?: Authorize;
  /**
   * The names under which the HTTP API may be asked: 1 to 100 hosts such as `"belfry.example.com"`, each with a port
   * where only that one is meant. Others are refused in `Host`, and in `Origin` on writes. Default: any.
   */
  allowedHosts?: readonly string[];
}

/** The variables of the environment; an option that is given comes before them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The options, checked, with their defaults; durations in milliseconds. */
export interface EngineSettings {
  readonly app: string;
  readonly work: boolean;
  readonly concurrency: number;
  readonly leaseMs: number;
  readonly stopGraceMs: number;
  readonly retentionMs: number;
  readonly logger: Logger;
  /** The release whose code this is: the environment's `BELFRY_RELEASE`. */
  readonly release?: string;
  /** The share of what the app's code defines that a start may remove; absent: all of it. */
  readonly removedShareMax?: number;
}

/** The options of `createBelfry`. */
export const belfryOptionNames = [
  "store",
  "tasks",
  "app",
  "work",
  "concurrency",
  "lease",
  "stopGrace",
  "retention",
  "logger",
  "migrate",
  "authorize",
  "allowedHosts",
];

/** Checks what `createBelfry` was given. Throws E_OPTION, E_OPTION_UNKNOWN or E_DURATION, naming the field. */
export function parseBelfryOptions(
  input: unknown,
  environment: Environment,
): {
  store: string;
  tasks: unknown;
  migrate: boolean;
  settings: EngineSettings;
  door: DoorOptions;
} {
  const options = checkOptions(input, "createBelfry", belfryOptionNames);
  const { store = environment.BELFRY_STORE, tasks = [], app, lease, stopGrace, retention } = options;
  if (typeof store !== "string" || store === "") {
    throw new BelfryError("E_OPTION", { field: "store", value: store, expected: 'a URL such as "sqlite:belfry.db"' });
  }
  const bounds = {
    lease: { min: limits.leaseMsMin, max: limits.leaseMsMax },
    retention: { min: limits.retentionMsMin },
  };
  const settings = {
    app: app === undefined ? defaults.app : checkTaskName(app, "app"),
    work: checkBoolean(options.work, "work") ?? true,
    concurrency:
      checkInteger(options.concurrency, "concurrency", 1, limits.concurrencyMax) ?? defaults.concurrencyPerNode,
    leaseMs: lease === undefined ? defaults.leaseMs : parseDuration(lease, "lease", bounds.lease),
    stopGraceMs: stopGrace === undefined ? defaults.stopGraceMs : parseDuration(stopGrace, "stopGrace"),
    retentionMs:
      retention === undefined ? defaults.retentionMs : parseDuration(retention, "retention", bounds.retention),
    logger: parseLogger(options.logger),
    release: checkText(environment.BELFRY_RELEASE || undefined, "BELFRY_RELEASE", limits.releaseCharactersMax),
  };
  const migrate = checkBoolean(options.migrate, "migrate") ?? true;
  return { store, tasks, migrate, settings, door: parseDoorOptions(options) };
}

function parseLogger(value: unknown): Logger {
  if (value === undefined) return defaultLogger;
  const methods = ["debug", "info", "warn", "error"] as const;
  return guarded(value, "logger", `an object with the methods ${methods.join(", ")}`, () => {
    const logger = typeof value === "object" && value !== null ? (value as Logger) : undefined;
    return logger && methods.every((method) => typeof logger[method] === "function") ? logger : undefined;
  });
}
