import { type Duration, parseDuration } from "../base/duration.ts";
import { defaults, limits } from "../base/limits.ts";
import { checkFunction, checkInstant, checkInteger, checkOptions, guarded, refuseOption } from "../base/options.ts";
import { defaultLogger, harmless, type Logger } from "../engine/logger.ts";
import { instantExpected } from "../schedule/spec.ts";
import type { Task } from "../task/definition.ts";
import { checkTaskName } from "../task/name.ts";

/** What makes a test kit. */
export interface TestBelfryOptions<Tasks extends readonly Task[] = readonly Task[]> {
  /** The tasks under test, with their own handlers. */
  tasks: Tasks;
  /** What time it is when the test begins. Schedules have no instants before, nor at it. */
  start: Date;
  /** Default `"default"`. */
  app?: string;
  /** How many runs may be under way at once, 1 to 10,000. Default 100, as a node's. */
  concurrency?: number;
  /** How long a handler may ignore its aborted signal before it is abandoned, in virtual time. Default 30 s. */
  stopGrace?: Duration;
  /**
   * How many ended runs of a task, and decisions of a schedule, are kept to be read: the newest ones, 1 to 100,000,000.
   * Totals count all. Default 10,000.
   */
  keep?: number;
  /** What chance (the jitter of a backoff) begins with: the same seed gives the same history. Default 1. */
  seed?: number;
  /** Called whenever virtual time has moved, before anything happens then: for a test library's own clock. */
  onTime?: (now: Date) => void;
  /** pino's or the console's shape. Default: warnings and errors to the console. */
  logger?: Logger;
}

/** The options, checked, with their defaults; durations in milliseconds. */
export interface TestSettings {
  readonly tasks: unknown;
  readonly startMs: number;
  readonly app: string;
  readonly concurrency: number;
  readonly stopGraceMs: number;
  readonly keep: number;
  readonly seed: number;
  readonly onTime: ((now: Date) => void) | undefined;
  readonly logger: Logger;
}

const known = ["tasks", "start", "app", "concurrency", "stopGrace", "keep", "seed", "onTime", "logger"];
const keepMax = 100_000_000;
const kept = 10_000;

/** Throws E_OPTION, E_OPTION_UNKNOWN and E_DURATION. */
export function parseTestOptions(input: unknown): TestSettings {
  const options = checkOptions(input, "createTestBelfry", known);
  const { app, stopGrace } = options;
  return {
    tasks: options.tasks,
    startMs: checkInstant(options.start, "start") ?? refuseOption("start", options.start, instantExpected),
    app: app === undefined ? defaults.app : checkTaskName(app, "app"),
    concurrency:
      checkInteger(options.concurrency, "concurrency", 1, limits.concurrencyMax) ?? defaults.concurrencyPerNode,
    stopGraceMs: stopGrace === undefined ? defaults.stopGraceMs : parseDuration(stopGrace, "stopGrace"),
    keep: checkInteger(options.keep, "keep", 1, keepMax) ?? kept,
    seed: checkInteger(options.seed, "seed", 0, 2 ** 32 - 1) ?? 1,
    onTime: checkFunction(options.onTime, "onTime"),
    logger: harmless(parseLogger(options.logger)),
  };
}

function parseLogger(value: unknown): Logger {
  if (value === undefined) return defaultLogger;
  return guarded(value, "logger", "an object with the methods debug, info, warn and error", () => {
    const logger = value as Logger;
    const levels = [logger.debug, logger.info, logger.warn, logger.error];
    return levels.every((method) => typeof method === "function") ? logger : undefined;
  });
}
