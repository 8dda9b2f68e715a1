import { hostname } from "node:os";
import type { Clock } from "./clock/clock.ts";
import { systemClock } from "./clock/system.ts";
import type { Belfry } from "./engine/belfry.ts";
import { Instance } from "./engine/instance.ts";
import { openStore } from "./engine/open.ts";
import { type BelfryOptions, type EngineSettings, type Environment, parseBelfryOptions } from "./engine/options.ts";
import type { Task } from "./task/definition.ts";

/**
 * Makes an engine; nothing is opened before `start()`. Throws E_OPTION, E_OPTION_UNKNOWN, E_DURATION or
 * E_TASK_DUPLICATE, naming the field.
 */
export function createBelfry<const Tasks extends readonly Task[] = readonly []>(
  options: BelfryOptions<Tasks>,
): Belfry<Tasks> {
  return createInstance(options, process.env) as Belfry as Belfry<Tasks>;
}

/** The same, with all that the ways in need of an engine, and what only they decide. */
export function createInstance(
  options: unknown,
  environment: Environment,
  own: Pick<EngineSettings, "removedShareMax"> = {},
): Instance {
  const { store, tasks, migrate, door, ...parsed } = parseBelfryOptions(options, environment);
  const settings = { ...parsed.settings, ...own };
  const open = () => openStore(store, { migrate });
  const clock = systemClock;
  const api = async (engine: Instance) => {
    const { mountedApi } = await import("./server/mounted.ts");
    return mountedApi({ engine, clock, logger: settings.logger, door });
  };
  return new Instance({ open, tasks, settings, clock, name: processName(clock), api });
}

/** This process in records: for people. Never decides anything. */
function processName(clock: Clock): string {
  const host = hostname()
    .replaceAll(/[^A-Za-z0-9-]/g, "-")
    .slice(0, 40);
  return `${host}.${process.pid}.${clock.randomHex(4)}`;
}
