import { dirname, isAbsolute, resolve } from "node:path";
import { BelfryError } from "../base/errors.ts";
import { checkOneOf } from "../base/options.ts";
import type { CliContext } from "./context.ts";
import {
  type ConfigFile,
  findConfigFile,
  type LogLevelName,
  logLevels,
  portMax,
  readConfigFile,
} from "./project/config-file.ts";
import { Modules } from "./project/modules.ts";

/** What a command line may say about a project. */
export interface ProjectFlags {
  /** The project's folder, from the current one. Default: the config file's where `--config` names one, else the current one. */
  readonly dir?: string;
  readonly config?: string;
  readonly store?: string;
  readonly host?: string;
  readonly port?: string;
  readonly tasksDir?: string;
  readonly logLevel?: string;
}

/** Where a value comes from. */
export type ConfigSource = "flag" | "environment" | "file" | "default";

/** A project as the ways in use it: everything said, checked, with its defaults. */
export interface ProjectConfig {
  /** The project's folder, absolute. */
  readonly folder: string;
  /** The config file, absolute; absent where the project has none. */
  readonly file?: string;
  /** A store's URL; a relative SQLite file of the config (or the default one) lies in the project's folder. */
  readonly store: string;
  readonly storeSource: ConfigSource;
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly tasksDir: string;
  readonly logLevel: LogLevelName;
  /** For bare default functions: the options of `defineTask`, by file name. */
  readonly files: ConfigFile["files"];
  /** The other options of `createBelfry`, as the file gives them. */
  readonly options: Readonly<Record<string, unknown>>;
}

const fallback = {
  store: "sqlite:belfry.db",
  host: "127.0.0.1",
  port: 7411,
  tasksDir: "tasks",
  logLevel: "info",
} as const;

type Context = Pick<CliContext, "cwd" | "environment" | "clock">;

/**
 * What a project says, in the one order: a flag comes before the environment (`BELFRY_STORE`, `BELFRY_HOST`,
 * `BELFRY_PORT`, `BELFRY_LOG_LEVEL`; an empty variable counts as none), the environment before `belfry.config.ts`
 * (or `.js`, `.mjs`), the file before the defaults: store `sqlite:belfry.db`, address 127.0.0.1:7411, tasks in `tasks`,
 * log level `info`. A folder without a config file is fine. Relative paths of flags and environment start from the current
 * folder, those of the file and of the defaults from the project's.
 *
 * Rejects E_CONFIG for what the file says, E_OPTION for flags and environment.
 */
export async function loadConfig(context: Context, flags: ProjectFlags, modules?: Modules): Promise<ProjectConfig> {
  const named = flags.config === undefined ? undefined : resolve(context.cwd, flags.config);
  const folder = resolve(context.cwd, flags.dir ?? (named === undefined ? "." : dirname(named)));
  const path = named ?? findConfigFile(folder);
  if (path === undefined) return mergeConfig(context, flags, folder, undefined);
  if (modules) return mergeConfig(context, flags, folder, await readConfigFile(path, modules));
  const own = new Modules(folder, context.clock);
  try {
    return mergeConfig(context, flags, folder, await readConfigFile(path, own));
  } finally {
    own.close();
  }
}

/** Puts together what is said where. Throws E_OPTION, naming the flag or the variable. */
export function mergeConfig(
  { cwd, environment }: Pick<Context, "cwd" | "environment">,
  flags: ProjectFlags,
  folder: string,
  file: ConfigFile | undefined,
): ProjectConfig {
  const variable = (name: string) => environment[name] || undefined;
  const store = first({ flag: flags.store, environment: variable("BELFRY_STORE"), file: file?.store }, fallback.store);
  const port = portOf(flags.port, "--port") ?? portOf(variable("BELFRY_PORT"), "BELFRY_PORT");
  const logLevel = levelOf(flags.logLevel, "--log-level") ?? levelOf(variable("BELFRY_LOG_LEVEL"), "BELFRY_LOG_LEVEL");
  const isOutside = store.source === "flag" || store.source === "environment";
  return {
    folder,
    ...(file ? { file: file.file } : {}),
    store: absoluteStore(store.value, isOutside ? cwd : folder),
    storeSource: store.source,
    host: first({ flag: flags.host, environment: variable("BELFRY_HOST"), file: file?.host }, fallback.host).value,
    port: port ?? file?.port ?? fallback.port,
    tasksDir:
      flags.tasksDir === undefined
        ? resolve(folder, file?.tasksDir ?? fallback.tasksDir)
        : resolve(cwd, flags.tasksDir),
    logLevel: logLevel ?? file?.logLevel ?? fallback.logLevel,
    files: file?.files ?? new Map(),
    options: file?.options ?? {},
  };
}

function first(
  said: Partial<Record<Exclude<ConfigSource, "default">, string | undefined>>,
  otherwise: string,
): { value: string; source: ConfigSource } {
  for (const source of ["flag", "environment", "file"] as const) {
    const value = said[source];
    if (value !== undefined) return { value, source };
  }
  return { value: otherwise, source: "default" };
}

function portOf(text: string | undefined, field: string): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= portMax) return port;
  throw new BelfryError("E_OPTION", { field, value: text, expected: `a whole number from 0 to ${portMax}` });
}

function levelOf(text: string | undefined, field: string): LogLevelName | undefined {
  return checkOneOf(text, field, logLevels);
}

/** A relative SQLite file, made absolute: what the process's current folder is then does not matter. */
function absoluteStore(url: string, folder: string): string {
  const file = /^sqlite:(?!\/\/)(.+)$/.exec(url)?.[1];
  return file === undefined || isAbsolute(file) ? url : `sqlite:${resolve(folder, file)}`;
}
