import { limits } from "../base/limits.ts";
import type { Clock } from "../clock/clock.ts";
import type { Instance } from "../engine/instance.ts";
import { type StatusRecord, toStatusRecord } from "../run/record.ts";
import { hasEnded } from "../run/states.ts";
import type { HubListener } from "./hub-event.ts";
import { Pulse } from "./pulse.ts";
import { frame, joined } from "./stream-frame.ts";

const readEveryMs = 200;
/** Lines of this node are told by nobody, and a notification may be lost: this is how late they then are. */
const floorMs = 1_000;
const linesPerRead = 100;

/** The next lines of a log, ready to be sent. */
export interface LogPart {
  readonly bytes: Uint8Array | undefined;
  /** The number of the last line of all that were sent then. */
  readonly after: number;
  /** The run's record, where it has ended and these were its last lines. */
  readonly end?: StatusRecord;
}

interface LogTailDeps {
  readonly engine: Pick<Instance, "runs">;
  readonly clock: Clock;
  readonly listen: (listener: HubListener) => () => void;
  readonly trackingId: string;
  readonly onIdle: () => void;
}

/** The log of one run as it grows. All who follow it share its reads: at most about five a second. */
export class LogTail {
  readonly #deps: LogTailDeps;
  readonly #reads = new Map<number, Promise<LogPart>>();
  readonly #pulse: Pulse;
  #waiting: (() => void)[] = [];
  #followers = 0;
  #version = 0;
  #endListening: () => void = () => {};
  #floorMs = readEveryMs;

  constructor(deps: LogTailDeps) {
    this.#deps = deps;
    this.#pulse = new Pulse(deps.clock, readEveryMs, () => this.#lookAgain());
  }

  /** Grows with every moment at which there may be more to read. */
  get version(): number {
    return this.#version;
  }

  /** Looks for changes until the returned function is called. */
  follow(): () => void {
    if (this.#followers === 0) this.#begin();
    this.#followers += 1;
    return () => {
      this.#followers -= 1;
      if (this.#followers > 0) return;
      this.#endListening();
      this.#pulse.stop();
      this.#deps.onIdle();
    };
  }

  /** The lines after this number, as many as fit together. Those who ask at the same time share one read. */
  read(after: number): Promise<LogPart> {
    const shared = this.#reads.get(after);
    if (shared) return shared;
    const read = this.#read(after).finally(() => {
      if (this.#reads.get(after) === read) this.#reads.delete(after);
    });
    this.#reads.set(after, read);
    return read;
  }

  /** Calls back once there may be more to read than there was at this version. */
  whenGrown(version: number, callback: () => void): void {
    if (version !== this.#version) callback();
    else this.#waiting.push(callback);
  }

  #begin(): void {
    const { listen, trackingId } = this.#deps;
    this.#endListening = listen({
      happened: (events) => {
        if (events.some(({ data }) => data.trackingId === trackingId)) this.#pulse.within(0);
      },
      changed: () => this.#pulse.within(0),
    });
    this.#pulse.within(readEveryMs);
  }

  #lookAgain(): void {
    this.#version += 1;
    // What is under way may have been read before what changed.
    this.#reads.clear();
    this.#floorMs = Math.min(floorMs, this.#floorMs * 2);
    this.#pulse.within(this.#floorMs);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }

  async #read(after: number): Promise<LogPart> {
    const { engine, trackingId } = this.#deps;
    const { run, page } = await engine.runs.logsOf(trackingId, { after: String(after), limit: linesPerRead });
    const { items, cursor } = page;
    const frames: Uint8Array[] = [];
    let bytes = 0;
    for (const [index, data] of items.entries()) {
      const line = frame({ event: "line", id: String(after + index + 1), data });
      if (frames.length > 0 && bytes + line.length > limits.streamQueueBytesMax) break;
      frames.push(line);
      bytes += line.length;
    }
    if (frames.length > 0) this.#floorMs = readEveryMs;
    const isAll = frames.length === items.length && cursor === undefined;
    const part = { bytes: frames.length > 0 ? joined(frames) : undefined, after: after + frames.length };
    return isAll && hasEnded(run.state) ? { ...part, end: toStatusRecord(run) } : part;
  }
}
