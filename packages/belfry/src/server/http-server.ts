import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { formatDuration } from "../base/duration.ts";
import { BelfryError } from "../base/errors.ts";
import { type Clock, sleep } from "../clock/clock.ts";
import { problemType, toProblem } from "./problem.ts";

/** How long a client may take; in milliseconds. */
export interface HttpTimeouts {
  /** For a request's headers, and for the first byte on a new connection. Default 10 s. */
  readonly headersTimeoutMs: number;
  /** For a whole request. Default 30 s. */
  readonly requestTimeoutMs: number;
  /** Between two requests on one connection. Default 60 s. */
  readonly keepAliveTimeoutMs: number;
  /** For taking some more of an answer that waits for it. Default 30 s. */
  readonly takeTimeoutMs: number;
}

export const defaultTimeouts: HttpTimeouts = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 60_000,
  takeTimeoutMs: 30_000,
};

const headerBytesMax = 16 * 1024;
const backlog = 4_096;
/** How often Node looks for clients that take too long. */
const looksPerTimeout = 5;

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Node's HTTP server with bounds on what a client may cost, and an end that always comes. Connections that are open
 * and silent between requests cost memory only.
 */
export class HttpServer {
  readonly #server: Server;
  readonly #timeouts: HttpTimeouts;
  readonly #clock: Clock;
  /** The answers under way on each open connection. */
  readonly #connections = new Map<Socket, Set<ServerResponse>>();
  #closing: Promise<void> | undefined;

  constructor(listener: Listener, { clock, timeouts }: { clock: Clock; timeouts: HttpTimeouts }) {
    this.#clock = clock;
    this.#timeouts = timeouts;
    const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs } = timeouts;
    this.#server = createServer({
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.ceil(Math.min(headersTimeoutMs, requestTimeoutMs) / looksPerTimeout),
      maxHeaderSize: headerBytesMax,
      noDelay: true,
      // A missing Host is answered as everything else that is wrong with a request.
      requireHostHeader: false,
    });
    // Node would drop what is above the number without a word, and with it what the door looks at.
    this.#server.maxHeadersCount = 0;
    this.#server.on("connection", (socket) => this.#greet(socket));
    this.#server.on("request", (request, response) => {
      this.#note(request.socket, response);
      listener(request, response);
    });
    this.#server.on("clientError", (error, socket) => this.#refuse(error, socket as Socket));
  }

  /** Begins to listen, and answers where. Rejects what Node says where it cannot. */
  listen(address: string, port: number): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host: address, port, backlog }, () => {
        this.#server.off("error", reject);
        resolve(this.#server.address() as AddressInfo);
      });
    });
  }

  /** Calls back with what goes wrong with the server itself while it listens. */
  onError(callback: (error: Error) => void): void {
    this.#server.on("error", callback);
  }

  /**
   * Takes no more connections and requests, lets those under way end, and cuts what is left after the grace. Resolves
   * when nothing is open, always.
   */
  close(graceMs: number): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  async #close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const [socket, responses] of this.#connections) {
      for (const response of responses) if (!response.headersSent) response.shouldKeepAlive = false;
      if (responses.size === 0) socket.destroySoon();
    }
    const over = new AbortController();
    await Promise.race([closed, sleep(this.#clock, graceMs, over.signal)]);
    over.abort();
    for (const socket of this.#connections.keys()) socket.destroy();
    await closed;
  }

  #greet(socket: Socket): void {
    this.#connections.set(socket, new Set());
    socket.once("close", () => this.#connections.delete(socket));
  }

  #note(socket: Socket, response: ServerResponse): void {
    const responses = this.#connections.get(socket);
    responses?.add(response);
    if (this.#closing) response.shouldKeepAlive = false;
    this.#watchTaking(socket, response);
    response.once("close", () => {
      responses?.delete(response);
      if (this.#closing && responses?.size === 0) socket.destroySoon();
    });
  }

  /** Hangs up on a client that takes nothing of what is written; one that there is nothing for yet may wait. */
  #watchTaking(socket: Socket, response: ServerResponse): void {
    const { takeTimeoutMs } = this.#timeouts;
    socket.setTimeout(takeTimeoutMs);
    response.on("timeout", () => {
      if (socket.writableLength > 0) socket.destroy();
      else socket.setTimeout(takeTimeoutMs);
    });
  }

  /** What came was no request, too large or too slow: says so where nothing was said yet, and hangs up. */
  #refuse(error: Error & { code?: string }, socket: Socket): void {
    const responses = [...(this.#connections.get(socket) ?? [])];
    const isAnswering = responses.some((response) => response.headersSent);
    if (socket.writable && !isAnswering && error.code !== "ECONNRESET") socket.write(rawAnswer(this.#problemOf(error)));
    socket.destroySoon();
  }

  #problemOf({ code = "unknown" }: { code?: string }): BelfryError {
    if (code === "HPE_HEADER_OVERFLOW") return new BelfryError("E_HEADERS", { limit: `${headerBytesMax} bytes` });
    if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
      const { headersTimeoutMs, requestTimeoutMs } = this.#timeouts;
      return new BelfryError("E_SLOW", { duration: formatDuration(Math.max(headersTimeoutMs, requestTimeoutMs)) });
    }
    return new BelfryError("E_REQUEST", { problem: code });
  }
}

const reasons: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

/** An answer for a connection that no request came through. */
function rawAnswer(error: BelfryError): string {
  const body = JSON.stringify(toProblem(error));
  const head = [
    `HTTP/1.1 ${error.status} ${reasons[error.status]}`,
    `Content-Type: ${problemType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}
