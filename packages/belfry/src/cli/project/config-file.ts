import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { BelfryError, isBelfryError, show } from "../../base/errors.ts";
import { checkInteger, checkOneOf, checkOptions, checkText, readObject } from "../../base/options.ts";
import { textOf } from "../../base/text.ts";
import { type BelfryOptions, belfryOptionNames, parseBelfryOptions } from "../../engine/options.ts";
import type { TaskOptions } from "../../task/definition.ts";
import { Registry } from "../../task/registry.ts";
import type { StandardSchema } from "../../task/schema.ts";
import type { Modules } from "./modules.ts";

/** How much `belfry start` says; `silent` is nothing. */
export type LogLevelName = (typeof logLevels)[number];

/** What a file that exports a bare default function does not say itself: the options of `defineTask`. */
export type FileTask = Omit<TaskOptions<string, StandardSchema | undefined, unknown>, "name" | "handler"> & {
  /** Default: the file's name without its ending. */
  name?: string;
};

/**
 * What `belfry.config.ts` exports as its default: the options of `createBelfry`, and those of the command line. A flag
 * comes before the environment, the environment before this file, this file before the defaults.
 */
export interface BelfryConfig extends BelfryOptions {
  /** Where the task files are, from the project's folder. Default `"tasks"`. */
  tasksDir?: string;
  /** The address to listen on. Default `"127.0.0.1"`; another one than loopback needs an API key. */
  host?: string;
  /** The port to listen on, 0 to 65,535; 0 takes any free one. Default 7411. */
  port?: number;
  /** How much `belfry start` says, from `"silent"` over `"error"`, `"warn"` and `"info"` to `"trace"`. Default `"info"`. */
  logLevel?: LogLevelName;
  /** For files that export a bare default function, by file name (with its folder, with or without ending). */
  files?: Readonly<Record<string, FileTask>>;
}

/** What a config file says, checked as far as it can be before the tasks are known. */
export interface ConfigFile {
  readonly file: string;
  readonly tasksDir?: string;
  readonly host?: string;
  readonly port?: number;
  readonly logLevel?: LogLevelName;
  readonly store?: string;
  readonly files: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** The other options of `createBelfry`, as given. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** From the quietest. */
export const logLevels = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;

/** The highest port. */
export const portMax = 65_535;

/** The names of the config file, in the order in which they are looked for. */
export const configNames = ["belfry.config.ts", "belfry.config.js", "belfry.config.mjs"] as const;

const ownOptionNames = ["tasksDir", "host", "port", "logLevel", "files"];
const pathCharactersMax = 4_096;

/** The config file of a folder, or undefined. Throws E_CONFIG where there are two. */
export function findConfigFile(folder: string): string | undefined {
  const [first, second] = configNames.filter((name) => existsSync(join(folder, name)));
  if (first && second) {
    throw new BelfryError("E_CONFIG", { file: first, problem: `stands beside ${second}; remove one of them` });
  }
  return first && join(folder, first);
}

/** Imports a config file and checks it. Rejects E_CONFIG, naming the file, and the fix where there is one. */
export async function readConfigFile(file: string, modules: Modules): Promise<ConfigFile> {
  const name = basename(file);
  if (!existsSync(file)) {
    throw new BelfryError("E_CONFIG", { file, problem: `does not exist; \`belfry init\` writes ${configNames[0]}` });
  }
  const loaded = await modules.load(file);
  if ("problem" in loaded) {
    const line = loaded.line === undefined ? "" : `:${loaded.line}`;
    throw new BelfryError("E_CONFIG", { file: `${name}${line}`, problem: loaded.problem }, { cause: loaded.cause });
  }
  const value = loaded.exports.default;
  if (value === undefined) {
    const problem = 'has no default export; write `export default { store: "sqlite:belfry.db" }`';
    throw new BelfryError("E_CONFIG", { file: name, problem });
  }
  try {
    return { file, ...checkConfig(value) };
  } catch (cause) {
    throw new BelfryError("E_CONFIG", { file: name, problem: problemOf(cause, value) }, { cause });
  }
}

function problemOf(cause: unknown, value: unknown): string {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject) return `has ${show(value)} as its default export; expected an object of options`;
  return isBelfryError(cause) ? `is wrong: ${cause.message}` : `cannot be read: ${textOf(cause)}`;
}

/** Checks what a config file exports. Throws E_OPTION, E_OPTION_UNKNOWN, E_DURATION or E_TASK_DUPLICATE, naming the field. */
export function checkConfig(value: unknown): Omit<ConfigFile, "file"> {
  const given = checkOptions(value, "belfry.config", [...belfryOptionNames, ...ownOptionNames]);
  const { tasksDir, host, port, logLevel, files, store, ...options } = given;
  const own = {
    tasksDir: checkText(tasksDir, "tasksDir", pathCharactersMax),
    host: checkText(host, "host", 255),
    port: checkInteger(port, "port", 0, portMax),
    logLevel: checkOneOf(logLevel, "logLevel", logLevels),
    store: checkText(store, "store", pathCharactersMax),
  };
  const { tasks } = parseBelfryOptions({ ...options, store: own.store ?? "sqlite:belfry.db" }, {});
  new Registry(tasks);
  return { ...own, files: checkFiles(files), options };
}

function checkFiles(value: unknown): ConfigFile["files"] {
  if (value === undefined) return new Map();
  const expected = "an object from file names to task options";
  const entries = Object.entries(readObject(value, "files", expected));
  return new Map(
    entries.map(([name, entry]) => [name, readObject(entry, `files[${JSON.stringify(name)}]`, "task options")]),
  );
}
