import { existsSync } from "node:fs";
import type { BelfryApi } from "../api/api.ts";
import type { Duration } from "../base/duration.ts";
import type { Instance } from "../engine/instance.ts";
import type { Logger } from "../engine/logger.ts";
import { loadConfig, mergeConfig, type ProjectConfig } from "./config.ts";
import type { CliContext } from "./context.ts";
import { Interrupted, refuseUsage } from "./exit.ts";
import type { RemoteFlags } from "./flags.ts";
import { Output } from "./output.ts";

/** Whom a command asks: a server, or a store that this process opens. */
export type Target = { readonly url: string; readonly apiKey?: string } | { readonly store: string };

/** What a command asks, until it closes it. */
export interface Remote {
  readonly api: BelfryApi;
  /** This process opens the store itself: no server stands between. */
  readonly isLocal: boolean;
  /** The engine of this process, where it opens the store itself. */
  readonly engine?: Instance;
  close(): Promise<void>;
}

/** What a command's work gets. */
export interface Work extends Pick<Remote, "api" | "isLocal"> {
  readonly output: Output;
  /** Aborted when the process is asked to end: waits end then. */
  readonly signal: AbortSignal;
}

/**
 * Whom the flags mean: `--url` a server, `--store` a store; neither: BELFRY_URL, BELFRY_STORE, the config's store, and
 * `sqlite:belfry.db` where that file exists. Throws E_USAGE where both are given or nothing is there.
 */
export async function findTarget(flags: RemoteFlags, context: CliContext): Promise<Target> {
  const { url, store } = flags;
  const { BELFRY_URL, BELFRY_API_KEY } = context.environment;
  if (url !== undefined && store !== undefined) refuseUsage("--url and --store exclude each other; give one");
  const server = store === undefined ? (url ?? (BELFRY_URL || undefined)) : undefined;
  if (server !== undefined) return { url: server, apiKey: flags.apiKey ?? (BELFRY_API_KEY || undefined) };
  return { store: await findStore(flags, context) };
}

/**
 * The store that the flags, the environment or the config name, else the project's own: `mayBeNew` says that it need
 * not be there yet. Throws E_USAGE where none is.
 */
export async function findStore(
  flags: RemoteFlags,
  context: CliContext,
  { mayBeNew = false }: { mayBeNew?: boolean } = {},
): Promise<string> {
  const { store, config } = flags;
  if (store !== undefined && config === undefined) return mergeConfig(context, { store }, context.cwd, undefined).store;
  const found = await loadConfig(context, { config, store });
  if (!mayBeNew && isNowhere(found)) {
    refuseUsage(
      "there is nothing to ask: name a server with --url (or BELFRY_URL), a store with --store (or BELFRY_STORE), " +
        "or be in a project that has a belfry.config.ts or a belfry.db",
    );
  }
  return found.store;
}

/** Nobody named a store, and the one that a project has by default is not there. */
function isNowhere({ storeSource, file, store }: ProjectConfig): boolean {
  return storeSource === "default" && file === undefined && !existsSync(store.replace(/^sqlite:/, ""));
}

/** How what the flags name is opened. */
interface OpenOptions {
  /** A store may be made, and brought up to date. Default: no. */
  readonly migrate?: boolean;
  /** How long a call of a server may take. Default: the client's. */
  readonly timeout?: Duration;
}

/** Opens what the flags name. */
export async function openRemote(
  flags: RemoteFlags,
  context: CliContext,
  { migrate = false, timeout }: OpenOptions = {},
): Promise<Remote> {
  const target = await findTarget(flags, context);
  if ("url" in target) {
    const { createClient } = await import("../client/client.ts");
    return { api: createClient({ ...target, timeout }), isLocal: false, close: async () => {} };
  }
  const { createInstance } = await import("../create.ts");
  const logger = loggerOf(new Output(context, flags.json === true));
  const options = { store: target.store, tasks: [], work: false, migrate, logger };
  const instance = createInstance(options, context.environment);
  await instance.start();
  return { api: instance, isLocal: true, engine: instance, close: () => instance.stop() };
}

/** What an engine says while a command uses it: warnings and errors, beside the answer. */
export function loggerOf(output: Output): Logger {
  const say = (message: string) => output.note(message);
  return { debug: () => {}, info: () => {}, warn: say, error: say };
}

/** Opens what the flags name, works with it, and closes it, whatever happens. */
export async function withApi(
  flags: RemoteFlags,
  context: CliContext,
  work: (given: Work) => Promise<void>,
  options?: OpenOptions,
): Promise<void> {
  const output = new Output(context, flags.json === true);
  await interruptible(context, async (signal) => {
    const remote = await openRemote(flags, context, options);
    try {
      await work({ api: remote.api, isLocal: remote.isLocal, output, signal });
    } finally {
      await remote.close();
    }
  });
}

/** How long a command that is interrupted may take to let go, in milliseconds. */
const letGoMs = 1_000;

/** Works until SIGINT: then the work's signal is aborted, and this rejects `Interrupted` when it does not let go soon. */
export async function interruptible(context: CliContext, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interrupted = new AbortController();
  let cancel = () => {};
  let off = () => {};
  const cut = new Promise<never>((_, reject) => {
    off = context.onSignal("SIGINT", () => {
      // A second one is no longer caught here: it ends the process at once.
      off();
      interrupted.abort();
      cancel = context.clock.after(letGoMs, () => reject(new Interrupted("")));
    });
  });
  try {
    await Promise.race([work(interrupted.signal), cut]);
  } finally {
    cancel();
    off();
  }
}
