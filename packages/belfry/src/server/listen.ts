import { lookup } from "node:dns/promises";
import type { HttpBindings } from "@hono/node-server";
import { BelfryError, isBelfryError } from "../base/errors.ts";
import { textOf } from "../base/text.ts";
import type { Clock } from "../clock/clock.ts";
import type { DoorOptions } from "../engine/door.ts";
import type { Instance } from "../engine/instance.ts";
import { harmless, type Logger } from "../engine/logger.ts";
import { createApp } from "./app.ts";
import { isLoopbackAddress } from "./hosts.ts";
import { defaultTimeouts, HttpServer, type HttpTimeouts } from "./http-server.ts";
import { Hub } from "./hub.ts";
import { Metrics } from "./metrics.ts";
import { requestListener } from "./request-listener.ts";

/** Where and how to listen. */
export interface ListenOptions extends DoorOptions {
  /** A name or an address of this machine. One that others can reach needs a key in the store. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly logger: Logger;
  readonly clock: Clock;
  /** How long clients may take. Default: 10 s for headers, 30 s for a request, 60 s between two, 30 s to take more. */
  readonly timeouts?: Partial<HttpTimeouts>;
}

/** A server that listens. */
export interface Listening {
  /** Where this machine reaches it. */
  readonly url: string;
  readonly port: number;
  /**
   * Takes no more requests, ends event streams, lets requests under way end and cuts those that last longer than
   * `graceMs`. Always resolves; a second call answers the first. The engine goes on.
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Serves an engine over HTTP. Rejects E_DOOR where others could reach it and the store has no key, and E_LISTEN where
 * the address is taken, is not this machine's or not allowed.
 */
export async function listen(engine: Instance, options: ListenOptions): Promise<Listening> {
  const { port, clock, authorize, allowedHosts } = options;
  // In a URL an address of IPv6 stands in brackets.
  const host = options.host.replace(/^\[(.*)\]$/, "$1");
  const logger = harmless(options.logger);
  const address = await addressOf(host, port);
  const isLocal = isLoopbackAddress(address);
  if (!isLocal && !(await engine.keys.exist())) throw new BelfryError("E_DOOR", { problem: doorProblem(host) });
  const hub = new Hub({ engine, clock, logger });
  const metrics = new Metrics({ engine });
  const app = createApp({ engine, clock, logger, door: { authorize, allowedHosts }, hub, metrics });
  const answer = (request: Request, bindings: HttpBindings) => {
    const isNeighbour = isLoopbackAddress(bindings.incoming.socket.remoteAddress ?? "");
    return app.fetch(request, { ...bindings, own: { isLocal: isLocal && isNeighbour } });
  };
  const listener = requestListener(answer, { clock, logger });
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const server = new HttpServer(listener, { clock, timeouts });
  const release = () => {
    hub.close();
    metrics.close();
  };
  try {
    const bound = await server.listen(address, port);
    hub.open();
    server.onError((error) => logger.error(`belfry: the HTTP server: ${textOf(error)}`));
    const close = (graceMs: number) => {
      release();
      return server.close(graceMs);
    };
    return { url: `http://${reachable(host)}:${bound.port}`, port: bound.port, close };
  } catch (error) {
    release();
    throw toListenError(error, host, port);
  }
}

/** What a name stands for: it is this that decides who can reach it. */
async function addressOf(host: string, port: number): Promise<string> {
  try {
    // Of no name at all Node would make every address.
    return (await lookup(host || "no name")).address;
  } catch (error) {
    throw toListenError(error, host, port);
  }
}

function doorProblem(host: string): string {
  return `other machines can reach ${host}, and this store has no API key yet: make one with \`belfry keys create\`, set BELFRY_BOOTSTRAP_KEY, or listen on 127.0.0.1`;
}

/** Names of all addresses are none that can be asked. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

function toListenError(error: unknown, host: string, port: number): BelfryError {
  if (isBelfryError(error)) return error;
  const { code = "" } = error as { code?: string };
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const problem = problems[code] ?? `the system says ${code || textOf(error)}`;
  return new BelfryError("E_LISTEN", { address, problem }, { cause: error });
}

const problems: Readonly<Record<string, string>> = {
  EADDRINUSE: "another process listens there; stop it, or choose another port",
  EACCES: "this user may not use that port; choose one above 1023",
  EADDRNOTAVAIL: "this machine has no such address; use 127.0.0.1, or an address of its own",
  ENOTFOUND: "the host name is unknown; use 127.0.0.1, or a name of this machine",
  EAI_AGAIN: "the host name could not be looked up; use an address such as 127.0.0.1",
};
