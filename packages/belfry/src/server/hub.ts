import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import type { Clock } from "../clock/clock.ts";
import { type BelfryEvents, eventNames } from "../engine/events.ts";
import type { Instance } from "../engine/instance.ts";
import type { Logger } from "../engine/logger.ts";
import { toIso } from "../run/record.ts";
import { eventData, type HubEvent, type HubListener } from "./hub-event.ts";
import { LogTail } from "./log-tail.ts";
import { Pulse } from "./pulse.ts";

interface HubDeps {
  readonly engine: Pick<Instance, "on" | "onChange" | "runs">;
  readonly clock: Clock;
  readonly logger: Logger;
}

const changedEveryMs = 200;
/** What happens in so short a time goes to each of a thousand streams as one write. */
const toldEveryMs = 20;

/**
 * What happens around one served engine, for all its streams: keeps the newest 1,000 events of this node, and tells
 * listeners of them and of changes made elsewhere. Costs nothing before `open()`, and asks the store for changes only
 * while somebody listens.
 */
export class Hub {
  readonly #deps: HubDeps;
  /** Tells this process's events from those of one before it, or beside it. */
  readonly #series: string;
  readonly #events: HubEvent[] = [];
  readonly #listeners = new Set<HubListener>();
  readonly #tails = new Map<string, LogTail>();
  readonly #changed: Pulse;
  readonly #told: Pulse;
  /** What the listeners were not told yet. */
  #untold: HubEvent[] = [];
  #last = 0;
  #isClosed = false;
  #endEvents: (() => void)[] | undefined;
  #endChanges: (() => void) | undefined;

  constructor(deps: HubDeps) {
    this.#deps = deps;
    this.#series = deps.clock.randomHex(8);
    this.#changed = new Pulse(deps.clock, changedEveryMs, () => {
      for (const listener of [...this.#listeners]) listener.changed?.();
    });
    this.#told = new Pulse(deps.clock, toldEveryMs, () => this.#tell());
  }

  get logger(): Logger {
    return this.#deps.logger;
  }

  /** Keeps this node's events from now on. A second call changes nothing. */
  open(): void {
    if (this.#isClosed) return;
    this.#endEvents ??= eventNames.map((name) => this.#deps.engine.on(name, (event) => this.#keep(name, event)));
  }

  /** Tells the listener from now on; answers what ends it. Throws E_NOT_STARTED and E_STOPPED as the engine does. */
  listen(listener: HubListener): () => void {
    if (this.#isClosed) throw new BelfryError("E_STOPPED", { call: "a stream" });
    this.open();
    // What happened before is for those who listened then.
    this.#tell();
    this.#endChanges ??= this.#deps.engine.onChange(() => this.#changed.within(0));
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stopLooking();
    };
  }

  /**
   * The kept events after this id, all without one, and the id to ask with next. `isGap`: some in between are not kept,
   * or the id is another process's. Throws E_CURSOR for what is no id.
   */
  recent(after?: string): { items: HubEvent[]; cursor: string; isGap: boolean } {
    this.open();
    const cursor = this.#idOf(this.#last);
    if (after === undefined) return { items: [...this.#events], cursor, isGap: false };
    const [, series, number] = /^([0-9a-f]{8})-(\d{1,15})$/.exec(after) ?? [];
    if (number === undefined) throw new BelfryError("E_CURSOR", { value: after });
    const oldest = this.#last - this.#events.length;
    const isKnown = series === this.#series && Number(number) <= this.#last;
    const skipped = isKnown ? Math.max(0, Number(number) - oldest) : 0;
    return { items: this.#events.slice(skipped), cursor, isGap: !isKnown || Number(number) < oldest };
  }

  /** The log of a run as it grows: one reader for all who follow it. */
  tail(trackingId: string): LogTail {
    const { engine, clock } = this.#deps;
    const tail =
      this.#tails.get(trackingId) ??
      new LogTail({
        ...{ engine, clock, trackingId },
        listen: (listener) => this.listen(listener),
        onIdle: () => this.#tails.delete(trackingId),
      });
    this.#tails.set(trackingId, tail);
    return tail;
  }

  /** Tells every listener that it is over, and lets go of the engine. A second call changes nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const end of this.#endEvents ?? []) end();
    this.#tell();
    for (const listener of [...this.#listeners]) listener.closed?.();
    this.#listeners.clear();
    this.#stopLooking();
  }

  #keep<Name extends keyof BelfryEvents>(name: Name, event: BelfryEvents[Name]): void {
    this.#last += 1;
    const at = toIso(this.#deps.clock.now());
    const kept: HubEvent = { id: this.#idOf(this.#last), event: name, at, data: eventData(event) };
    this.#events.push(kept);
    if (this.#events.length > limits.eventsKeptMax) this.#events.shift();
    if (this.#listeners.size === 0) return;
    this.#untold.push(kept);
    this.#told.within(0);
  }

  #tell(): void {
    const events = this.#untold;
    this.#untold = [];
    if (events.length === 0) return;
    for (const listener of [...this.#listeners]) listener.happened?.(events);
  }

  #stopLooking(): void {
    this.#endChanges?.();
    this.#endChanges = undefined;
    this.#changed.stop();
    this.#told.stop();
    this.#untold = [];
  }

  #idOf(number: number): string {
    return `${this.#series}-${number}`;
  }
}
