import { limits } from "../base/limits.ts";
import { Compiled, type CompiledSchedule } from "./compiled.ts";
import { type DayRanges, rangeOf } from "./exclude.ts";
import type { Zone } from "./zone.ts";

const dayMs = 86_400_000;

/** Due as another schedule is, from `start` to `end`, both included. */
export class Bounded extends Compiled {
  readonly #rule: CompiledSchedule;
  readonly #start: number;
  readonly #end: number;

  constructor(rule: CompiledSchedule, start: number = limits.instantMin, end: number = limits.instantMax) {
    super();
    this.#rule = rule;
    this.#start = start;
    this.#end = end;
  }

  next(after: number): number | undefined {
    const instant = this.#rule.next(Math.max(after, this.#start - 1));
    return instant === undefined || instant > this.#end ? undefined : instant;
  }

  previous(before: number): number | undefined {
    const instant = this.#rule.previous(Math.min(before, this.#end + 1));
    return instant === undefined || instant < this.#start ? undefined : instant;
  }
}

/** Due as another schedule is, but on dates of its zone that are excluded: a run of those is passed over at once. */
export class Excluding extends Compiled {
  readonly #rule: CompiledSchedule;
  readonly #zone: Zone;
  readonly #ranges: DayRanges;

  constructor(rule: CompiledSchedule, zone: Zone, ranges: DayRanges) {
    super();
    this.#rule = rule;
    this.#zone = zone;
    this.#ranges = ranges;
  }

  next(after: number): number | undefined {
    let instant = this.#rule.next(after);
    while (instant !== undefined) {
      const range = rangeOf(this.#ranges, this.#zone.localDay(instant));
      if (range < 0) return instant;
      const [begin, end] = this.#localTimes(range);
      instant = this.#rule.next(this.#zone.firstOutside(begin, end, instant) - 1);
    }
    return undefined;
  }

  previous(before: number): number | undefined {
    let instant = this.#rule.previous(before);
    while (instant !== undefined) {
      const range = rangeOf(this.#ranges, this.#zone.localDay(instant));
      if (range < 0) return instant;
      const [begin, end] = this.#localTimes(range);
      instant = this.#rule.previous(this.#zone.lastOutside(begin, end, instant) + 1);
    }
    return undefined;
  }

  #localTimes(range: number): [begin: number, end: number] {
    return [(this.#ranges[range] as number) * dayMs, (this.#ranges[range + 1] as number) * dayMs];
  }
}

/** Due as another schedule is; its runs are due a share of `spreadMs` later, and always before the next instant. */
export class Spread extends Compiled {
  readonly #rule: CompiledSchedule;
  readonly #spreadMs: number;
  /** From 0 to below 1. */
  readonly #phase: number;

  constructor(rule: CompiledSchedule, spreadMs: number, identity: string) {
    super();
    this.#rule = rule;
    this.#spreadMs = spreadMs;
    this.#phase = phaseOf(identity);
  }

  next(after: number): number | undefined {
    return this.#rule.next(after);
  }

  previous(before: number): number | undefined {
    return this.#rule.previous(before);
  }

  override dueAt(instant: number): number {
    const next = this.#rule.next(instant);
    const room = next === undefined ? this.#spreadMs : Math.min(this.#spreadMs, next - instant);
    return instant + Math.floor(this.#phase * room);
  }
}

/** FNV-1a, and MurmurHash3's last mix: without it, names that differ in their last digit would lie close together. */
function phaseOf(identity: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < identity.length; index++) hash = Math.imul(hash ^ identity.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
