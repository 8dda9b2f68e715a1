import { limits } from "../base/limits.ts";
import { Compiled } from "./compiled.ts";
import type { Timeline } from "./eras.ts";
import type { CronFields } from "./fields.ts";
import { nextInstant, previousInstant } from "./instants.ts";

/** Due by a cron pattern on the timeline of its zone, which has in it what happens when the clocks change. */
export class CronRule extends Compiled {
  readonly #fields: CronFields;
  readonly #timeline: Timeline;

  constructor(fields: CronFields, timeline: Timeline) {
    super();
    this.#fields = fields;
    this.#timeline = timeline;
  }

  next(after: number): number | undefined {
    return nextInstant(this.#fields, this.#timeline, after);
  }

  previous(before: number): number | undefined {
    return previousInstant(this.#fields, this.#timeline, before);
  }
}

/** Due every so many milliseconds, before and after its anchor. */
export class EveryRule extends Compiled {
  readonly #everyMs: number;
  /** The first instant of all. */
  readonly #first: number;

  constructor(everyMs: number, anchor: number) {
    super();
    this.#everyMs = everyMs;
    this.#first = anchor % everyMs;
  }

  next(after: number): number | undefined {
    const start = Math.max(limits.instantMin, Math.floor(after) + 1);
    const instant = this.#first + Math.ceil((start - this.#first) / this.#everyMs) * this.#everyMs;
    return instant <= limits.instantMax ? instant : undefined;
  }

  previous(before: number): number | undefined {
    const start = Math.min(limits.instantMax, Math.ceil(before) - 1);
    const instant = this.#first + Math.floor((start - this.#first) / this.#everyMs) * this.#everyMs;
    return instant >= limits.instantMin ? instant : undefined;
  }
}

/** Due at one instant. */
export class AtRule extends Compiled {
  readonly #at: number;

  constructor(at: number) {
    super();
    this.#at = at;
  }

  next(after: number): number | undefined {
    return this.#at > after ? this.#at : undefined;
  }

  previous(before: number): number | undefined {
    return this.#at < before ? this.#at : undefined;
  }
}
