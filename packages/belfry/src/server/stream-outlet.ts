import type { Context } from "hono";
import { isBelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { textOf } from "../base/text.ts";
import type { Clock } from "../clock/clock.ts";
import type { Logger } from "../engine/logger.ts";
import type { AppEnv } from "./entrance.ts";
import { comment, joined, retryAfter } from "./stream-frame.ts";

const heartbeatMs = 15_000;
const reconnectMs = 2_000;
/** How often it is asked whether the reader may still follow. */
const standsEveryMs = 500;

interface OutletDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Drops the connection, where this process holds it. */
  readonly drop: () => void;
}

/**
 * The sending end of one Server-Sent Events stream. Nothing is produced before the client takes something; a client
 * that leaves more than 256 KiB or 1,000 events untaken, or takes nothing from one heartbeat to the next, is cut.
 */
export class Outlet {
  readonly #deps: OutletDeps;
  #queue: Uint8Array[] = [];
  #bytes = 0;
  #events = 0;
  #isOver = false;
  #hasTaken = true;
  #cancelBeat: () => void = () => {};
  #wake: () => void = () => {};
  #whenTaken: () => void = () => {};
  readonly #endings: (() => void)[] = [];

  constructor(deps: OutletDeps) {
    this.#deps = deps;
  }

  /** Nothing is sent any more: it ended, the client left or was cut. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The body of the answer; `feed` starts when it is first read, and its failure ends the stream. */
  body(feed: (outlet: Outlet) => Promise<void> | void): ReadableStream<Uint8Array> {
    let isFed = false;
    let hasLeft = false;
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          if (!isFed) this.#begin(feed);
          isFed = true;
          const chunk = await this.#next();
          if (chunk) controller.enqueue(chunk);
          else if (!hasLeft) controller.close();
        },
        cancel: () => {
          hasLeft = true;
          this.#queue = [];
          this.#finish();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Calls back when it is over; at once where it is. */
  onOver(callback: () => void): void {
    if (this.#isOver) callback();
    else this.#endings.push(callback);
  }

  /**
   * Queues what happened, so many events. What comes at once is never too much; what comes while the client has still
   * too much to take is.
   */
  send(piece: Uint8Array, events = 1): void {
    if (this.#bytes > limits.streamQueueBytesMax || this.#events > limits.streamQueueEventsMax) return this.#cut();
    this.#bytes += piece.length;
    this.#events += events;
    this.lead(piece);
  }

  /** Queues what the client asked for with its request: no bound counts it. */
  lead(piece: Uint8Array): void {
    if (this.#isOver) return;
    this.#queue.push(piece);
    this.#wake();
  }

  /** Resolves once the client has taken all that was queued, or it is over. */
  async taken(): Promise<void> {
    while (this.#queue.length > 0 && !this.#isOver) await new Promise<void>((taken) => (this.#whenTaken = taken));
  }

  /** Ends it after what is queued and this comment. */
  end(reason?: string): void {
    if (this.#isOver) return;
    if (reason !== undefined) this.#queue.push(comment(reason));
    this.#finish();
  }

  #begin(feed: (outlet: Outlet) => Promise<void> | void): void {
    this.#queue.push(retryAfter(reconnectMs));
    this.#beatLater();
    void this.#feed(feed);
  }

  async #feed(feed: (outlet: Outlet) => Promise<void> | void): Promise<void> {
    try {
      await feed(this);
    } catch (error) {
      // The client comes back by itself, and is told by a status then.
      const { logger } = this.#deps;
      if (!isBelfryError(error)) logger.error(`belfry: a stream ended: ${textOf(error)}`);
      this.end(isBelfryError(error) ? error.code : "E_INTERNAL");
    }
  }

  async #next(): Promise<Uint8Array | undefined> {
    if (this.#queue.length === 0 && !this.#isOver) await new Promise<void>((wake) => (this.#wake = wake));
    const pieces = this.#queue;
    this.#queue = [];
    this.#bytes = 0;
    this.#events = 0;
    this.#hasTaken = true;
    this.#whenTaken();
    return pieces.length > 0 ? joined(pieces) : undefined;
  }

  #beatLater(): void {
    this.#cancelBeat = this.#deps.clock.after(heartbeatMs, () => {
      if (!this.#hasTaken && this.#queue.length > 0) return this.#cut();
      this.#hasTaken = false;
      this.send(comment("still here"));
      if (!this.#isOver) this.#beatLater();
    });
  }

  #cut(): void {
    if (this.#isOver) return;
    this.#queue = [];
    this.#finish();
    this.#deps.drop();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelBeat();
    this.#wake();
    this.#whenTaken();
    for (const ending of this.#endings.splice(0)) ending();
  }
}

/** Ends the stream once whoever opened it would not be let in any more. */
function guard(outlet: Outlet, clock: Clock, stands: () => Promise<boolean>): void {
  let cancel = () => {};
  const look = async () => {
    // A store that is away says nothing.
    if (!(await stands().catch(() => true))) outlet.end("who follows may not any more");
    if (!outlet.isOver) lookLater();
  };
  const lookLater = () => {
    cancel = clock.after(standsEveryMs, () => void look());
  };
  lookLater();
  outlet.onOver(() => cancel());
}

/** Answers with a stream of Server-Sent Events, for as long as its reader would be let in. */
export function eventStream(
  context: Context<AppEnv>,
  { clock, logger }: { clock: Clock; logger: Logger },
  feed: (outlet: Outlet) => Promise<void> | void,
): Response {
  const stands = context.get("stands");
  const outlet = new Outlet({ clock, logger, drop: () => context.env?.outgoing?.destroy() });
  const headers = {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    // Proxies that gather answers would hold events back.
    "x-accel-buffering": "no",
  };
  const guarded = () => {
    guard(outlet, clock, stands);
    return feed(outlet);
  };
  return context.body(outlet.body(guarded), 200, headers);
}
