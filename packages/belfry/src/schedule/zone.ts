import { limits } from "../base/limits.ts";
import { eraMs, erasCount, lastBegun, Timeline, ZoneOffsets } from "./eras.ts";
import type { Reading } from "./timeline.ts";
import type { Transition } from "./transitions.ts";

const dayMs = 86_400_000;

/** A time zone: how local time and UTC lie to each other, from 1970 to 2099. Local times are as if they were UTC. */
export class Zone {
  readonly #offsets: ZoneOffsets;
  readonly #timelines = new Map<Reading, Timeline>();

  /** `source` is a name that Intl knows, or a fixed offset in milliseconds. */
  constructor(source: string | number) {
    this.#offsets = new ZoneOffsets(source);
  }

  /** Whether its clocks are never changed. */
  get fixed(): boolean {
    return this.#offsets.fixed;
  }

  /** The one timeline of the zone for a reading. */
  timeline(reading: Reading): Timeline {
    let timeline = this.#timelines.get(reading);
    if (!timeline) {
      timeline = new Timeline(this.#offsets, reading);
      this.#timelines.set(reading, timeline);
    }
    return timeline;
  }

  /** What the clock on the wall shows at an instant. */
  localTime(instant: number): number {
    const { from, offset } = this.#real(instant);
    return instant + (offset[lastBegun(from, instant)] as number);
  }

  /** The date that the clock on the wall shows at an instant, in days since 1970-01-01. */
  localDay(instant: number): number {
    return Math.floor(this.localTime(instant) / dayMs);
  }

  /** The first instant from `instant` on at which the clock shows no time from `begin` until `end`; else Infinity. */
  firstOutside(begin: number, end: number, instant: number): number {
    for (let era = eraOf(instant); era < erasCount; era++) {
      const { from, until, offset } = this.timeline("skip-both").stretches(era);
      for (let index = lastBegun(from, instant); index < from.length; index++) {
        const shift = offset[index] as number;
        const first = Math.max(instant, from[index] as number);
        const found = first + shift < begin ? first : Math.max(first, end - shift);
        if (found < (until[index] as number)) return found;
      }
    }
    return Infinity;
  }

  /** The last instant up to `instant` at which the clock shows no time from `begin` until `end`; else -Infinity. */
  lastOutside(begin: number, end: number, instant: number): number {
    for (let era = eraOf(instant); era >= 0; era--) {
      const { from, until, offset } = this.timeline("skip-both").stretches(era);
      for (let index = lastBegun(from, instant); index >= 0; index--) {
        const shift = offset[index] as number;
        const last = Math.min(instant, (until[index] as number) - 1);
        const found = last + shift >= end ? last : Math.min(last, begin - 1 - shift);
        if (found >= (from[index] as number)) return found;
      }
    }
    return -Infinity;
  }

  /** The changes of its clocks from `from` on, before `until`, ascending. */
  *transitions(from: number, until: number): Generator<Transition> {
    for (let era = eraOf(from); era <= eraOf(until); era++) {
      for (const transition of this.#offsets.at(era).transitions) {
        const { at } = transition;
        if (at >= Math.max(from, era * eraMs) && at < Math.min(until, (era + 1) * eraMs)) yield transition;
      }
    }
  }

  #real(instant: number) {
    return this.timeline("skip-both").stretches(eraOf(instant));
  }
}

function eraOf(instant: number): number {
  return Math.floor(Math.min(Math.max(instant, limits.instantMin), limits.instantMax) / eraMs);
}
