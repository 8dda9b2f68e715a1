import { limits } from "../base/limits.ts";
import { type Reading, type Stretches, stretchesOf } from "./timeline.ts";
import { findOffsets, type Offsets } from "./transitions.ts";

/** The years 1970-2099 are read ten at a time, when first needed: so a zone costs a millisecond and not ten. */
export const erasCount = 13;

/** How long an era is, in milliseconds. */
export const eraMs: number = Math.ceil((limits.instantMax + 1) / erasCount);

const dayMs = 86_400_000;

/** The offsets of one zone, era by era. After an era was first read it asks Intl nothing more. */
export class ZoneOffsets {
  readonly #source: string | number;
  readonly #eras: (Offsets | undefined)[] = new Array(erasCount).fill(undefined);

  /** `source` is a name that Intl knows, or a fixed offset in milliseconds. */
  constructor(source: string | number) {
    this.#source = source;
  }

  /** Whether the zone never changes its offset. */
  get fixed(): boolean {
    return typeof this.#source === "number";
  }

  /** The offsets of era `era`, and of a day more on both sides: a gap or repeat of then may reach into the era. */
  at(era: number): Offsets {
    const known = this.#eras[era];
    if (known) return known;
    const source = this.#source;
    const [from, until] = [era * eraMs - dayMs, (era + 1) * eraMs + dayMs];
    const found = typeof source === "number" ? { first: source, transitions: [] } : findOffsets(source, from, until);
    this.#eras[era] = found;
    return found;
  }
}

/** The stretches of one zone by one reading, era by era: shared by all schedules that read it so. */
export class Timeline {
  readonly #offsets: ZoneOffsets;
  readonly #reading: Reading;
  readonly #eras: (Stretches | undefined)[] = new Array(erasCount).fill(undefined);

  constructor(offsets: ZoneOffsets, reading: Reading) {
    this.#offsets = offsets;
    this.#reading = reading;
  }

  /** The stretches of era `era`: 0 to `erasCount` - 1, the first from 1970 on. */
  stretches(era: number): Stretches {
    return this.#eras[era] ?? this.#read(era);
  }

  #read(era: number): Stretches {
    const stretches = stretchesOf(this.#offsets.at(era), this.#reading, era * eraMs, (era + 1) * eraMs);
    this.#eras[era] = stretches;
    return stretches;
  }
}

/** The last stretch that begins at `instant` or before; 0 when none does. */
export function lastBegun(from: Float64Array, instant: number): number {
  let low = 0;
  let high = from.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((from[middle] as number) <= instant) low = middle;
    else high = middle - 1;
  }
  return low;
}
